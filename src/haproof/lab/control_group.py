"""The control groups that the lab runs in: how often they refused something, and what they leave.

Both hierarchies are read, version 2 and version 1, from the lab's own group up to the root that is mounted
here: a limit further up counts as much. Where nothing can be read there is nothing to tell.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
GROUPS = Path("/proc/self/cgroup")
REFUSALS = {
    "pids.events": ("max", "processes"),
    "memory.events": ("oom_kill", "memory"),
    "memory.oom_control": ("oom_kill", "memory"),
}
"""File, the counter in it, and what was refused."""

UNLIMITED = "max"


def refusals() -> dict[str, int]:
    """How often a group has refused `processes` or `memory` (a process was killed for it) so far."""
    found = {"processes": 0, "memory": 0}
    for folder in folders():
        for name, (counter, kind) in REFUSALS.items():
            found[kind] += _counters(folder / name).get(counter, 0)
    return found


def processes_left() -> int | None:
    """How many more processes and threads the tightest group allows; None where none sets a limit."""
    return _least_left("pids.max", "pids.current")


def memory_left_bytes() -> int | None:
    """How much more memory the tightest group allows, what it can take back from caches included."""
    left = []
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        for folder in folders():
            most, now = _number(folder / limit), _number(folder / used)
            if most is not None and now is not None and most < 1 << 60:
                caches = _counters(folder / "memory.stat")
                left.append(most - now + caches.get("inactive_file", 0) + caches.get("active_file", 0))
    return min(left) if left else None


def folders() -> Iterator[Path]:
    """The folders of the lab's groups, each hierarchy from the innermost up."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        mounts = list(_mounts(MOUNTS.read_text(encoding="utf-8", errors="replace")))
        for line in GROUPS.read_text(encoding="utf-8", errors="replace").splitlines():
            _, names, path = line.split(":", 2)
            for mount, root, controllers in mounts:
                if controllers == (set(names.split(",")) if names else set()):
                    yield from _upwards(mount, root, path)


def _mounts(text: str) -> Iterator[tuple[Path, str, set[str]]]:
    """Where each hierarchy is mounted, its root there, and its controllers (none: version 2)."""
    for line in text.splitlines():
        words, _, rest = line.partition(" - ")
        kind, *_, options = rest.split(" ") if rest.count(" ") >= 2 else ("", "")
        fields = words.split(" ")
        if kind == "cgroup2":
            yield Path(fields[4]), fields[3], set()
        elif kind == "cgroup":
            yield Path(fields[4]), fields[3], set(options.split(",")) - {"rw", "ro"}


def _upwards(mount: Path, root: str, path: str) -> Iterator[Path]:
    """From the group's folder up to the mount; a container may see no more than the mount itself."""
    inner = path.removeprefix(root) if root != "/" else path
    folder = mount / inner.lstrip("/")
    if ".." in folder.parts or not folder.is_dir():
        folder = mount
    yield folder
    while folder != mount:
        folder = folder.parent
        yield folder


def _counters(path: Path) -> dict[str, int]:
    found = {}
    with contextlib.suppress(OSError):
        for line in path.read_text(encoding="ascii", errors="replace").splitlines():
            name, _, value = line.partition(" ")
            if value.isdecimal():
                found[name] = int(value)
    return found


def _number(path: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        text = path.read_text(encoding="ascii").strip()
        return None if text == UNLIMITED else int(text)
    return None


def _least_left(limit: str, used: str) -> int | None:
    left = [
        most - (now or 0)
        for folder in folders()
        if (most := _number(folder / limit)) is not None and (now := _number(folder / used)) is not None
    ]
    return min(left) if left else None
