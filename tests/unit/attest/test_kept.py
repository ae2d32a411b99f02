"""Signed runs of every published version verify for ever."""

from pathlib import Path

import pytest

from haproof.attest.verify import verify

KEPT = sorted(
    path for path in (Path(__file__).parents[2] / "kept").iterdir() if (path / "signed-run").is_dir()
)


def test_there_are_kept_runs() -> None:
    assert "1.0" in [path.name for path in KEPT]


@pytest.mark.parametrize("version", KEPT, ids=[path.name for path in KEPT])
def test_a_signed_run_of_each_published_version_verifies(version: Path) -> None:
    found = verify(str(version / "signed-run"), str(version / "signed-run.pub"))
    lines = [step.line() for step in found.steps]
    assert found.ok, lines
    states = {step.name: step.state for step in found.steps}
    assert states.pop("report files") in ("ok", "NOT CHECKED"), lines
    assert states.pop("recount", "ok") in ("ok", "NOT CHECKED"), lines
    assert set(states.values()) == {"ok"}, lines
    assert found.signature is not None


def test_the_first_version_did_not_say_when_or_by_whom() -> None:
    kept = next(path for path in KEPT if path.name == "1.0")
    signature = verify(str(kept / "signed-run"), str(kept / "signed-run.pub")).signature
    assert signature is not None
    assert (signature.signed_at, signature.signer) == (None, None)
