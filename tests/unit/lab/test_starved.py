"""A run that had no processor is made again, so often and no more; any other stands."""

import pytest

from lab.starved import STARVED, TIMES, unless_starved

BUSY, STILL = f"{STARVED[1]}: more words", f"{STARVED[0]} 3.0 s (stopped)"


@pytest.mark.parametrize(
    ("reasons", "made"),
    [
        ([None], 1),
        (["this machine ran out of disk space (x): free some", None], 1),
        ([f"the node said: {BUSY}", None], 1),
        ([BUSY, None], 2),
        ([STILL, BUSY, "interrupted", None], 3),
        ([BUSY] * TIMES, TIMES),
        ([BUSY] * (TIMES + 1), TIMES),
    ],
)
def test_how_often_a_run_is_made(
    monkeypatch: pytest.MonkeyPatch, reasons: list[str | None], made: int
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("lab.starved.time.sleep", pauses.append)
    attempts: list[int] = []

    def run(attempt: int) -> str | None:
        attempts.append(attempt)
        return reasons[attempt - 1]

    assert unless_starved(run, lambda reason: {"not_run": reason}) == reasons[made - 1]
    assert attempts == [*range(1, made + 1)]
    assert len(pauses) == made - 1
