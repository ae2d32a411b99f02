"""Percentiles, the worst of trials, and waits with a name and a deadline."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.lab.journal import Journal
from haproof.lab.measure import Waits, nearest_rank, worst
from haproof.lab.progress import Silent
from haproof.lab.secret import REDACTED, Secrets

figures = st.floats(min_value=0, max_value=1e9)


def test_nearest_rank_of_the_textbook() -> None:
    values = [15, 20, 35, 40, 50]
    assert [nearest_rank(values, percent) for percent in (5, 30, 40, 50, 95, 100)] == [15, 20, 20, 35, 50, 50]
    assert nearest_rank([], 95) is None


@given(st.lists(figures, min_size=1), st.floats(min_value=0.1, max_value=100))
def test_nearest_rank_is_a_value_with_enough_at_or_below_it(values: list[float], percent: float) -> None:
    rank = nearest_rank(values, percent)
    assert rank in values
    at_or_below = sum(1 for value in values if value <= rank)
    assert at_or_below * 100 >= percent * len(values) * (1 - 1e-12)
    assert sum(1 for value in values if value < rank) * 100 < percent * len(values) * (1 + 1e-12)


@given(st.lists(st.one_of(st.none(), figures)))
def test_one_trial_without_a_figure_leaves_no_worst(trials: list[float | None]) -> None:
    found = worst(trials)
    if None in trials or not trials:
        assert found is None
    else:
        assert found == max(value for value in trials if value is not None)


@pytest.fixture
def waits(tmp_path: Path) -> Iterator[Waits]:
    journal = Journal(tmp_path / "journal.jsonl", Secrets())
    yield Waits(journal, Silent())
    journal.close()


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def test_wait_gives_the_value_and_the_time(waits: Waits, tmp_path: Path) -> None:
    answers = iter([None, None, "there"])
    seen = waits.until("it to be there", 5, lambda: next(answers), every_s=0.01)
    assert seen is not None
    assert seen.value == "there"
    assert 20 <= seen.elapsed_ms < 5000
    assert lines(tmp_path)[0]["what"] == "it to be there"
    assert lines(tmp_path)[0]["came"] is True


def test_wait_ends_at_its_deadline(waits: Waits, tmp_path: Path) -> None:
    started = time.monotonic()
    assert waits.until("never", 0.05, lambda: None, every_s=10) is None
    assert 0.05 <= time.monotonic() - started < 5
    assert lines(tmp_path)[0]["came"] is False


def test_wait_counts_from_the_moment_given(waits: Waits) -> None:
    seen = waits.until("at once", 5, lambda: True, since_s=time.monotonic() - 1)
    assert seen is not None
    assert seen.elapsed_ms >= 1000


def test_a_slow_probe_does_not_shift_the_schedule(waits: Waits) -> None:
    times: list[float] = []

    def probe() -> bool | None:
        times.append(time.monotonic())
        time.sleep(0.012)
        return True if len(times) == 4 else None

    started = time.monotonic()
    waits.until("four probes", 5, probe, every_s=0.02, since_s=started)
    assert all(moment - started >= turn * 0.02 for turn, moment in enumerate(times))


def test_each_waits_for_all_without_delaying_one_by_another(waits: Waits) -> None:
    release = threading.Event()

    def slow() -> bool | None:
        return True if release.wait(0.3) else None

    def quick() -> bool:
        return True

    found = waits.each("both", 0.2, {"slow": slow, "quick": quick})
    assert found["slow"] is None
    assert found["quick"] is not None
    assert found["quick"].elapsed_ms < 200


def test_a_fault_in_a_probe_reaches_the_caller(waits: Waits) -> None:
    def broken() -> None:
        raise LookupError("broken probe")

    with pytest.raises(LookupError, match="broken probe"):
        waits.each("never", 5, {"broken": broken, "never": lambda: None})


def test_journal_is_written_line_by_line_without_secrets(tmp_path: Path) -> None:
    secrets = Secrets()
    journal = Journal(tmp_path / "journal.jsonl", secrets)
    journal.act("start", argv=["--token", secrets.token], text=f"…{secrets.node_password}")
    first = (tmp_path / "journal.jsonl").read_text()
    assert secrets.token not in first
    assert secrets.node_password not in first
    assert first.count(REDACTED) == 2
    entry = json.loads(first)
    assert entry["kind"] == "act"
    assert entry["at"].endswith("Z")
    threads = [threading.Thread(target=lambda: journal.saw("x", text="y" * 5000)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    journal.note("after the end")
    assert len(lines(tmp_path)) == 9


def test_secrets_do_not_show_themselves() -> None:
    secrets = Secrets()
    assert secrets.token not in repr(secrets)
    assert len({secrets.token, secrets.admin_password, secrets.node_password, Secrets().token}) == 4
