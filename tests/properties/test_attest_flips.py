"""One changed byte anywhere, one file more or one less: `verify` finds it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from attested import UNLISTED_NAME, Signed, files_below, signed
from builders import NOON
from haproof.api import assess, read_evidence
from haproof.attest.inventory import ENVELOPE_NAME
from haproof.attest.statement import encode, make_statement
from haproof.attest.verify import verify
from haproof.core import envelope as dsse
from strategies import evidence_sets

shared = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def found() -> Iterator[Signed]:
    with tempfile.TemporaryDirectory() as folder:
        made = signed(Path(folder))
        assert verify(str(made.directory), made.public).ok
        yield made
        assert verify(str(made.directory), made.public).ok, "a test did not restore what it changed"


def _found_by_verify(found: Signed, name: str, offset: int, mask: int, *, unsigned: bool = False) -> bool:
    """Whether a changed byte is found; the file is restored."""
    place = found.directory / name
    content = place.read_bytes()
    changed = bytearray(content)
    changed[offset] ^= mask
    place.write_bytes(changed)
    try:
        key = None if unsigned else found.public
        return not verify(str(found.directory), key, unsigned=unsigned).ok
    finally:
        place.write_bytes(content)


@shared
@given(data=st.data())
def test_one_changed_byte_anywhere_is_found(found: Signed, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(files_below(found.directory)))
    offset = data.draw(st.integers(0, (found.directory / name).stat().st_size - 1))
    mask = data.draw(st.integers(1, 255))
    assert _found_by_verify(found, name, offset, mask)


@shared
@given(data=st.data())
def test_bytes_put_in_taken_out_or_cut_off_are_found(found: Signed, data: st.DataObject) -> None:
    place = found.directory / data.draw(st.sampled_from(files_below(found.directory)))
    content = place.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 3)) | st.just(len(content)))
    changed = content[:start] + data.draw(st.binary(max_size=3)) + content[end:]
    assume(changed != content)
    place.write_bytes(changed)
    try:
        assert not verify(str(found.directory), found.public).ok
    finally:
        place.write_bytes(content)


@shared
@given(data=st.data())
def test_one_changed_bit_of_the_envelope_is_found(found: Signed, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, found.envelope.stat().st_size - 1))
    assert _found_by_verify(found, ENVELOPE_NAME, offset, 1 << data.draw(st.integers(0, 7)))


def test_every_bit_of_the_envelope_s_end_is_found(found: Signed) -> None:
    """The last bytes hold the padding, the list of signatures, the keyid and the signature."""
    size = found.envelope.stat().st_size
    content = found.envelope.read_bytes()
    start = content.index(b'","payloadType"') - 2
    for offset in range(start, size):
        assert _found_by_verify(found, ENVELOPE_NAME, offset, 1), offset


def test_the_first_and_the_last_byte_of_every_file_are_found(found: Signed) -> None:
    for name in files_below(found.directory):
        for offset in (0, -1):
            assert _found_by_verify(found, name, offset, 0x20), (name, offset)


@shared
@given(data=st.data())
def test_without_the_key_only_what_nothing_covers_is_free(found: Signed, data: st.DataObject) -> None:
    """`--unsigned` cannot know the signature's bytes, nor a raw file's that no slice report lists."""
    whole = found.envelope.read_bytes()
    names = [name for name in files_below(found.directory) if name != UNLISTED_NAME]
    name = data.draw(st.sampled_from(names))
    size = whole.index(b'"keyid"') if name == ENVELOPE_NAME else (found.directory / name).stat().st_size
    offset = data.draw(st.integers(0, size - 1))
    assert _found_by_verify(found, name, offset, data.draw(st.integers(1, 255)), unsigned=True)


@shared
@given(
    content=st.binary(max_size=4), folder=st.sampled_from(["", "val13", "val26", "val13/logs", "new/deep"])
)
def test_one_file_more_is_found(found: Signed, content: bytes, folder: str) -> None:
    place = found.directory / folder / "more"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    try:
        assert not verify(str(found.directory), found.public).ok
    finally:
        place.unlink()


def test_one_file_less_is_found(found: Signed) -> None:
    for name in files_below(found.directory):
        place = found.directory / name
        content = place.read_bytes()
        place.unlink()
        try:
            assert not verify(str(found.directory), found.public).ok, name
        finally:
            place.write_bytes(content)


@settings(shared, max_examples=30)
@given(evidence=evidence_sets())
def test_whatever_is_judged_can_be_signed_and_verified(evidence: dict[str, dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assume(evidence)
        made = signed(Path(folder), evidence)
        verification = verify(str(made.directory), made.public)
        assert verification.ok, [step.line() for step in verification.steps]
        report = assess(read_evidence(str(made.directory)), NOON)
        assert verification.verdict == report.proof.verdict


@given(payload=st.binary(min_size=1, max_size=50), signature=st.binary(min_size=1, max_size=70))
def test_what_is_encoded_is_decoded(payload: bytes, signature: bytes) -> None:
    envelope = dsse.Envelope(payload, "0f" * 32, signature)
    assert dsse.decode(dsse.encode(envelope)) == envelope


@given(names=st.sets(st.text(min_size=1, max_size=8).filter(lambda t: t.isprintable()), min_size=1))
def test_subjects_do_not_depend_on_the_order_of_the_directory(found: Signed, names: set[str]) -> None:
    report = assess(read_evidence(str(found.directory)), NOON)
    digests = dict.fromkeys(names, "ab" * 32)
    backwards = dict(sorted(digests.items(), reverse=True))
    assert encode(make_statement(report, digests, NOON, None)) == encode(
        make_statement(report, backwards, NOON, None)
    )
