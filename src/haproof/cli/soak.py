"""Observe a running system for 30 days (VAL18): prober, rounds, planned failovers, a chained journal.

Set up once; then keep `probe` running and let a timer call `round` (setup writes systemd units and cron
lines). After a reboot both go on where they stopped.

Exit status 0: done, or nothing to do yet; 1: rows lost, a failover too slow, no prober, or (report) a check
failed; 2: usage, or a folder that cannot be used; 3: a round could not compare anything, and is tried again;
130: interrupted.
"""

import argparse
import os
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from haproof.cli.output import show, warn
from haproof.cli.parser import one_of
from haproof.cli.soak_options import configure_plan, configure_target
from haproof.errors import OutputError, UsageError
from haproof.extras import install_command

if TYPE_CHECKING:
    from haproof.soak.folder import SoakFolder, Target

DEFAULT_FOLDER = "soak"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the actions and their arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    setup = _action(actions, "setup", "agree on the plan and make the soak's folder")
    configure_target(setup)
    configure_plan(setup)
    probe = _action(actions, "probe", "run the prober, until it is told to end (SIGTERM)")
    probe.add_argument(
        "--unless-running", action="store_true", help="end at once, with status 0, where one runs already"
    )
    make = _action(actions, "round", "make the round that is due, if one is")
    make.add_argument(
        "--failover", action="store_true", help="make a planned failover now, whatever the schedule says"
    )
    anchor = _action(actions, "anchor", "note that a day's digest was put somewhere else")
    anchor.add_argument("--day", type=int, required=True, metavar="N", help="number of the day, from 1")
    anchor.add_argument(
        "--to", required=True, metavar="TEXT", help="where, such as 'git tag soak-day-12 in REPO'"
    )
    report = _action(actions, "report", "write the VAL18 report, with the journal beside it")
    report.add_argument("--evidence", metavar="DIR", help="where val18/ is put (default: the soak's folder)")
    status = _action(actions, "status", "how the soak stands")
    status.add_argument(
        "--format",
        type=one_of(("text", "json")),
        default="text",
        metavar="FORMAT",
        help="text (default), json",
    )


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, purpose: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=purpose, description=purpose)
    parser.add_argument(
        "folder",
        nargs="?",
        default=DEFAULT_FOLDER,
        metavar="DIR",
        help=f"folder of the soak (default: {DEFAULT_FOLDER})",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Take one of the actions; a journal that cannot be written to is told in one sentence."""
    if sys.platform == "win32":
        raise UsageError("a soak runs on Linux and macOS only")
    from haproof.soak.journal import NotWritten

    try:
        return {
            "setup": _setup,
            "probe": _probe,
            "round": _round,
            "anchor": _anchor,
            "report": _report,
            "status": _status,
        }[args.action](args)
    except NotWritten as fault:
        raise OutputError(
            f"{fault.filename} cannot be written ({fault.strerror}): check permissions and free space; "
            "what was recorded before is intact"
        ) from None


def _setup(args: argparse.Namespace) -> int:
    _need_psycopg()
    from haproof.places import refuse_signed
    from haproof.soak.beginning import Wish, begin

    refuse_signed(args.folder, "name a folder elsewhere")

    wish = Wish(
        args.goal_days, args.interval_hours, args.probe_interval, args.compress, args.scheduled_failovers
    )
    folder = begin(Path(args.folder), _target(args), wish)
    units = os.path.join(args.folder, "units")
    _say(
        f"soak set up in {args.folder}: {folder.read().plan.system}\n"
        f"next: install the prober and the timer from {units} (systemd, or crontab), or run\n"
        f"  haproof soak probe {shlex.quote(args.folder)}\n"
        f"  haproof soak round {shlex.quote(args.folder)}"
    )
    return 0


def _target(args: argparse.Namespace) -> "Target":
    from haproof.soak.folder import Target

    if args.node and not args.target:
        raise UsageError("--node needs --target: the target file says how a node is spoken to")
    if args.target and not args.node:
        raise UsageError("--target needs --node URL, once for each node")
    if args.anchor_command and not args.anchored_to:
        raise UsageError("--anchor-command needs --anchored-to TEXT: the report says what it was anchored to")
    file = args.target or ""
    return Target(
        dsn=args.dsn,
        failover_command=_words("--failover-command", args.failover_command),
        anchor_command=_words("--anchor-command", args.anchor_command),
        anchored_to=args.anchored_to,
        file=file if file in ("", "reference") else os.path.abspath(file),
        nodes=args.node,
        token_file=os.path.abspath(args.token_file) if args.token_file else "",
    )


def _probe(args: argparse.Namespace) -> int:
    _need_psycopg()
    import threading

    from haproof.cli import complain
    from haproof.soak.folder import Busy, SoakFolder
    from haproof.soak.opening import system_of
    from haproof.soak.prober import Prober

    folder, stop = SoakFolder(Path(args.folder)), threading.Event()
    try:
        with folder.alone("prober"):
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, lambda *_: stop.set())
            system = system_of(folder.target(), folder.read().plan.soak)
            try:
                Prober(folder, system, stop, complain).run(os.getpid())
            finally:
                system.close()
    except Busy:
        if args.unless_running:
            return 0
        raise UsageError(
            f"a prober of {args.folder} runs already: one is enough, and two would count twice"
        ) from None
    return 0


def _round(args: argparse.Namespace) -> int:
    _need_psycopg()
    from haproof.soak.opening import system_of
    from haproof.soak.rounds import make_round

    outcome = make_round(_folder(args), system_of, args.failover)
    for sentence in outcome.sentences:
        (warn if outcome.status else _say)(sentence)
    return outcome.status


def _anchor(args: argparse.Namespace) -> int:
    folder = _folder(args)
    fold = folder.resume()
    if not 1 <= args.day <= len(fold.days):
        raise UsageError(f"--day {args.day}: {len(fold.days)} days are over")
    digest = fold.days[args.day - 1].digest
    folder.journal.append("anchor", day=args.day, digest=digest, to=args.to)
    folder.save(fold.plan)
    _say(f"day {args.day}, digest {digest}, is noted as anchored to {args.to}")
    return 0


def _report(args: argparse.Namespace) -> int:
    from haproof.soak.report import write_report
    from haproof.soak.standing import COMPRESSED

    folder = _folder(args)
    evidence = args.evidence or args.folder
    done = write_report(folder, Path(evidence))
    if done.compressed:
        _say(COMPRESSED)
    _say(f"{done.path}: {done.judged.passed} of {done.judged.total} checks passed")
    for failed in done.judged.failed:
        _say(f"  {failed}: {done.details[failed]}")
    _say(f"next: haproof report {shlex.quote(evidence)} --recount --require GA-1")
    return 1 if done.judged.failed else 0


def _status(args: argparse.Namespace) -> int:
    import json

    from haproof.soak.clock import moment
    from haproof.soak.standing import lines, standing

    fold, now = _folder(args).read().finish(), moment()
    if args.format == "json":
        _say(json.dumps(standing(fold, now), indent=2))
    else:
        _say("\n".join(lines(fold, now)))
    return 0


def _folder(args: argparse.Namespace) -> "SoakFolder":
    from haproof.soak.folder import SoakFolder

    return SoakFolder(Path(args.folder))


def _say(sentence: str) -> None:
    """One or more lines on stdout, whatever the system under soak put into them."""
    from haproof.render.visible import visible

    show("".join(f"{visible(line)}\n" for line in sentence.split("\n")).encode(), plain=True)


def _need_psycopg() -> None:
    try:
        import psycopg  # noqa: F401 - its presence is what is asked
    except ImportError:
        raise UsageError(f"a soak needs psycopg: run  {install_command('lab')}") from None


def _words(option: str, text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as fault:
        raise UsageError(f"{option}: {fault}") from None
