"""Samples: what counts, what is kept when it ends badly, what is refused. No server is needed."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from bad_systems import breaks
from haproof.calibration.evidence import SAMPLES_FILE, write
from haproof.calibration.sampler import Sampler
from haproof.calibration.samples_file import SamplesFile
from haproof.calibration.server import Server
from haproof.cli import main
from haproof.core.histories.calibration import AnyLine, Lag, Sampled, Session, derive_figures, encode
from haproof.core.histories.lag import nearest_rank
from haproof.core.parse import parse_report
from haproof.core.thresholds import derived
from haproof.errors import OutputError, UsageError
from haproof.kinds.calibration import KIND

BEGAN = Session(
    at="2026-11-27T10:00:00Z",
    source="db.example:5432",
    system_identifier="7",
    server_version="17.2",
    in_recovery=False,
    role_ok=True,
    lab=False,
)
SECRET = "hunter2hunter2"


def sampled(seconds: float, readings: int = 1, nulls: int = 0, standbys: int = 1) -> Sampled:
    return Sampled(
        at="2026-11-28T10:00:00Z", seconds=seconds, readings=readings, nulls=nulls, standbys=standbys
    )


def figures(*lines: AnyLine) -> dict[str, object]:
    return derive_figures(map(encode, lines))


def day() -> list[AnyLine]:
    """A day's samples that pass every check."""
    lags = [Lag(standby=1, write_lag_ms=number % 97 / 10) for number in range(1, 1201)]
    return [BEGAN, *lags, sampled(86_400, 1200, 7)]


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e4)), max_size=60))
def test_values_count_as_they_changed_and_nulls_and_firsts_do_not(values: list[float | None]) -> None:
    found = figures(
        BEGAN,
        Lag(standby=1, write_lag_ms=9999.0, first=True),
        *(Lag(standby=1, write_lag_ms=value) for value in values),
    )
    known = [value for value in values if value is not None]
    assert found["distinct_values"] == len(known)
    assert found["p95_ms"] == nearest_rank(known, 95)
    assert (found["p95_ms"] is None) == (found["alert_ms"] is None)


def test_every_figure_is_of_the_values_and_any_bad_session_makes_the_whole_bad() -> None:
    values = [Lag(standby=1, write_lag_ms=float(number)) for number in range(200, 0, -1)]
    found = figures(BEGAN, *values, sampled(3_600, 200), structs.replace(BEGAN, source="db2.example:5432"))
    assert (found["p50_ms"], found["p95_ms"], found["p99_ms"]) == (100, 190, 198)
    limits = derived(190)
    assert limits is not None
    assert (found["healthy_ms"], found["degraded_ms"]) == (limits.healthy_ms, limits.degraded_ms)
    assert found["alert_ms"] == limits.alert_ms
    assert (found["source"], found["hours"]) == ("db2.example:5432", 1)
    assert (found["in_recovery"], found["role_ok"], found["lab"]) == (False, True, False)
    for name, bad in (("in_recovery", True), ("role_ok", False), ("lab", True)):
        for order in (1, -1):
            sessions = (BEGAN, structs.replace(BEGAN, **{name: bad}))[::order]
            assert figures(*sessions)[name] is bad


def test_nothing_is_known_of_a_file_without_a_line() -> None:
    found = figures()
    assert {name for name, value in found.items() if value is not None} == {
        "hours",
        "standbys",
        "distinct_values",
        "null_samples",
    }


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([b'{"what":"lag"}\n'], "line 1: "),
        ([encode(BEGAN), encode(BEGAN)[:-1]], "line 2: has no end: the file was cut off"),
        ([encode(BEGAN), b"nothing\n"], "line 2: not JSON"),
        ([encode(BEGAN), b'{"what":"lag","x":' + b"[" * 100_000 + b"\n"], "line 2: not JSON"),
        ([encode(BEGAN), encode(BEGAN).replace(b"db", b"\xff")], "line 2: not JSON"),
    ],
)
def test_a_line_that_is_none_is_named(lines: list[bytes], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        derive_figures(lines)


@given(st.lists(st.tuples(st.floats(0, 600), st.integers(0, 9), st.integers(0, 3)), max_size=9))
def test_time_and_nulls_add_up_over_sessions(parts: list[tuple[float, int, int]]) -> None:
    found = figures(BEGAN, *(sampled(seconds, 9, nulls, standbys) for seconds, nulls, standbys in parts))
    assert found["hours"] == pytest.approx(sum(seconds for seconds, _, _ in parts) / 3600, abs=1e-6)
    assert found["null_samples"] == sum(nulls for _, nulls, _ in parts)
    assert found["standbys"] == max((standbys for _, _, standbys in parts), default=0)


def test_a_day_passes_and_its_report_is_as_old_as_its_last_sample(tmp_path: Path) -> None:
    (tmp_path / SAMPLES_FILE).write_bytes(b"".join(map(encode, day())))
    written = write(tmp_path)
    assert written.failed == ()
    record = parse_report((tmp_path / "calibration-report.json").read_bytes(), KIND)
    assert record.generated_at.isoformat() == "2026-11-28T10:00:00+00:00"
    assert {entry.path for entry in record.artifacts or ()} == {SAMPLES_FILE, *written.files[1:]}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([BEGAN, *day()[1:-1], sampled(86_399)], marks=breaks("CALIBRATION-02")),
        pytest.param([BEGAN, *day()[1:999], sampled(86_400)], marks=breaks("CALIBRATION-03")),
        pytest.param([BEGAN, *day()[1:-1], sampled(86_400, standbys=0)], marks=breaks("CALIBRATION-01")),
        pytest.param([BEGAN, sampled(86_400, 1200, 1200)], marks=breaks("CALIBRATION-03", "CALIBRATION-04")),
    ],
    ids=("too short", "idle", "without a standby", "a standby that reports nothing"),
)
def test_a_server_that_shows_too_little(tmp_path: Path, lines: list[AnyLine], broken: set[str]) -> None:
    (tmp_path / SAMPLES_FILE).write_bytes(b"".join(map(encode, lines)))
    assert {*write(tmp_path).failed} == broken


def test_a_full_disk_ends_it_in_one_sentence() -> None:
    samples = SamplesFile(Path("/dev/full"))
    samples.add(BEGAN)
    with pytest.raises(OutputError, match=r"No space left on device.*is kept.*run the same command again"):
        samples.flush()
    samples.close()


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    first = SamplesFile(tmp_path / SAMPLES_FILE)
    with pytest.raises(UsageError, match="another haproof calibrate writes to"):
        SamplesFile(tmp_path / SAMPLES_FILE)
    first.close()
    SamplesFile(tmp_path / SAMPLES_FILE).close()


def test_a_line_that_was_cut_off_is_taken_away_and_the_rest_counts(tmp_path: Path) -> None:
    path = tmp_path / SAMPLES_FILE
    whole = encode(BEGAN) + encode(sampled(60))
    path.write_bytes(whole + encode(sampled(60))[:-9])
    samples = SamplesFile(path)
    assert (samples.identifier, samples.seconds) == ("7", 60)
    assert path.read_bytes() == whole
    samples.close()


def test_another_file_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / SAMPLES_FILE
    path.write_text("my notes\nof last week\n")
    with pytest.raises(UsageError, match=r"is no file of samples \(line 1: not JSON\)"):
        SamplesFile(path)
    assert path.read_text() == "my notes\nof last week\n"


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "inf", "8761", "soon", ""])
def test_hours_that_make_no_sense_are_refused(hours: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--dsn", "host=nowhere", f"--hours={hours}"]) == 2
    assert "must be a number of hours above 0 and at most 8,760" in capsys.readouterr().err


@pytest.mark.parametrize("dsn", [f"password={SECRET} oops", f"postgresql://u:{SECRET}@[", f"={SECRET}"])
def test_a_bad_connection_string_is_refused_without_showing_it(
    dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "--dsn", dsn, "--hours", "1"]) == 2
    said = capsys.readouterr().err
    assert "--dsn is no PostgreSQL connection string" in said
    assert SECRET not in said


def test_a_server_that_is_not_there_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dsn = f"host=127.0.0.1 port=1 user=u password={SECRET} dbname=d"
    assert main(["calibrate", "--dsn", dsn, "--hours", "1"]) == 2
    said = capsys.readouterr().err
    assert "the server cannot be reached" in said
    assert SECRET not in said
    assert os.listdir(tmp_path) == []


def test_a_password_never_stands_in_a_sentence() -> None:
    words = Server(f"host=h password={SECRET}").words(ValueError(f"refused for {SECRET}\n of u"))
    assert words == "refused for *** of u"


class Asked:
    """A server that answers until it has been asked for a session once."""

    def connect(self) -> "Asked":
        return self

    def close(self) -> None:
        pass

    def cursor(self, **_: object) -> None:
        raise KeyboardInterrupt


def go_on(folder: Path, at: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said when a day's calibration goes on at `at`, up to its first reading."""
    path = folder / SAMPLES_FILE
    path.write_bytes(encode(BEGAN) + encode(sampled(3_600)))
    monkeypatch.setattr("haproof.calibration.sampler.usable", lambda *_, **__: structs.replace(BEGAN, at=at))
    said: list[str] = []
    samples = SamplesFile(path)
    try:
        Sampler(Asked(), samples, 24, said.append).run("sampling")  # type: ignore[arg-type]
    except KeyboardInterrupt:
        pass
    finally:
        samples.close()
    return said


def test_a_calibration_goes_on_within_a_week_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert go_on(tmp_path, "2026-12-04T11:00:00Z", monkeypatch) == ["sampling"]
    assert go_on(tmp_path, "2026-11-01T11:00:00Z", monkeypatch) == ["sampling"]


def test_old_samples_and_new_ones_are_not_mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"began on 2026-11-27, .* not mixed, so name another folder"):
        go_on(tmp_path, "2026-12-04T11:00:01Z", monkeypatch)
    lines = (tmp_path / SAMPLES_FILE).read_bytes()
    assert lines == encode(BEGAN) + encode(sampled(3_600))
