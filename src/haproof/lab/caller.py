"""What a caller hands down without meaning to, put aside for the length of a run.

    with independent():
        ...             # before anything of PostgreSQL's is imported, read or started

libpq in this process reads `PG*` as any client does; a library may read a proxy, Python its own variables.
The lab finds everything that it needs by itself, so each of these can only steer it wrongly. Afterwards the
caller has all of it back.
"""

import contextlib
import os
import resource
import signal
from collections.abc import Iterator, Mapping

PREFIXES = ("PG", "PSYCOPG", "PYTHON")
SUFFIX = "_PROXY"
WHERE_PYTHON_LIES = frozenset(
    {
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONPLATLIBDIR",
        "PYTHONUSERBASE",
        "PYTHONNOUSERSITE",
        "PYTHONSAFEPATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPYCACHEPREFIX",
    }
)
"""Without these a caller's own target might not be found; the others change how a program behaves."""

OTHERS = 0o077
"""The part of a umask that is the caller's to choose: what others may do with the files of a run."""


WANTED = {resource.RLIMIT_NOFILE: 4096, resource.RLIMIT_STACK: 8 * 1024 * 1024}
"""Soft limits below these are raised as far as the hard ones allow: open files of a lab with its servers, and
the stack without which PostgreSQL does not start."""


def steers(name: str) -> bool:
    """Whether a variable would steer PostgreSQL, a client or an interpreter behind the lab's back."""
    return name not in WHERE_PYTHON_LIES and (name.startswith(PREFIXES) or name.upper().endswith(SUFFIX))


@contextlib.contextmanager
def independent() -> Iterator[None]:
    """Without the caller's steering variables, and with a umask, SIGCHLD, signal mask and limits that work.

    A signal that the caller ignores (`nohup`, a background job) stays ignored. Main thread only.
    """
    variables = {name: value for name, value in os.environ.items() if steers(name)}
    umask = os.umask(OTHERS)
    limits = {what: resource.getrlimit(what) for what in WANTED}
    mask = signal.pthread_sigmask(signal.SIG_SETMASK, ())
    child_ended = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for name in variables:
        del os.environ[name]
    os.umask(umask & OTHERS)
    _allow(limits)
    try:
        yield
    finally:
        os.environ.update(variables)
        os.umask(umask)
        for what, limit in limits.items():
            resource.setrlimit(what, limit)
        signal.signal(signal.SIGCHLD, child_ended if child_ended is not None else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _allow(limits: Mapping[int, tuple[int, int]]) -> None:
    """Raise soft limits as far as is of use; what the hard ones forbid stays forbidden."""
    unlimited = resource.RLIM_INFINITY
    for what, (soft, hard) in limits.items():
        if soft != unlimited and soft < WANTED[what]:
            most = WANTED[what] if hard == unlimited else min(WANTED[what], hard)
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(what, (most, hard))
