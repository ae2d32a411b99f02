"""An RFC 3161 timestamp next to the envelope: a step of its own, checked offline against a given CA."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from attested import Signed, signed
from authority import Authority, authority
from haproof.attest.inventory import TIMESTAMP_NAME
from haproof.attest.sign import sign
from haproof.attest.timestamp import Timestamp
from haproof.attest.verify import Verification, verify
from haproof.cli import main
from haproof.errors import UsageError


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "a")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("tsa") / "b")


@pytest.fixture
def found(tmp_path: Path) -> Signed:
    return signed(tmp_path)


@pytest.fixture
def stamped(found: Signed, tsa: Authority) -> Signed:
    """A signed set with its timestamp beside the envelope."""
    (found.directory / TIMESTAMP_NAME).write_bytes(tsa.stamp(found.envelope))
    return found


def _step(verification: Verification) -> tuple[int, str, str]:
    step = verification.steps[-1]
    assert step.name == "timestamp"
    return step.number, step.state, step.detail


def _verified(found: Signed, ca: str, token: str | None = None) -> Verification:
    return verify(str(found.directory), found.public, timestamp=Timestamp(token, ca))


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_it_is_a_step_after_all_others(found: Signed, tsa: Authority, digest: str) -> None:
    (found.directory / TIMESTAMP_NAME).write_bytes(tsa.stamp(found.envelope, digest=digest))
    verification = _verified(found, tsa.ca)
    number, state, detail = _step(verification)
    assert verification.ok
    assert (number, state) == (len(verification.steps), "ok")
    assert "says CN=Test TSA" in detail
    assert verification.signature is not None
    at = datetime.fromisoformat(str(verification.signature.stamped_at))
    assert abs(datetime.now(UTC) - at) < timedelta(hours=1)


def test_a_token_may_lie_anywhere(found: Signed, tsa: Authority, tmp_path: Path) -> None:
    (tmp_path / "r.tsr").write_bytes(tsa.stamp(found.envelope))
    assert _verified(found, tsa.ca, str(tmp_path / "r.tsr")).ok


def test_one_that_nobody_asked_to_check_is_not_checked(stamped: Signed) -> None:
    verification = verify(str(stamped.directory), stamped.public)
    assert verification.ok
    assert _step(verification)[1] == "NOT CHECKED"
    assert "--tsa-cert" in _step(verification)[2]
    assert verification.signature is not None
    assert verification.signature.stamped_at is None


def test_without_one_there_is_no_such_step(found: Signed) -> None:
    assert [step.name for step in verify(str(found.directory), found.public).steps][-1] != "timestamp"


def test_the_certificate_of_the_authority_may_come_with_the_ca(
    found: Signed, tsa: Authority, tmp_path: Path
) -> None:
    (found.directory / TIMESTAMP_NAME).write_bytes(tsa.stamp(found.envelope, cert=False))
    _, state, detail = _step(_verified(found, tsa.ca))
    assert state == "FAILED"
    assert "add it to the file given with --tsa-cert" in detail
    both = tmp_path / "both.pem"
    both.write_bytes(Path(tsa.ca).read_bytes() + (tsa.folder / "tsa.pem").read_bytes())
    assert _verified(found, str(both)).ok


def test_a_ca_in_der_is_taken(stamped: Signed, tsa: Authority, tmp_path: Path) -> None:
    (tmp_path / "ca.der").write_bytes(
        load_pem_x509_certificate(Path(tsa.ca).read_bytes()).public_bytes(Encoding.DER)
    )
    assert _verified(stamped, str(tmp_path / "ca.der")).ok


def _failed(verification: Verification) -> str:
    _, state, detail = _step(verification)
    assert state == "FAILED"
    assert not verification.ok
    return detail


def test_of_another_ca_it_proves_nothing(stamped: Signed, other: Authority) -> None:
    assert "the given certificates do not vouch for this timestamp" in _failed(_verified(stamped, other.ca))


def test_over_another_envelope_it_proves_nothing(stamped: Signed, tsa: Authority, tmp_path: Path) -> None:
    another = signed(tmp_path / "another")
    detail = _failed(_verified(another, tsa.ca, str(stamped.directory / TIMESTAMP_NAME)))
    assert "of other bytes than this envelope" in detail


def test_a_certificate_for_another_use_stamps_nothing(
    found: Signed, tmp_path_factory: pytest.TempPathFactory
) -> None:
    wrong = authority(tmp_path_factory.mktemp("tsa") / "c")
    (wrong.folder / "ext").write_text("extendedKeyUsage=critical,codeSigning\nbasicConstraints=CA:FALSE\n")
    serial = load_pem_x509_certificate((wrong.folder / "tsa.pem").read_bytes()).serial_number
    subprocess.run(
        ["openssl", "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-extfile", "ext",
         "-set_serial", str(serial), "-out", "wrong.pem"],
        cwd=wrong.folder, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    # openssl itself refuses to stamp with it: the token is made without a certificate, and this one is given.
    (found.directory / TIMESTAMP_NAME).write_bytes(wrong.stamp(found.envelope, cert=False))
    both = wrong.folder / "both.pem"
    both.write_bytes(Path(wrong.ca).read_bytes() + (wrong.folder / "wrong.pem").read_bytes())
    assert "unsuitable certificate purpose" in _failed(_verified(found, str(both)))


@pytest.mark.parametrize(
    "token",
    [b"", b"rubbish", b"\x30\x03\x02\x01\x00", b"0" * 2_000_000],
    ids=["empty", "text", "DER", "huge"],
)
def test_what_is_no_token_fails(found: Signed, tsa: Authority, token: bytes) -> None:
    (found.directory / TIMESTAMP_NAME).write_bytes(token)
    _failed(_verified(found, tsa.ca))


def test_a_truncated_token_fails_and_so_does_one_with_more_behind_it(stamped: Signed, tsa: Authority) -> None:
    place = stamped.directory / TIMESTAMP_NAME
    whole = place.read_bytes()
    for damaged in (whole[:-1], whole[:200], whole + b"\0"):
        place.write_bytes(damaged)
        assert "not a timestamp response" in _failed(_verified(stamped, tsa.ca))


def test_a_refusal_of_the_authority_is_said(found: Signed, tsa: Authority) -> None:
    (found.directory / TIMESTAMP_NAME).write_bytes(tsa.refusal(found.envelope))
    assert "the timestamp authority refused" in _failed(_verified(found, tsa.ca))


def test_an_asked_for_token_that_is_not_there_fails(found: Signed, tsa: Authority) -> None:
    assert f"{TIMESTAMP_NAME} is not there" in _failed(_verified(found, tsa.ca)).replace(
        f"{found.directory}/", ""
    )


def test_without_an_envelope_there_is_nothing_to_stamp(stamped: Signed, tsa: Authority) -> None:
    stamped.envelope.unlink()
    detail = _failed(verify(str(stamped.directory), timestamp=Timestamp(None, tsa.ca)))
    assert "no envelope that could have been stamped" in detail


def test_no_flipped_byte_moves_the_time(stamped: Signed, tsa: Authority) -> None:
    """The time is in the part that is signed: whatever else of a token may be changed, it may not."""
    place = stamped.directory / TIMESTAMP_NAME
    whole = place.read_bytes()
    verification = _verified(stamped, tsa.ca)
    assert verification.signature is not None
    moment = verification.signature.stamped_at
    digits = str(moment).replace("-", "").replace(":", "").replace("T", "").encode()
    start = whole.index(digits)
    for place_ in range(start, start + len(digits)):
        damaged = bytearray(whole)
        damaged[place_] ^= 1
        place.write_bytes(damaged)
        _failed(_verified(stamped, tsa.ca))


def test_signing_again_removes_the_stale_token_and_says_so(stamped: Signed) -> None:
    again = sign(str(stamped.directory), stamped.private)
    assert not (stamped.directory / TIMESTAMP_NAME).exists()
    (warning,) = again.warnings
    assert "it was the timestamp of the envelope before" in warning
    assert sign(str(stamped.directory), stamped.private).warnings == ()


@pytest.mark.parametrize("content", [None, b"", b"rubbish", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_ca_that_is_none_is_a_usage_error(found: Signed, tmp_path: Path, content: bytes | None) -> None:
    ca = tmp_path / "ca.pem"
    if content is not None:
        ca.write_bytes(content)
    with pytest.raises(UsageError, match="certificate"):
        _verified(found, str(ca))


def test_the_verb_takes_both_options(
    stamped: Signed, tsa: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["verify", str(stamped.directory), "--key", stamped.public]
    token = str(stamped.directory / TIMESTAMP_NAME)
    assert main([*common, "--timestamp", token, "--tsa-cert", tsa.ca]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(" timestamp     ok " in line for line in lines)
    assert not any("when it was made" in line for line in lines)
    assert main([*common, "--timestamp", token]) == 2
    assert "--timestamp needs --tsa-cert" in capsys.readouterr().err
    os.truncate(token, 100)
    assert main([*common, "--tsa-cert", tsa.ca]) == 4
    assert capsys.readouterr().out.splitlines()[-1].startswith("NOT VERIFIED (step ")


def test_without_the_optional_package_one_sentence_says_how_to_get_it(
    stamped: Signed, tsa: Authority
) -> None:
    arguments = ["verify", str(stamped.directory), "--key", stamped.public, "--tsa-cert", tsa.ca]
    script = (
        "import sys; sys.modules['rfc3161_client'] = None\n"
        f"from haproof.cli import main; sys.exit(main({arguments!r}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "-m pip install" in ended.stderr
    assert "rfc3161-client" in ended.stderr
