"""Figures of a point-in-time recovery, derived from its history: by the lab, and by whoever judges the raw
file again."""

import re
from collections.abc import Iterable
from typing import Any

from haproof.core.figures import cut
from haproof.core.histories.pgbackrest import read_verify
from haproof.core.histories.point_in_time_lines import (
    Answered,
    AnyLine,
    Archived,
    Backup,
    Found,
    Inspected,
    Listed,
    Opened,
    Restore,
    Sent,
    Target,
    Wrote,
    decode,
)

TARGET_NOT_REACHED = "recovery ended before configured recovery target was reached"
"""PostgreSQL's own words (since 13) where it ends a recovery that cannot reach its target."""

SEGMENT = re.compile(r"[0-9A-F]{24}")
"""The name of a WAL segment: timeline, log, segment, eight hex digits each."""


class History:
    """The lines of one run, by what they are."""

    def __init__(self, lines: Iterable[AnyLine]) -> None:
        self.lines = list(lines)
        self.target = next((line for line in self.lines if isinstance(line, Target)), None)
        self.sent = {line.id: line.t_ms for line in self.lines if isinstance(line, Sent)}
        self.acknowledged = {
            line.id: line.t_ms
            for line in self.lines
            if isinstance(line, Answered) and line.outcome == "acknowledged"
        }
        self.backups = {line.backup: line for line in self.lines if isinstance(line, Backup)}
        self.restores = {line.restore: line for line in self.lines if isinstance(line, Restore)}
        self.opened = {line.restore: line for line in self.lines if isinstance(line, Opened)}
        self.inspected = {line.archive: line for line in self.lines if isinstance(line, Inspected)}
        self.wrote = [line for line in self.lines if isinstance(line, Wrote)]

    def archived(self, archive: str) -> list[Archived]:
        """The WAL segments of an archive."""
        return [
            line
            for line in self.lines
            if isinstance(line, Archived) and line.archive == archive and SEGMENT.fullmatch(line.name)
        ]

    def faults(self, backup: str) -> list[str] | None:
        """What a backup has that its manifest has not, and the reverse; None where it was not looked at.

        A backup with a label was verified by the tool that made it, and its text is what was found.
        """
        made = self.backups.get(backup)
        if made is not None and made.label is not None:
            return self._faults_in_text(made.label)
        listed = {
            line.path: line for line in self.lines if isinstance(line, Listed) and line.backup == backup
        }
        found = {line.path: line for line in self.lines if isinstance(line, Found) and line.backup == backup}
        if not listed or not found:
            return None
        return manifest_faults(listed, found)

    def _faults_in_text(self, label: str) -> list[str] | None:
        looked = self.inspected.get("kept")
        if looked is None or looked.verify is None:
            return None
        fault = read_verify(looked.verify).backup_fault(label)
        return [] if fault is None else [fault]


def unreadable(line: Inspected) -> str | None:
    """What of an archive cannot be read: by the text of the tool that looked, where there is one."""
    return line.unreadable if line.verify is None else read_verify(line.verify).wal_fault()


def manifest_faults(listed: dict[str, Listed], found: dict[str, Found]) -> list[str]:
    """Differences between a manifest and the files of its backup, one sentence each."""
    faults = [f"{path} is missing" for path in listed if path not in found]
    faults += [f"{path} is not in the manifest" for path in found if path not in listed]
    for path, line in listed.items():
        there = found.get(path)
        if there is None:
            continue
        if there.size != line.size:
            faults.append(f"{path} has {there.size} bytes, the manifest says {line.size}")
        elif line.checksum is None:
            faults.append(f"{path} has no checksum in the manifest")
        elif there.checksum != line.checksum:
            faults.append(f"{path} has another checksum than in the manifest")
    return faults


def position(lsn: str) -> int:
    """`0/3000028` as a number of bytes. Raises ValueError for anything else."""
    high, slash, low = lsn.partition("/")
    if not slash:
        raise ValueError(f"not a WAL position: {cut(lsn)}")
    return (int(high, 16) << 32) + int(low, 16)


def figures(history: History) -> dict[str, Any]:
    """Every figure that the lines yield: null where the lines do not have what it is derived from."""
    return (
        _backups(history) | _to_the_target(history) | _to_the_end(history) | _refusals(history)
        | _noticed(history) | _copy(history)
    )  # fmt: skip


def _backups(history: History) -> dict[str, Any]:
    base, incremental = history.backups.get("base"), history.backups.get("incremental")
    verified = [history.faults(name) for name in history.backups]
    unknown = not verified or any(faults is None for faults in verified)
    return {
        "archived_segments": len(history.archived("kept")),
        "backup_ms": _took(base),
        "incremental_ms": _took(incremental),
        "base_verified": None if unknown else not any(verified),
    }


def _took(line: Backup | Restore | None) -> float | None:
    """How long it took, in milliseconds."""
    return None if line is None else round(line.t_ms - line.began_ms, 3)


def _to_the_target(history: History) -> dict[str, Any]:
    """The restores to T. A row that was acknowledged before the clock was asked must be there, one that was
    sent after its answer must not; what was in flight meanwhile may be."""
    target = history.target
    if target is None:
        names = ("target_time", "acknowledged_before", "sent_before", "rows_in_flight", "rows_restored")
        return dict.fromkeys((*names, "restore_ms", "restored_within_bounds", "recovery_stop_reason"))
    before = {row for row, at_ms in history.acknowledged.items() if at_ms <= target.asked_ms}
    possible = {row for row, at_ms in history.sent.items() if at_ms <= target.t_ms}
    tried = [one for one in history.restores.values() if one.until == "time" and one.archive == "kept"]
    copies = [history.opened.get(one.restore) for one in tried if history.backups.get(one.backup)]
    opened = history.opened.get("time")
    within = [
        copy is not None and before <= set(copy.rows) <= possible and copy.stored == len(set(copy.rows))
        for copy in copies
    ]
    return {
        "target_time": target.time,
        "acknowledged_before": len(before),
        "sent_before": len(possible),
        "rows_in_flight": len(possible - before),
        "rows_restored": None if opened is None else opened.stored,
        "restore_ms": _took(history.restores.get("time")) if opened is not None else None,
        "restored_within_bounds": all(within) if within else None,
        "recovery_stop_reason": None if opened is None else opened.stop_reason,
    }


def _to_the_end(history: History) -> dict[str, Any]:
    """The restore without a target from the whole archive."""
    restore, opened = history.restores.get("end"), history.opened.get("end")
    if restore is None:
        return {"latest_restored_all": None}
    if opened is None:
        return {"latest_restored_all": False}
    rows = set(opened.rows)
    complete = set(history.acknowledged) <= rows <= set(history.sent)
    return {"latest_restored_all": complete and opened.stored == len(rows)}


def _refusals(history: History) -> dict[str, Any]:
    """What PostgreSQL itself refuses, because it has a target; and what is refused before it starts."""
    named = {
        "damaged_segment_refused": "damaged-time",
        "missing_segment_refused": "missing-time",
        "future_target_refused": "future",
    }
    found = {name: _refused(history.restores.get(restore)) for name, restore in named.items()}
    base = history.restores.get("damaged-base")
    found["damaged_base_refused"] = None if base is None else base.refused_by == "procedure"
    return found


def _refused(restore: Restore | None) -> bool | None:
    """Whether PostgreSQL ended because the target could not be reached, not for any other reason."""
    if restore is None:
        return None
    return restore.refused_by == "PostgreSQL" and TARGET_NOT_REACHED in (restore.words or "")


def _noticed(history: History) -> dict[str, Any]:
    """Without a target PostgreSQL opens at the first bad record: did the procedure say so?

    A procedure that finds fault with an archive from which everything was restored says so of every one, and
    notices nothing.
    """
    healthy = _notice(history, "kept")
    false_alarm = bool(healthy) and _to_the_end(history)["latest_restored_all"] is True
    found: dict[str, Any] = {}
    for word in ("damage", "missing"):
        restore = "damaged-end" if word == "damage" else "missing-end"
        archives = [name for name in history.inspected if name.startswith(restore.partition("-")[0])]
        notices = [_notice(history, archive) for archive in archives]
        known = bool(notices) and restore in history.restores and healthy is not None
        found[f"latest_{word}_noticed"] = all(notices) and not false_alarm if known else None
        found[f"latest_{word}_rows_missing"] = _rows_missing(history, restore)
    return found


def _notice(history: History, archive: str) -> bool | None:
    """Whether the procedure found fault with an archive: before a restore to its end, or after one."""
    inspected = history.inspected.get(archive)
    if inspected is None:
        return None
    after = [
        history.opened[one.restore]
        for one in history.restores.values()
        if one.archive == archive and one.until == "end" and one.restore in history.opened
    ]
    short = any(copy.end is not None and position(copy.stopped_at) < position(copy.end) for copy in after)
    return bool(inspected.missing) or unreadable(inspected) is not None or short


def _rows_missing(history: History, restore: str) -> int | None:
    """Acknowledged rows that a copy lacks which PostgreSQL opened; null where it did not open one."""
    opened = history.opened.get(restore)
    return None if opened is None else len(set(history.acknowledged) - set(opened.rows))


def _copy(history: History) -> dict[str, Any]:
    """The restored copy takes writes on a timeline of its own, and nothing of it reaches the archive."""
    if not history.wrote:
        return {"archives_nowhere": None, "new_timeline": None}
    apart = all(
        line.archive_mode == "off" and line.archive_before == line.archive_after for line in history.wrote
    )
    moved = []
    for line in history.wrote:
        opened, restore = history.opened.get(line.restore), history.restores.get(line.restore)
        backup = history.backups.get(restore.backup) if restore is not None else None
        moved.append(
            line.acknowledged
            and opened is not None
            and backup is not None
            and opened.timeline > backup.timeline
        )
    return {"archives_nowhere": apart, "new_timeline": all(moved)}


def derive(lines: Iterable[bytes]) -> dict[str, Any]:
    """The figures of a raw file. Raises ValueError where it is none."""
    return figures(History(decode(lines)))


SECOND = "pgbackrest_"
"""What the names of the second way's figures begin with."""

FIRST_ONLY = ("target_time", "rows_in_flight", "recovery_stop_reason")
"""Figures under no rule that a second way does not repeat."""


def figures_of_second(history: History) -> dict[str, Any]:
    """The same figures of pgBackRest's history, and the exit status of its verify on a damaged archive."""
    damaged = history.inspected.get("damaged")
    found = figures(history) | {"verify_status": None if damaged is None else damaged.verify_status}
    return {SECOND + name: value for name, value in found.items() if name not in FIRST_ONLY}


def derive_second(lines: Iterable[bytes]) -> dict[str, Any]:
    """The figures of a raw file of pgBackRest. Raises ValueError where it is none."""
    return figures_of_second(History(decode(lines)))
