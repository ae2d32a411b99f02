"""Sample a production primary's write_lag over one read-only connection, and derive alerting thresholds.

Writes DIR/calibration: the samples, the evidence of CALIBRATION (GA-3 needs 24 hours), Prometheus rules with
their test and the query that exports write_lag, and a Grafana dashboard. Interrupted or cut off, it goes on
where it ended when the same command is run again.

Exit status 0: every check passed; 1: one failed; 2: the server cannot be used, or nothing can be written;
3: the server stayed away, what was measured is kept; 130: interrupted, the same.
"""

import argparse
import contextlib
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from haproof.errors import UsageError
from haproof.extras import install_command

if TYPE_CHECKING:
    from haproof.calibration.evidence import Written

MOST_HOURS = 8_760.0
DEFAULT_DIR = "evidence/calibration"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--dsn",
        required=True,
        metavar="DSN",
        help="connection string of the primary (the role needs pg_monitor; passwords: PGPASSFILE)",
    )
    parser.add_argument(
        "--hours", type=_hours, required=True, metavar="H", help="how long to sample, all sessions together"
    )
    parser.add_argument(
        "--evidence",
        default=DEFAULT_DIR,
        metavar="DIR",
        help=f"evidence directory; DIR/calibration is written (default: {DEFAULT_DIR})",
    )


def run(args: argparse.Namespace) -> int:
    """Sample for as long as is asked for, then judge the samples and write what follows from them."""
    try:
        import psycopg  # noqa: F401 - the extra's presence is what is asked
    except ImportError as fault:
        raise UsageError(f"calibrate needs {fault.name}: run  {install_command('lab')}") from None
    from haproof.calibration.evidence import SAMPLES_FILE, write
    from haproof.calibration.sampler import Sampler
    from haproof.calibration.samples_file import SamplesFile
    from haproof.calibration.server import Server
    from haproof.lab.interrupt import interruptible

    server = Server(args.dsn)
    folder = _folder(args.evidence)
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    samples = SamplesFile(folder / SAMPLES_FILE)
    try:
        with interruptible():
            there = f" ({samples.seconds / 3600:.2f} h are there)" if samples.seconds else ""
            opening = f"sampling for {args.hours:g} h into {folder}{there}"
            Sampler(server, samples, args.hours, _say).run(opening)
    except KeyboardInterrupt:
        kept = f"{samples.seconds / 3600:.2f} of {args.hours:g} hours are kept"
        _say(f"{kept}; run the same command again to go on")
        raise
    finally:
        samples.close()
        if not folder.joinpath(SAMPLES_FILE).stat().st_size:
            _leave_nothing(folder / SAMPLES_FILE, made)
    written = write(folder)
    _print(folder, written)
    return 1 if written.failed else 0


def _folder(given: str) -> Path:
    """Where the calibration lies. Raises UsageError where a new file would break a signature."""
    from haproof.places import refuse_signed

    refuse_signed(given, "name another folder with --evidence")
    return Path(given) / "calibration"


def _leave_nothing(samples: Path, made: list[Path]) -> None:
    """A calibration that never began leaves nothing behind: neither its file nor the folders it made."""
    samples.unlink(missing_ok=True)
    for folder in made:
        with contextlib.suppress(OSError):  # somebody else lives there by now
            folder.rmdir()


def _print(folder: Path, written: "Written") -> None:
    """The figures, the checks that failed, the files."""
    figures = written.figures
    lines = [
        f"{figures['source']}: {figures['distinct_values']:,} values of write_lag in {figures['hours']:g} h",
    ]
    if figures["p95_ms"] is not None:
        lines += [
            f"p50 {figures['p50_ms']:g} ms, p95 {figures['p95_ms']:g} ms, p99 {figures['p99_ms']:g} ms",
            f"healthy <= {figures['healthy_ms']:g} ms, degraded <= {figures['degraded_ms']:g} ms",
            f"alert threshold {figures['alert_ms']:g} ms",
        ]
    lines += [f"FAIL: {check}" for check in written.failed] or ["every check passed"]
    lines += [f"wrote {folder / name}" for name in written.files]
    sys.stdout.write("\n".join(lines) + "\n")


def _say(text: str) -> None:
    from haproof.render.visible import visible

    with contextlib.suppress(OSError):
        sys.stderr.write(f"haproof: {visible(text)}\n")
        sys.stderr.flush()


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = math.nan
    if not 0 < hours <= MOST_HOURS:
        raise argparse.ArgumentTypeError(
            f"must be a number of hours above 0 and at most {MOST_HOURS:,.0f} (GA-3 needs 24)"
        )
    return hours
