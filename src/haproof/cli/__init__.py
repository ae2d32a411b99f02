"""The command line: one module a verb, each imported only when its verb is called."""

import contextlib
import errno
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

from haproof.errors import HaproofError

VERBS = {
    "report": "judge an evidence directory and write the proof report",
    "show": "judge an evidence directory and print or open the report; nothing is written",
    "plan": "say what is still missing for the next readiness level, as commands in their order",
    "diff": "compare two runs: regressions, margin drift, or why they cannot be compared",
    "matrix": "show PostgreSQL HA clusters side by side: what each fault did to each of them",
    "explain": "say what a check, a figure, a level or a gap means, and what it does not prove",
    "history": "show many runs over time, and keep them in a JSON-lines file",
    "schema": "print the JSON Schema of a slice report, of the proof artifact or of the signed predicate",
    "lab": "measure VAL13-VAL17, PITR and PostgreSQL HA clusters under faults, with real processes",
    "soak": "observe a running system for 30 days (VAL18): set up, prober, rounds, status",
    "calibrate": "sample a production primary's write_lag, derive alerting thresholds and rules",
    "ha": "operate a control-plane node: status, failover, split-brain, backups, audit",
    "keygen": "make an Ed25519 key pair for signing",
    "attest": "sign a statement about a document that only somebody else can make (PUB-1 to PUB-3)",
    "sign": "sign an evidence directory and its report",
    "verify": "verify an evidence directory and its report, offline, in numbered steps",
}
"""Each verb, in the order of the help text; `haproof.cli.VERB` has `configure(parser)` and `run(args)`."""


SHORT = frozenset(("report", "show", "plan", "diff", "history", "verify"))
"""Verbs that judge evidence in a tenth of a second and hold nothing open at their end."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a write to a full or broken place says: stdout, where a verb does not write a file itself."""


def console() -> None:
    """The installed command. The short verbs leave without tearing the interpreter down, which takes as long
    as judging the evidence; everything that they write is written and flushed by then."""
    if sys.argv[1:2] and sys.argv[1] in SHORT:
        _start_quickly()
        status = main()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(status)
    sys.exit(main())


def _prepare_streams() -> None:
    """A closed stdout or stderr goes nowhere, and its number to no file that is opened later. What the
    encoding of stdout cannot say is escaped: a locale changes no exit status."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):  # replaced by a caller, or detached
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _start_quickly() -> None:
    """Leave out what a process of a tenth of a second does not need: collecting garbage, what makes JSON
    Schemas, the back-ports in typing_extensions, which msgspec asks for first and, from Python 3.11, can do
    without, translations of argparse's words, and the module platform, which tells uuid, which msgspec
    imports, the system's name."""
    gc.disable()
    _import_late("msgspec.inspect", "textwrap")
    system = SimpleNamespace(system=lambda: os.uname().sysname)
    with contextlib.suppress(AttributeError), _in_place_of("platform", system):
        import uuid  # noqa: F401 - one that asks for more is imported again, with the module itself
    with _in_place_of("typing_extensions", None):
        import msgspec  # noqa: F401
    english = SimpleNamespace(gettext=str, ngettext=lambda one, many, n: one if n == 1 else many)
    with _in_place_of("gettext", english):
        import argparse  # noqa: F401


def _import_late(*names: str) -> None:
    """Let these modules be executed when something is first asked of them, not when they are imported (as in
    importlib's documentation, "Implementing lazy imports")."""
    from importlib.machinery import ModuleSpec, PathFinder
    from importlib.util import LazyLoader

    class Finder:
        @staticmethod
        def find_spec(
            name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
        ) -> ModuleSpec | None:
            spec = PathFinder.find_spec(name, path) if name in names else None
            if spec is not None and spec.loader is not None:
                spec.loader = LazyLoader(spec.loader)
            return spec

    sys.meta_path.insert(0, Finder())


@contextlib.contextmanager
def _in_place_of(name: str, module: Any) -> Iterator[None]:
    """Another module under a name while something is imported; None is none at all."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = module
    try:
        yield
    finally:
        del sys.modules[name]


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns its exit status (see `haproof --help`)."""
    arguments = sys.argv[1:] if argv is None else argv
    _prepare_streams()
    try:
        try:
            status = _dispatch(arguments)
        except SystemExit as end:  # argparse, once it has printed its help
            status = end.code if isinstance(end.code, int) else 2
        _flush()
        return status
    except HaproofError as fault:
        complain(str(fault))
        return fault.exit_status
    except KeyboardInterrupt:
        complain("interrupted")
        return 130
    except BrokenPipeError:
        forget_stdout()
        return 0
    except OSError as fault:
        return _no_room(fault) if fault.errno in NO_ROOM else _fault(fault)
    except Exception as fault:  # noqa: BLE001 - the promise is: never a traceback
        return _fault(fault)


def _dispatch(arguments: list[str]) -> int:
    """Find the verb, parse the rest with its own parser, run it."""
    verb = arguments[0] if arguments else ""
    if verb == "help" and arguments[1:2] and arguments[1] in VERBS:
        return _dispatch([*arguments[1:], "--help"])
    if verb in VERBS:
        from haproof.cli.parser import Parser

        module = import_module(f"haproof.cli.{verb}")
        parser = Parser(prog=f"haproof {verb}", description=module.__doc__)
        module.configure(parser)
        status: int = module.run(parser.parse_args(arguments[1:]))
        return status
    from haproof.cli.overview import overview

    return overview(VERBS, verb, arguments[1:])


def complain(sentence: str) -> None:
    """One line on stderr, whatever it holds. A closed stderr is ignored: there is nowhere to report it."""
    from haproof.render.visible import visible

    try:
        sys.stderr.write(f"haproof: {visible(sentence)}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass


def _fault(fault: Exception) -> int:
    """A fault of the program itself: one sentence, and where a developer finds it. No verdict."""
    import traceback

    if os.environ.get("HAPROOF_DEBUG"):
        traceback.print_exception(fault)
    last = traceback.extract_tb(fault.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"
    complain(
        f"a fault of haproof itself, so there is no verdict: {type(fault).__name__}: {fault} at {where} "
        "(set HAPROOF_DEBUG=1 for the whole trace, and please report it)"
    )
    return 70


def _flush() -> None:
    """Write out what was printed: at the interpreter's own end, a full or closed stdout is a traceback."""
    sys.stdout.flush()


def _no_room(fault: OSError) -> int:
    """The output cannot be written: nothing that the program could do better."""
    complain(f"the output cannot be written ({fault.strerror}): make room, or send it elsewhere")
    forget_stdout()
    return 2


def forget_stdout() -> None:
    """Nobody reads stdout any more: keep the interpreter from complaining about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
