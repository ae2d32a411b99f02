"""Who PostgreSQL runs as: it refuses to run as root, and the lab never creates accounts.

The ladder, first rung that a trial run stands on:

1. not root: as the caller, in a private IPC namespace where the system allows one; a caller without a
   passwd entry, whom PostgreSQL refuses too, is an account that has one inside a user namespace;
2. root: in a user namespace, where the caller is an unprivileged account (outside it stays root, so files
   need no other owner and binaries in a private home stay readable), with a private IPC namespace;
3. root: as the account `postgres` or `nobody`, with the binaries copied where that account can read them;
4. a clear error.
"""

import os
import pwd
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from haproof.errors import UsageError
from haproof.lab.binaries import Binaries
from haproof.lab.process import PLAIN, Children

ACCOUNTS = ("postgres", "nobody")
TRIAL_SECONDS = 20.0


@dataclass(frozen=True)
class Rung:
    """How PostgreSQL processes are started: `mode` is one of `keeper.py`; `owner` owns their files."""

    mode: str
    folder: Path
    words: str
    owner: tuple[int, int] | None = None

    def give(self, path: Path) -> None:
        """Hand a file or a folder, with all in it, to the account that PostgreSQL runs as."""
        if self.owner is None:
            return
        for inner in (path, *path.rglob("*")):
            os.chown(inner, *self.owner, follow_symlinks=False)


def climb(binaries: Binaries, children: Children, work: Path) -> Rung:
    """The first rung that holds, tried in the run's own folder. Raises UsageError where none does."""
    reasons = []
    for rung in rungs(binaries, work):
        done = children.run(
            "privilege-trial",
            [str(rung.folder / "postgres"), "--version"],
            seconds=TRIAL_SECONDS,
            mode=rung.mode,
            cwd=str(work),
        )
        if done.status == 0:
            return rung
        reasons.append(f"{rung.words}: {done.last_words or done.status}")
    tried = "; ".join(reasons) or "nothing to try"
    if os.geteuid() != 0 and _entry(os.geteuid()) is None:
        raise UsageError(
            f"PostgreSQL does not run as uid {os.geteuid()}, which has no passwd entry, and a user namespace "
            f"in which it would have one cannot be made ({tried}): add an entry, or allow user namespaces"
        )
    raise UsageError(
        f"PostgreSQL cannot be run without privileges here ({tried}): run the lab as an ordinary user"
    )


def rungs(binaries: Binaries, work: Path) -> Iterator[Rung]:
    """The rungs for this user, best first."""
    linux = sys.platform == "linux"
    if os.geteuid() != 0:
        named = _entry(os.geteuid())
        if linux and named:
            ids = f"{os.geteuid()}:{os.getegid()}"
            yield Rung(f"namespaces:{ids}", binaries.folder, "as the caller, private IPC namespace")
        elif linux and (stand_in := _stand_in()):
            ids, words = f"{stand_in.pw_uid}:{stand_in.pw_gid}", f"as {stand_in.pw_name} in a user namespace"
            yield Rung(f"namespaces:{ids}", binaries.folder, f"{words}, private IPC namespace")
        if named:
            yield Rung(PLAIN, binaries.folder, "as the caller")
        return
    accounts = [account for name in ACCOUNTS if (account := _account(name))]
    if linux and accounts:
        uid, gid = accounts[-1].pw_uid, accounts[-1].pw_gid
        yield Rung(f"namespaces:{uid}:{gid}", binaries.folder, "user namespace, private IPC namespace")
    for account in accounts:
        owner = (account.pw_uid, account.pw_gid)
        mode = f"account:{owner[0]}:{owner[1]}"
        yield Rung(mode, binaries.folder, f"account {account.pw_name}", owner)
        yield Rung(mode, _copied(binaries, work), f"account {account.pw_name}, copied binaries", owner)


def _entry(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None


def _stand_in() -> pwd.struct_passwd | None:
    """An account without privileges that a caller without a passwd entry can be inside a namespace."""
    named = [account for name in reversed(ACCOUNTS) if (account := _account(name))]
    return next((account for account in (*named, *pwd.getpwall()) if account.pw_uid != 0), None)


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _copied(binaries: Binaries, work: Path) -> Path:
    """The programs with the folders that they load from, below the lab's own folder, readable by all.

    A wheel's tree is its `bin` with its siblings, beside `<package>.libs`; elsewhere libraries are found
    by absolute paths, and copying `bin`'s parent is enough for a relocatable installation.
    """
    tree = binaries.folder.parent
    target = work / "binaries" / tree.parent.name / tree.name
    if not target.exists():
        shutil.copytree(tree, target, symlinks=True)
        libs = tree.parent.with_name(f"{tree.parent.name}.libs")
        if libs.is_dir():
            shutil.copytree(libs, work / "binaries" / libs.name, symlinks=True)
    return target / "bin"
