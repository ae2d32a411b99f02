"""`haproof lab run --target patroni` and the like: a PostgreSQL HA cluster under a matrix of faults."""

import argparse
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from haproof.cli.parser import one_of
from haproof.errors import UsageError
from haproof.given import meant
from haproof.lab.systems import DATABASES

if TYPE_CHECKING:
    from haproof.cli.measuring import Part
    from haproof.lab.display import Display
    from haproof.lab.recovery.target import Nodes
    from haproof.lab.run import Ended
    from haproof.lab.scenario import Profile
    from haproof.lab.trials.plan import Request

REFERENCE = "reference"
MODES = ("sync", "async")
MOST_MEMBERS = 5
SLICES = ("CLUSTER", "RECOVERY")
TIMES = ("smallest", "default")
ONLY = ("mode", "faults", "members", "nodes", "settings", "set")
"""Options that a control plane does not have."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that only a database system has."""
    group = parser.add_argument_group("of a PostgreSQL HA cluster (--target)")
    group.add_argument(
        "--mode", type=one_of(MODES), metavar="MODE", help="replication: sync (default), async"
    )
    group.add_argument("--faults", metavar="LIST", help="only these faults, such as host-kill,cut-full")
    group.add_argument(
        "--members", metavar="N", help=f"members of the cluster, 2 to {MOST_MEMBERS} (default 3)"
    )
    group.add_argument(
        "--nodes",
        metavar="FILE",
        help="target file of the control plane whose nodes RECOVERY puts on it (default: the reference node)",
    )
    group.add_argument(
        "--settings",
        type=one_of(TIMES),
        metavar="WHICH",
        help="the manager's times: smallest (default) that it takes, or its own default (Patroni)",
    )
    group.add_argument(
        "--set", action="append", metavar="KEY=VALUE", help="a setting of the manager (Patroni; repeatable)"
    )
    own = parser.add_argument_group("for your own running cluster")
    own.add_argument(
        "--break",
        dest="break_name",
        metavar="NAME",
        help="its name, as its file (--target FILE) has it: the run kills and cuts off members in use",
    )
    own.add_argument("--dry-run", action="store_true", help="show what would be done to it, and do nothing")


def refuse_for_nodes(args: argparse.Namespace) -> None:
    """Raises UsageError for an option that a control plane does not have."""
    for name in ONLY:
        if getattr(args, name) is not None:
            raise UsageError(
                f"--{name} is for a PostgreSQL HA cluster: give --target {' or '.join(DATABASES)} as well"
            )
    refuse_own(args)


def refuse_own(args: argparse.Namespace) -> None:
    """Raises UsageError for an option of somebody's own running cluster."""
    for option, given in (("--break", args.break_name), ("--dry-run", args.dry_run or None)):
        if given is not None:
            raise UsageError(f"{option} is for your own running cluster: give its file with --target as well")


def run(args: argparse.Namespace) -> int:
    """Everything that can be refused is refused before the first process starts."""
    from haproof.cli.evidence_folder import not_there
    from haproof.cli.measuring import measured

    refuse_own(args)
    profile: Profile = args.profile or "default"
    slices = not_there(args, _slices(args, profile), asked=args.slices is not None)
    return measured(args, part(args, profile, tuple(slices)))


def part(args: argparse.Namespace, profile: "Profile", slices: tuple[str, ...]) -> "Part":
    """CLUSTER, RECOVERY, or both. Raises UsageError for what was given wrongly."""
    from haproof.cli.measuring import Part
    from haproof.kinds.recovery.record import FAULTS
    from haproof.lab.recovery.outside import SECONDS, RecoveryRun
    from haproof.lab.trials.outside import ClusterRun
    from haproof.lab.trials.plan import seconds

    if args.nodes is not None and SLICES[1] not in slices:
        raise UsageError("--nodes is about RECOVERY, which this run does not measure: add --slices RECOVERY")
    if SLICES[0] not in slices and not args.all and (args.faults is not None or args.trials is not None):
        raise UsageError("--faults and --trials are about CLUSTER: RECOVERY tries each of its faults once")
    request = _request(args, profile)
    runs = [run for run in (ClusterRun, RecoveryRun) if run.kind.id in slices]

    def measure(evidence: Path, display: "Display") -> "list[Ended]":
        return [run(request, evidence, display, args.pg_bin).run() for run in runs]

    opening = [f"{request.system}, {request.members} members, mode {request.mode}, seed {request.seed}"]
    if ClusterRun in runs:
        opening.append(f"faults: {', '.join(_counted(request.faults))}")
    if RecoveryRun in runs:
        opening.append(f"faults with two nodes of the control plane: {', '.join(FAULTS)}")
    expected = {run.kind.id: SECONDS if run is RecoveryRun else seconds(request) for run in runs}
    return Part(expected, opening, measure, naming(args.nodes, args.pg_bin))


def naming(nodes: str | None, pg_bin: str | None) -> list[str]:
    """The options that say which nodes the slices are measured on, and on which PostgreSQL."""
    named = ["--target", nodes] if nodes not in (None, REFERENCE) else []
    return [*named, *(["--pg-bin", pg_bin] if pg_bin else [])]


def _slices(args: argparse.Namespace, profile: "Profile") -> tuple[str, ...]:
    """What is measured: those that were named, else CLUSTER, and beyond the quick profile RECOVERY too."""
    if args.slices is None:
        return SLICES[:1] if profile == "quick" or args.faults is not None else SLICES
    wanted = [word.strip().upper() for word in args.slices.split(",")]
    for word in wanted:
        if word not in SLICES:
            raise UsageError(
                f"--slices: a run of --target {args.target} measures {' and '.join(SLICES)}, not {word!r}"
            )
    return tuple(name for name in SLICES if name in wanted)


def _counted(faults: tuple[str, ...]) -> list[str]:
    """Each fault once, with how often it is tried."""
    return [
        name if (count := faults.count(name)) == 1 else f"{name} x {count}" for name in dict.fromkeys(faults)
    ]


def _request(args: argparse.Namespace, profile: "Profile") -> "Request":
    from haproof.lab.trials.plan import Request, chosen

    trials = None if args.all else args.trials  # with --all they are those of the nodes
    wanted = chosen(profile, faults(args.faults), trials)
    return Request(
        system=args.target,
        mode=args.mode or MODES[0],
        members=_members(args.members),
        profile=profile,
        faults=wanted,
        seed=secrets.randbelow(2**32) if args.seed is None else args.seed,
        nodes=_nodes(args.nodes),
        settings=_settings(args.target, args.settings, args.set or ()),
    )


def faults(text: str | None) -> list[str] | None:
    """The faults that were named; None where none was. Raises UsageError for one that there is not."""
    from haproof.lab.faults.catalogue import FAULTS

    if text is None:
        return None
    wanted = [word.strip().lower() for word in text.split(",")]
    for word in wanted:
        if word not in FAULTS:
            raise UsageError(
                f"--faults: there is no fault {word!r}{meant(word, FAULTS)}; known are {', '.join(FAULTS)}"
            )
    return wanted


def _nodes(file: str | None) -> "Nodes":
    """The control plane of RECOVERY."""
    from haproof.lab.recovery.target import of_file, reference

    return reference() if file is None or file == REFERENCE else of_file(Path(file))


def _members(text: str | None) -> int:
    if text is None:
        return 3
    if not text.isascii() or not text.isdecimal() or not 2 <= int(text) <= MOST_MEMBERS:
        raise UsageError(f"--members must be a whole number from 2 to {MOST_MEMBERS}")
    return int(text)


def _settings(target: str, times: str | None, pairs: Sequence[str]) -> dict[str, Any]:
    """`ttl=30` as a setting; a value is JSON where it can be, else a text."""
    from haproof.lab.systems.patroni_times import DEFAULT

    if times is not None and target != "patroni":
        raise UsageError(f"--settings is about Patroni's times; {target} is measured with one set of its own")
    found: dict[str, Any] = dict(DEFAULT) if times == "default" else {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"--set {pair}: expected KEY=VALUE, such as failsafe_mode=true")
        if target != "patroni":
            raise UsageError(f"--set is for Patroni's settings; {target} has none that can be given here")
        try:
            found[key] = json.loads(value)
        except ValueError:
            found[key] = value
        _must_be_settable(pair, key, found[key])
    return found


def _must_be_settable(pair: str, key: str, value: object) -> None:
    """Raises UsageError for what is no setting of Patroni's, and for a time that it would not take."""
    from haproof.lab.systems.patroni_times import DEFAULT, MOST, OTHERS, SMALLEST

    if key in SMALLEST:
        if type(value) is not int or not SMALLEST[key] <= value <= MOST:
            raise UsageError(
                f"--set {pair}: must be a whole number of seconds from {SMALLEST[key]} to {MOST}, such as "
                f"{key}={DEFAULT[key]}"
            )
    elif key not in OTHERS:
        known = sorted((*SMALLEST, *OTHERS))
        raise UsageError(
            f"--set {pair}: {key!r} is no setting that can be given{meant(key, known)}; known are "
            f"{', '.join(known)}"
        )
    elif isinstance(value, dict | list) or value is None:
        raise UsageError(f"--set {pair}: must be one value")
