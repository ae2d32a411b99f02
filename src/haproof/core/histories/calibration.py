"""Figures of CALIBRATION from its samples: how long was sampled, which values count, their percentiles.

`samples.jsonl` holds a line for each session with the server, one for each change of a standby's write_lag,
and one for each minute (or less) of sampling. The view repeats the last lag for seconds, so a value counts
once, when it has changed; the first of a session is what the view showed before, and counts for nothing.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from haproof.core.figures import cut
from haproof.core.histories.lag import nearest_rank
from haproof.core.record import Count, Number
from haproof.core.thresholds import derived


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="what"):
    """One line of the file."""


class Session(Line, frozen=True, kw_only=True, omit_defaults=True, tag="session"):
    """A session with the server began: which server, what it is, and what its role may see."""

    at: str
    source: str
    system_identifier: str
    server_version: str
    in_recovery: bool
    role_ok: bool
    lab: bool


class Lag(Line, frozen=True, kw_only=True, omit_defaults=True, tag="lag"):
    """A standby's write_lag is another one than in the reading before; null: nothing is in flight.

    `first`: the first reading of this standby in its session, an older measurement.
    """

    standby: Count
    write_lag_ms: Number | None
    first: bool = False


class Sampled(Line, frozen=True, kw_only=True, omit_defaults=True, tag="sampled"):
    """What was sampled since the line of this kind before: seconds that readings cover, readings of a
    standby, how many of these were null, the most standbys at a time."""

    at: str
    seconds: Number
    readings: Count
    nulls: Count
    standbys: Count


AnyLine = Session | Lag | Sampled

_DECODER: msgspec.json.Decoder[AnyLine] = msgspec.json.Decoder(AnyLine)
_ENCODER = msgspec.json.Encoder()


def encode(line: AnyLine) -> bytes:
    """One line of the file, its end included."""
    return _ENCODER.encode(line) + b"\n"


def decode(lines: Iterable[bytes]) -> Iterable[AnyLine]:
    """The lines of a file. Raises ValueError that names the line and the fault."""
    for number, line in enumerate(lines, 1):
        if not line.endswith(b"\n"):
            raise ValueError(f"line {number}: has no end: the file was cut off")
        try:
            yield _DECODER.decode(line)
        except msgspec.ValidationError as fault:
            raise ValueError(f"line {number}: {cut(str(fault))}") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ValueError(f"line {number}: not JSON") from None


def derive_figures(lines: Iterable[bytes]) -> dict[str, Any]:
    """Every metric of CALIBRATION. Raises ValueError where the file is none."""
    values: list[float] = []
    sessions: list[Session] = []
    seconds, nulls, standbys = 0.0, 0, 0
    for line in decode(lines):
        if isinstance(line, Lag):
            if line.write_lag_ms is not None and not line.first:
                values.append(line.write_lag_ms)
        elif isinstance(line, Sampled):
            seconds += line.seconds
            nulls += line.nulls
            standbys = max(standbys, line.standbys)
        else:
            sessions.append(line)
    p95 = nearest_rank(values, 95)
    thresholds = derived(p95)
    return {
        "source": sessions[-1].source if sessions else None,
        "hours": round(seconds / 3600, 6),
        "standbys": standbys,
        "distinct_values": len(values),
        "null_samples": nulls,
        "p50_ms": nearest_rank(values, 50),
        "p95_ms": p95,
        "p99_ms": nearest_rank(values, 99),
        **{name: getattr(thresholds, name, None) for name in ("healthy_ms", "degraded_ms", "alert_ms")},
        "in_recovery": any(session.in_recovery for session in sessions) if sessions else None,
        "role_ok": all(session.role_ok for session in sessions) if sessions else None,
        "lab": any(session.lab for session in sessions) if sessions else None,
    }
