"""Measure a system under faults, with real PostgreSQL servers and real processes, and write the evidence.

Of a control plane (--target reference, or your target file): the slices VAL13-VAL17, and PITR when it is
named. Of a PostgreSQL HA cluster (--target patroni, pg_auto_failover or repmgr): CLUSTER, what the cluster
does under each of fifteen faults, and RECOVERY, a control plane on that cluster. Of your own running cluster
(--target FILE --break NAME): CLUSTER.

Exit status 0: everything passed; 1: something failed; 3: something was not run; 2: nothing could be started;
70: a fault of haproof itself; 130: interrupted. With --report it is that of the report.
"""

import argparse
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from haproof.cli import lab_cluster
from haproof.cli.judging import configure_require, configure_write
from haproof.cli.lab_cluster import REFERENCE
from haproof.cli.parser import one_of
from haproof.errors import UsageError
from haproof.extras import install_command
from haproof.given import meant
from haproof.lab.systems import DATABASES

if TYPE_CHECKING:
    from haproof.cli.measuring import Part
    from haproof.lab.display import Display
    from haproof.lab.run import Ended
    from haproof.lab.scenario import Profile, Scenario
    from haproof.lab.target import Target

MOST_TRIALS = 1_000
LARGEST_SEED = 2**53 - 1

ELSEWHERE = {
    "CLUSTER": f"with --target {', '.join(DATABASES[:-1])} or {DATABASES[-1]}",
    "RECOVERY": f"with --target {', '.join(DATABASES[:-1])} or {DATABASES[-1]}",
    "VAL18": "by 'haproof soak setup'",
    "CALIBRATION": "by 'haproof calibrate'",
    "EXTERNAL": "by others, with 'haproof attest'",
}
"""Kinds of evidence that a run of nodes does not measure, and what does."""

EXAMPLES = """examples:

  haproof lab run --profile quick --report
      VAL13-VAL17 on the reference node in about a minute, then the report
  haproof lab run --target patroni --profile full --evidence DIR --add --report
      CLUSTER and RECOVERY on Patroni, into a folder that is there
  haproof lab run --target my-cluster.toml --dry-run
      what would be done to your own cluster"""

NAMES = (
    ("evidence", "a folder"),
    ("target", "a system or its file"),
    ("nodes", "a target file"),
    ("pg_bin", "the folder of the PostgreSQL programs"),
)
"""Options that name something: an empty text, as of a shell's variable that is not set, names nothing."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    run_parser = verbs.add_parser(
        "run", help="measure, and write the evidence", description=__doc__, epilog=EXAMPLES
    )
    _configure_what_is_run(run_parser)
    _configure_what_is_written(run_parser)
    _configure_the_system(run_parser)


def _configure_what_is_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--slices",
        metavar="ID[,ID]",
        help="only these. Of a control plane: VAL13 to VAL17 (default: all five), PITR. Of a cluster: "
        "CLUSTER, RECOVERY (default: both; CLUSTER alone with --profile quick or --faults). Of your own: "
        "CLUSTER",
    )
    parser.add_argument(
        "--trials",
        type=_trials,
        metavar="N",
        help="how often each kill of a leader is tried; of a cluster, how often each fault of CLUSTER",
    )
    parser.add_argument(
        "--profile",
        type=one_of(("quick", "default", "full")),
        metavar="PROFILE",
        help="quick: 1 trial of each kill of a leader and small samples, for tests; default: 10 trials; "
        "full: 30. Of a cluster: quick: 4 of its faults, default: 5, once each; full: all 15 faults in "
        "27 trials",
    )


def _configure_what_is_written(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--evidence", metavar="DIR", help="new or empty folder (default: evidence/cli-audit-lab-YYYY-MM-DD)"
    )
    parser.add_argument(
        "--add", action="store_true", help="measure into DIR (--evidence) what DIR does not have yet"
    )
    parser.add_argument(
        "--report",
        action="store_true",
        help="then write and print the proof report, and the HTML page where its package is installed",
    )
    configure_write(parser)
    configure_require(parser)


def _configure_the_system(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--target",
        metavar="NAME|FILE",
        help=f"{REFERENCE} (default), a PostgreSQL HA cluster ({', '.join(DATABASES)}), or a file: that of a "
        "control plane, or that of your own running cluster",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="everything: VAL13-VAL17 and PITR on the reference node, CLUSTER and RECOVERY on Patroni (its "
        "quick faults, but with a --profile those of that)",
    )
    lab_cluster.configure(parser)
    parser.add_argument("--pg-bin", metavar="DIR", help="folder of the PostgreSQL programs")
    parser.add_argument("--seed", type=_seed, metavar="N", help="repeat another run's random choices")


def run(args: argparse.Namespace) -> int:
    """Run the slices, with everything put aside that the caller's environment would steer them by."""
    if sys.platform == "win32":
        raise UsageError("the lab runs on Linux and macOS only")
    from haproof.lab.caller import independent

    with independent():
        return _independent_run(args)


def _independent_run(args: argparse.Namespace) -> int:
    try:
        import psycopg  # noqa: F401 - the extra's presence is what is asked
        import rich  # noqa: F401
    except ImportError as fault:
        raise UsageError(f"the lab needs {fault.name}: run  {install_command('lab')}") from None
    return _run_slices(args)


def _run_slices(args: argparse.Namespace) -> int:
    """Everything that can be refused is refused before the first process starts."""
    if not args.report and (args.write or args.require != "design-partner"):
        raise UsageError("--write and --require say what the report is to be: give --report as well")
    for name, wanted in NAMES:
        given = getattr(args, name)
        if given is not None and not given.strip():
            raise UsageError(f"--{name.replace('_', '-')} is empty: name {wanted}, or leave it out")
    if args.all:
        return _run_all(args)
    if args.target in DATABASES:
        return lab_cluster.run(args)
    if args.target != REFERENCE:
        _refuse_slip(args.target)
    if _is_database(args.target):
        from haproof.cli import lab_own

        return lab_own.run(args)
    from haproof.cli.evidence_folder import not_there
    from haproof.cli.measuring import measured

    lab_cluster.refuse_for_nodes(args)
    profile: Profile = args.profile or "default"
    chosen = _chosen(args.slices)
    names = not_there(args, [one.slice.id for one in chosen], asked=args.slices is not None)
    left = tuple(one for one in chosen if one.slice.id in names)
    return measured(args, _nodes(args, left, profile))


def _run_all(args: argparse.Namespace) -> int:
    """What the lab can measure by itself, in one folder."""
    from haproof.cli.evidence_folder import not_there
    from haproof.cli.measuring import measured
    from haproof.lab.scenarios import SCENARIOS

    for name in ("target", "slices"):
        if getattr(args, name) is not None:
            raise UsageError(f"--all measures everything that the lab can by itself: leave out --{name}")
    lab_cluster.refuse_own(args)
    args.target = DATABASES[0]
    kinds = [*(scenario.slice.id for scenario in SCENARIOS), *lab_cluster.SLICES]
    left = not_there(args, kinds, asked=False)
    parts = []
    of_nodes = tuple(scenario for scenario in SCENARIOS if scenario.slice.id in left)
    if of_nodes:
        parts.append(_nodes(args, of_nodes, args.profile or "default"))
    of_clusters = tuple(name for name in lab_cluster.SLICES if name in left)
    if of_clusters:
        parts.append(lab_cluster.part(args, args.profile or "quick", of_clusters))
    return measured(args, *parts)


def _nodes(args: argparse.Namespace, scenarios: "tuple[Scenario, ...]", profile: "Profile") -> "Part":
    """The slices of the nodes that were asked for; with --all, of the reference node."""
    from haproof.cli.measuring import Part
    from haproof.lab.binaries import find_binaries
    from haproof.lab.environment import system_under_test
    from haproof.lab.expected import plan
    from haproof.lab.ground import prepared
    from haproof.lab.run import Run
    from haproof.lab.scenario import TRIALS, Options

    target = _target(None if args.all else args.target)
    system = system_under_test(target)
    binaries = find_binaries(args.pg_bin)
    seed = secrets.randbelow(2**32) if args.seed is None else args.seed
    options = Options(profile, args.trials or TRIALS[profile], seed)

    def measure(evidence: Path, display: "Display") -> "list[Ended]":
        with prepared(binaries, display.say) as ground:
            outcomes = Run(ground, target, system, options, evidence, display).slices(scenarios)
            ground.closed_cleanly = not any(outcome.worth_a_look for outcome in outcomes)
        return outcomes

    opening = [
        f"{target.name} {system['version']}, seed {seed}",
        f"PostgreSQL {binaries.version} ({binaries.origin})",
    ]
    expected = plan([scenario.slice.id for scenario in scenarios], options)
    return Part(
        expected, opening, measure, lab_cluster.naming(None if args.all else args.target, args.pg_bin)
    )


def _chosen(slices: str | None) -> "tuple[Scenario, ...]":
    """The scenarios named, in their own order."""
    from haproof.lab.scenarios import SCENARIOS

    if slices is None:
        return tuple(scenario for scenario in SCENARIOS if scenario.slice.role == "window")
    known = {scenario.slice.id: scenario for scenario in SCENARIOS}
    wanted = [word.strip().upper() for word in slices.split(",")]
    for word in wanted:
        if word in ELSEWHERE:
            raise UsageError(f"--slices: {word} is not made by this run but {ELSEWHERE[word]}")
        if word not in known:
            raise UsageError(f"--slices: there is no slice {word!r}; known are {', '.join(known)}")
    return tuple(scenario for name, scenario in known.items() if name in wanted)


def _is_database(path: str | None) -> bool:
    from haproof.lab.toml_keys import read_table

    return path not in (None, REFERENCE) and read_table(Path(path or "")).get("kind") == "database"


def _target(path: str | None) -> "Target":
    from haproof.lab.target import REFERENCE as REFERENCE_FILE
    from haproof.lab.target_file import load_target

    if path is None or path == REFERENCE:
        return load_target(REFERENCE_FILE)
    return load_target(Path(path))


def _refuse_slip(target: str | None) -> None:
    """Raise UsageError for what is no file, and nearly the name of a target that comes with haproof."""
    if target is None or os.path.lexists(target):
        return
    hint = meant(target, [REFERENCE, *DATABASES])
    if hint:
        raise UsageError(f"--target: there is no target file {target!r}{hint}")


def _trials(text: str) -> int:
    return _whole(text, 1, MOST_TRIALS)


def _seed(text: str) -> int:
    return _whole(text, 0, LARGEST_SEED)


def _whole(text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"must be a whole number from {least} to {most}")
    return int(text)
