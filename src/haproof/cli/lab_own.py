"""`haproof lab run --target FILE --break NAME`: somebody's own running PostgreSQL cluster under test."""

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from haproof.errors import UsageError

if TYPE_CHECKING:
    from haproof.lab.display import Display
    from haproof.lab.own.described import OwnTarget
    from haproof.lab.own.examine import Examined
    from haproof.lab.run import Ended
    from haproof.lab.scenario import Profile
    from haproof.lab.trials.plan import Request

UNLEFT = "Left as it is, to be looked at by hand:"


def run(args: argparse.Namespace) -> int:
    """Everything that can be refused is refused before anything is touched."""
    from haproof.cli.measuring import Part, measured
    from haproof.lab.own.cluster_file import load_cluster
    from haproof.lab.own.examine import examine
    from haproof.lab.own.run import OwnRun
    from haproof.lab.trials.plan import seconds

    target = load_cluster(Path(args.target))
    request = _request(args, target)
    _tries_something(target, request)
    if args.dry_run and args.break_name is None:
        return _show(target, request, None)
    _named(target, args.break_name)
    examined = examine(target, request.mode)
    if args.dry_run:
        return _show(target, request, examined)

    def measure(evidence: Path, display: "Display") -> "list[Ended]":
        one = OwnRun(request, examined, evidence, display, display.say)
        try:
            return [one.run()]
        finally:
            for line in (UNLEFT, *one.left) if one.left else ():
                display.say(line)

    opening = [*_lines(target, request, examined), f"seed: {request.seed}"]
    return measured(args, Part({OwnRun.kind.id: seconds(request)}, opening, measure))


def _lines(target: "OwnTarget", request: "Request", examined: "Examined | None") -> list[str]:
    from haproof.lab.own.run import plan, redacted

    lines = [f"{target.name}, {len(target.members)} members, mode {request.mode}"]
    if examined is not None:
        primary = examined.primary
        lines.append(f"{primary.member} is the primary, PostgreSQL {primary.version}; healthy")
    return redacted([*lines, *plan(target, request)], target)


def _show(target: "OwnTarget", request: "Request", examined: "Examined | None") -> int:
    """The plan, and no more."""
    from haproof.cli.output import show
    from haproof.lab.expected import words
    from haproof.lab.trials.plan import seconds
    from haproof.render.visible import visible

    lines = [*_lines(target, request, examined), f"time: {words({'CLUSTER': seconds(request)})}"]
    looked = "was only looked at" if examined is not None else f"was not asked (add --break {target.name!r})"
    lines.append(f"dry run: nothing was done; the cluster {looked}")
    show("".join(f"{visible(line)}\n" for line in lines).encode(), plain=True, kept="nothing was done")
    return 0


def _named(target: "OwnTarget", given: str | None) -> None:
    """Its name typed again: this breaks a cluster that somebody uses."""
    if given == target.name:
        return
    what = "it is not named" if given is None else f"--break {given!r} is not its name"
    raise UsageError(
        f"this run kills and cuts members of the running cluster {target.name!r}, and {what}: "
        f"give --break {target.name!r}, or --dry-run to see the plan"
    )


def _tries_something(target: "OwnTarget", request: "Request") -> None:
    from haproof.lab.own.run import why_not

    reasons = {fault: why_not(target, request, fault) for fault in request.faults}
    if None not in reasons.values():
        each = "; ".join(f"{fault}: {reason}" for fault, reason in reasons.items())
        raise UsageError(f"{target.path}: none of these faults can be tried ({each})")


def _request(args: argparse.Namespace, target: "OwnTarget") -> "Request":
    from haproof.cli.lab_cluster import MODES, faults
    from haproof.lab.trials.plan import Request, chosen

    for name, value in (
        ("members", args.members),
        ("nodes", args.nodes),
        ("settings", args.settings),
        ("set", args.set),
        ("pg-bin", args.pg_bin),
    ):
        if value is not None:
            raise UsageError(f"--{name} is for the clusters that the lab brings up itself")
    if args.slices is not None and args.slices.strip().upper() != "CLUSTER":
        raise UsageError(
            "--slices: of your own cluster CLUSTER is measured; RECOVERY also cuts off hosts of the control "
            "plane, which takes one of the clusters that the lab brings up itself"
        )
    profile: Profile = args.profile or "default"
    return Request(
        system=target.name,
        mode=args.mode or MODES[0],
        members=len(target.members),
        profile=profile,
        faults=chosen(profile, faults(args.faults), args.trials),
        seed=secrets.randbelow(2**32) if args.seed is None else args.seed,
        held_s=target.timing.hold_s,
        at_most_s=target.timing.trial_s,
    )
