"""Which directory is meant: the newest run, one in whose place another was named, one that is signed."""

import os
from collections import deque
from collections.abc import Iterator

from haproof.core.house import House
from haproof.errors import UsageError
from haproof.evidence import ATTESTATION, PROOF_FOLDER
from haproof.extras import from_here
from haproof.given import is_archive, meant_path

FOLDER = "evidence"
"""Where runs lie, below the working folder."""

RUN = "cli-audit-lab-"
"""How the name of a lab run's folder begins; YYYY-MM-DD follows, and -2, -3, … for later runs of that day."""

DEEPEST, MOST_FOLDERS = 3, 5_000
"""How far below a wrong directory runs are looked for, in levels and in folders."""

NAME_ONE = "name the evidence directory of a lab run"


def newest_run() -> str:
    """The newest `cli-audit-lab-YYYY-MM-DD[-N]` below `evidence`, by date, then by N. Raises UsageError."""
    try:
        names = os.listdir(FOLDER)
    except OSError:
        names = []
    runs = [path for name in names if _dated(name) and os.path.isdir(path := os.path.join(FOLDER, name))]
    if not runs:
        raise UsageError(
            f"no evidence directory given, and no {FOLDER}/{RUN}YYYY-MM-DD here: "
            "run the lab first (haproof lab run), or name a directory"
        )
    return newest(runs)


def newest(runs: list[str]) -> str:
    """Of directories of runs the newest: by date and number in the name, else by the time of change."""
    dated = [(key, path) for path in runs if (key := _dated(os.path.basename(path)))]
    return max(dated)[1] if dated else max(runs, key=lambda path: (_changed(path), path))


def _dated(name: str) -> tuple[str, int] | None:
    """Date and number of a lab run's folder; None for any other name."""
    date, later = name.removeprefix(RUN)[:10], name[len(RUN) + 10 :]
    parts = date.split("-")
    is_date = [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts)
    if not (name.startswith(RUN) and is_date):
        return None
    digits = later[1:]
    if not later:
        return date, 1
    return (date, int(digits)) if later[0] == "-" and digits.isascii() and digits.isdecimal() else None


def _changed(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def is_set(path: str, house: House) -> bool:
    """Whether the folder of any kind of evidence lies in this directory."""
    return any(os.path.isdir(os.path.join(path, kind.folder)) for kind in house.kinds)


def require_run(path: str, house: House) -> None:
    """Raise UsageError where `path` is no directory, or not that of one run but of several or part of one."""
    if not os.path.isdir(path):
        raise UsageError(_no_directory(path, house))
    if is_set(path, house):
        return
    runs = list(runs_below(path, house))
    if runs:
        which = "it is" if len(runs) == 1 else "the newest is"
        raise UsageError(
            f"{path!r} is not the evidence of a run, but {_count(runs)} below it: {which} {newest(runs)!r}"
        )
    refuse_part(path, house)


def refuse_further_up(folder: str, house: House) -> None:
    """Raise UsageError where the runs do not lie in this folder, but further below it."""
    runs = list(runs_below(folder, house))
    if runs:
        which = "it lies in" if len(runs) == 1 else "the newest lies in"
        raise UsageError(
            f"{folder!r} holds no run itself, but {_count(runs)} further below: "
            f"{which} {os.path.dirname(newest(runs))!r}"
        )


def _count(runs: list[str]) -> str:
    return "a run is" if len(runs) == 1 else f"{len(runs):,} runs are"


def refuse_part(path: str, house: House) -> None:
    """Raise UsageError where `path` is one of the folders that a run consists of, or lies in one."""
    whole = _whole_around(path, house)
    if whole:
        raise UsageError(f"{path!r} is only a part of the run {whole!r}: name {whole!r} itself")


def _whole_around(path: str, house: House) -> str | None:
    """The run of which a directory is a slice's folder or that of its report, or one in these."""
    parts = {PROOF_FOLDER, *(kind.folder for kind in house.kinds)}
    try:
        here = os.path.abspath(path)
    except OSError:  # the working folder is gone
        return None
    for _ in range(DEEPEST):
        above, name = os.path.split(here)
        if name in parts and is_set(above, house):
            return above if os.path.isabs(path) else os.path.relpath(above)
        here = above
    return None


def _no_directory(path: str, house: House) -> str:
    """What to say of a path that is no directory."""
    if not os.path.lexists(path):
        return f"{path!r} does not exist{meant_path(path) or ': ' + NAME_ONE}"
    if is_archive(path):
        return f"{path!r} is an archive: unpack it first, then name the directory that it gives"
    run = around(path, house)
    return f"{path!r} is not a directory: " + (f"it belongs to the run {run!r}" if run else NAME_ONE)


def around(path: str, house: House) -> str | None:
    """The run that a file or folder lies in, if it does; None for a run itself and for anything else."""
    here = path.rstrip("/")
    for _ in range(DEEPEST):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above or "."
        if is_set(here, house):
            return here
        if here == ".":
            return None
    return None


def runs_below(path: str, house: House) -> Iterator[str]:
    """The runs below a directory as far as `DEEPEST`, but not those below another run."""
    waiting = deque([(path, 1)])
    seen = 0
    while waiting and seen < MOST_FOLDERS:
        folder, depth = waiting.popleft()
        for below in _folders(folder):
            seen += 1
            if is_set(below, house):
                yield below
            elif depth < DEEPEST:
                waiting.append((below, depth + 1))


def _folders(path: str) -> list[str]:
    """The folders in a folder by name, hidden ones left out."""
    try:
        with os.scandir(path) as listing:
            names = sorted(entry.name for entry in listing if entry.is_dir() and entry.name[0] != ".")
    except OSError:
        return []
    return [os.path.normpath(os.path.join(path, name)) for name in names]


def attestation_over(folder: str) -> str | None:
    """The attestation that a file written to `folder` would break or belie; None where there is none.

    It covers every file of its evidence directory, and vouches for the report files in its own folder.
    """
    if os.path.lexists(own := os.path.join(folder, ATTESTATION)):
        return own
    try:
        here = os.path.realpath(folder)
    except OSError:  # the working folder is gone: nothing can be written there either
        return None
    while not os.path.lexists(found := os.path.join(here, PROOF_FOLDER, ATTESTATION)):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return found


def refuse_signed(folder: str, instead: str) -> None:
    """Raise UsageError where a new file in `folder` would break a signature; `instead` says what to do."""
    signed = attestation_over(folder)
    if signed is not None:
        raise UsageError(
            f"{folder!r} is covered by the signature {from_here(signed)!r}, which a new file would break: "
            f"{instead}"
        )


def signature_files(attestation: str) -> list[str]:
    """The attestation and what lies beside it under its name, such as a time stamp; absolute paths."""
    folder, name = os.path.split(os.path.abspath(attestation))
    stem = name.partition(".")[0] + "."
    return [os.path.join(folder, other) for other in sorted(os.listdir(folder)) if other.startswith(stem)]
