"""Whether a file would be published by the next `git add` of the folder it is to lie in."""

import os


def exposing_tree(path: str) -> str | None:
    """The root of the git working tree that `path` lies in without being ignored; None where there is none.

    Whoever cannot be asked (git is not installed, the repository is damaged) does not count as ignoring.
    """
    folder, name = os.path.split(path)
    try:
        place = os.path.realpath(folder)
    except OSError:  # the working folder is gone: nothing can be made in it
        return None
    tree = _tree(place)
    if tree is None or _ignored(tree, os.path.join(place, name)):
        return None
    return tree


def _tree(folder: str) -> str | None:
    """The nearest folder upwards with a `.git` in it (a file in a linked working tree)."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def _ignored(tree: str, path: str) -> bool:
    """What git itself says; the caller's GIT_* variables and the repository's own programs have no say."""
    import subprocess

    command = ["git", "-c", "core.fsmonitor=false", "-c", "safe.directory=*", "-C", tree]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        asked = subprocess.run(
            [*command, "check-ignore", "--quiet", "--", path],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
