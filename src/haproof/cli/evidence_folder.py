"""The folder that a run of the lab writes its evidence into: one of its own, or one that is there (--add)."""

import argparse
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from haproof.errors import UsageError
from haproof.kinds import HOUSE
from haproof.places import refuse_part, refuse_signed


def evidence_folder(given: str | None, add: bool, measured: Iterable[str]) -> Path:
    """The folder, created now, so that two labs that start together do not share one. `measured` are the ids
    of the kinds that are going to be written. Raises UsageError where it cannot be used."""
    if add:
        return _added_to(given, measured)
    if given is not None:
        return _named(given)
    day = f"cli-audit-lab-{datetime.now(UTC):%Y-%m-%d}"
    number = 1
    while True:
        folder = Path("evidence", day if number == 1 else f"{day}-{number}")
        try:
            folder.parent.mkdir(exist_ok=True)
            folder.mkdir()
            return folder
        except FileExistsError:
            number += 1
        except OSError as fault:
            raise UsageError(
                f"{folder} cannot be created in {_here()} ({fault.strerror}): name a folder with --evidence"
            ) from None


def _named(given: str) -> Path:
    refuse_signed(given, "name a folder elsewhere with --evidence")
    folder = Path(given)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        used = any(folder.iterdir())
    except OSError as fault:
        why = "not a folder" if isinstance(fault, FileExistsError) else fault.strerror
        raise UsageError(f"--evidence {given}: {why}: name a new or empty folder") from None
    if used:
        raise UsageError(
            f"--evidence {given} is not empty, and evidence is never overwritten: name a new one, or give "
            "--add to measure what it does not have yet"
        )
    return folder


def not_there(args: argparse.Namespace, kinds: Sequence[str], asked: bool) -> list[str]:
    """Of these kinds those that a run measures: with --add what the folder does not have yet. Raises
    UsageError where it has what was `asked` for by name, or everything."""
    if not args.add or not args.evidence:
        return list(kinds)
    there = [name for name in kinds if _has(Path(args.evidence), name)]
    if there and (asked or len(there) == len(kinds)):
        raise UsageError(
            f"--add: {args.evidence} has {', '.join(there)} already, and evidence is never overwritten: name "
            "other --slices or another folder, or take away the folder of a run that broke off"
        )
    return [name for name in kinds if name not in there]


def _has(folder: Path, name: str) -> bool:
    kind = HOUSE.kind(name)
    return kind is not None and os.path.lexists(folder / kind.folder)


def _added_to(given: str | None, measured: Iterable[str]) -> Path:
    """A folder that is there, and has nothing yet of what is going to be measured."""
    if not given:
        raise UsageError("--add: name the folder that is added to with --evidence")
    refuse_signed(given, "its signature would no longer hold: measure into a folder of its own")
    refuse_part(given, HOUSE)
    folder = Path(given)
    if not folder.is_dir():
        why = "is no folder" if os.path.lexists(folder) else "is not there: without --add a new one is made"
        raise UsageError(f"--add: {given} {why}")
    there = [name for name in measured if _has(folder, name)]
    if there:
        raise UsageError(f"--add: {given} has {', '.join(there)} already, and evidence is never overwritten")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"--add: nothing can be written into {given}: name another folder")
    return folder


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        return "a working folder that is gone"
