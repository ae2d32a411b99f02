"""A file that a person names and that cannot be used: one sentence says why, and what to do next."""

from collections.abc import Callable
from pathlib import Path

import pytest

from attested import signed
from builders import seed, write
from haproof.attest.keys import generate
from haproof.cli import main

ATTEST = (
    "--requirement", "PUB-2", "--issuer", "I", "--scope", "S", "--performed-on", "2026-01-01",
    "--valid-until", "2027-01-01", "--result", "pass", "--summary", "s", "--key",
)  # fmt: skip
NOWHERE = "host=/nonexistent dbname=x"

VERBS: dict[str, Callable[[str, str, str], list[str]]] = {
    "lab run --target": lambda bad, ev, key: ["lab", "run", "--target", bad],
    "lab run --break": lambda bad, ev, key: ["lab", "run", "--target", bad, "--break", "x"],
    "lab run --pg-bin": lambda bad, ev, key: ["lab", "run", "--pg-bin", bad, "--evidence", f"{ev}/../new"],
    "show --trust": lambda bad, ev, key: ["show", ev, "--trust", bad],
    "verify --key": lambda bad, ev, key: ["verify", ev, "--key", bad],
    "verify --tsa-cert": lambda bad, ev, key: ["verify", ev, "--unsigned", "--tsa-cert", bad],
    "sign --key": lambda bad, ev, key: ["sign", ev, "--key", bad],
    "attest --key": lambda bad, ev, key: ["attest", ev, f"{ev}/val13/val13-report.json", *ATTEST, bad],
    "diff": lambda bad, ev, key: ["diff", ev, bad],
    "history": lambda bad, ev, key: ["history", bad],
    "matrix": lambda bad, ev, key: ["matrix", bad],
    "ha --token-file": lambda bad, ev, key: [
        "ha", "failover", "trigger", "--url", "http://127.0.0.1:1", "--reason", "r", "--token-file", bad,
    ],
    "soak setup --target": lambda bad, ev, key: [
        "soak", "setup", "--dsn", NOWHERE, "--target", bad, "--node", "http://127.0.0.1:1", f"{ev}/../soak",
    ],
    "soak report": lambda bad, ev, key: ["soak", "report", bad],
}  # fmt: skip
"""Each place at which a person names a file or folder that is read."""

DOCUMENT = {"attest DOCUMENT": lambda bad, ev, key: ["attest", ev, bad, *ATTEST, key]}
SAYS_WHAT_TO_DO = (
    "name ", "did you mean", "give the folder", "set a soak up", "sign with the", "verify with the",
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """An evidence directory, and a private key beside it."""
    folder = tmp_path_factory.mktemp("named")
    write(folder / "run", seed())
    generate(str(folder / "key"))
    (folder / "a-folder").mkdir()
    (folder / "empty").touch()
    (folder / "bytes").write_bytes(b"\xff\xfe\x00\x01" * 8)
    return str(folder / "run"), str(folder / "key")


@pytest.mark.parametrize("verb", [*VERBS, *DOCUMENT])
@pytest.mark.parametrize("bad", ["nowhere", "a-folder", "empty", "bytes"])
def test_it_is_said_what_to_do(
    verb: str, bad: str, place: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    if (verb, bad) == ("attest DOCUMENT", "bytes"):
        pytest.skip("a document may be of any bytes")
    path = str(Path(place[0]).parent / bad)
    status = main((VERBS | DOCUMENT)[verb](path, *place))
    said = capsys.readouterr().err
    assert status == 2, said
    assert said.count("\n") == 1, said
    assert path in said
    assert any(words in said for words in SAYS_WHAT_TO_DO), said
    assert "Errno" not in said


def test_a_token_of_a_timestamp_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("rfc3161_client")
    from authority import authority

    found = signed(tmp_path / "run")
    ca = authority(tmp_path / "tsa").ca
    for bad in ("nowhere", "a-folder", "empty"):
        main(
            [
                "verify",
                str(found.directory),
                "--unsigned",
                "--tsa-cert",
                ca,
                "--timestamp",
                str(tmp_path / bad),
            ]
        )
        assert "name the token that the authority answered with" in capsys.readouterr().out


def test_a_folder_to_write_to_that_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for arguments in (
        ["calibrate", "--dsn", NOWHERE, "--hours", "1", "--evidence", str(file)],
        ["lab", "run", "--evidence", str(file)],
    ):
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert "name a" in said, said
        assert "was measured" not in said
