"""A CLUSTER run against somebody's own cluster: in the lab's own process, with everything put back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from haproof.core import raw_names
from haproof.errors import LabError
from haproof.lab.expected import about
from haproof.lab.faults.catalogue import FAULTS
from haproof.lab.interrupt import heeded, uninterrupted
from haproof.lab.journal import Journal
from haproof.lab.own.bench import OwnBench
from haproof.lab.own.described import DEEDS, SCHEMA, OwnTarget
from haproof.lab.own.examine import Examined, password
from haproof.lab.own.reach import Reach, shown
from haproof.lab.own.system import MARGIN_SECONDS, own_faults
from haproof.lab.progress import Watcher
from haproof.lab.secret import Secrets
from haproof.lab.trials import sandboxed
from haproof.lab.trials.course import name_trials
from haproof.lab.trials.matrix import Matrix, server_settings
from haproof.lab.trials.order import Order
from haproof.lab.trials.outside import ClusterRun
from haproof.lab.trials.plan import Request, trial_seconds


class OwnRun(ClusterRun):
    """One run; `left` is what could not be put back, each with the command to run."""

    def __init__(
        self,
        request: Request,
        examined: Examined,
        evidence: Path,
        watcher: Watcher,
        say: Callable[[str], None],
    ) -> None:
        """`say` shows a person a line, on a terminal or not."""
        super().__init__(request, evidence, watcher)
        self._say = say
        self._target = examined.target
        self._examined = examined
        self.left: list[str] = []

    def _seen(self, work: Path) -> dict[str, Any]:
        order = self._order(work)
        secrets = Secrets(*password(self._target))
        journal = Journal(self._folder / raw_names.JOURNAL, secrets)
        bench = OwnBench(self._target, order.mode, work, journal, self._watcher)
        broke_off = None
        try:
            with heeded():
                bench.bring_up()
                Matrix(order, bench, own_faults()).run(self._about(bench))
        except LabError as fault:
            broke_off = secrets.redact(str(fault))
        finally:
            with uninterrupted():
                self._watcher.step("what is broken is undone, the lab's schema removed")
                for one in bench.system.ledger.open:
                    self._say(
                        f"{one.fault} on {one.member} is being undone first: do not switch anything off"
                    )
                self.left = bench.put_back()
                for words in self.left:
                    journal.note("left", what_to_do=words)
                journal.close()
        return sandboxed.measured(work, broke_off)

    def _about(self, bench: OwnBench) -> dict[str, Any]:
        """The cluster, by what it says of itself and its file declares."""
        server = server_settings(bench)
        version = server.pop("server_version", None)
        primary = bench.look().writable[0].member
        return {
            "system": self._target.name,
            "version": self._examined.version,
            "database_version": version,
            "store": None,
            "stores": 0,
            "manager": bench.system.settings(primary),
            "server": server,
            "promises": {name: vars(said) for name, said in bench.system.promises().items()},
        }

    def _order(self, work: Path) -> Order:
        request = self._request
        return Order(
            system=self._target.name,
            mode=request.mode,
            members=len(self._target.members),
            faults=list(request.faults),
            left_out=request.left_out,
            seed=request.seed,
            hold_s=request.hold_s,
            late_s=request.late_s,
            evidence=str(self._folder.absolute()),
            work=str(work),
            binaries="",
        )

    def _where(self, about: dict[str, Any], version: str | None, done: list[str]) -> dict[str, Any]:
        target, faults = self._target, own_faults()
        line = target.database_line or (f"PostgreSQL {version}" if version else None)
        return {
            "platform": "own PostgreSQL cluster",
            "cluster": f"{len(target.members)} running members with {target.name}, reached by commands",
            "database": line,
            "chaos": [f"{name}: {faults[name].done}" for name in done],
        }


def plan(target: OwnTarget, request: Request) -> list[str]:
    """What a run is going to do, line by line, before it does anything."""
    reach, first = Reach(target), target.names[0]
    promised = target.promises(request.mode)
    tried = [name for name in request.faults if why_not(target, request, name) is None]
    members = ", ".join(f"{one.name} ({one.host}:{one.port})" for one in target.members)
    lines = [
        f"cluster: {target.name}: {members}",
        f"writes: only into the schema {SCHEMA} of the database {target.database}, removed at the end",
        f"control: about {about(target.timing.trial_s + 10)} without a fault",
    ]
    for name, fault in name_trials(tried):
        deed = DEEDS[fault]
        seconds = target.timing.trial_s + MARGIN_SECONDS if deed.timed else None
        outcome = promised[fault].outcome if fault in promised else "fails over"
        lines.append(
            f"{name}: about {about(trial_seconds(fault, request.hold_s))}, expected: {outcome}; "
            f"on the primary, if that is {first}: {shown(reach.named(first, deed.does, seconds))}"
        )
        if deed.undoes is not None:
            lines.append(f"  undone by: {shown(reach.named(first, deed.undoes))}")
    reasons: dict[str, list[str]] = {}
    for name in FAULTS:
        reason = why_not(target, request, name)
        if reason is not None:
            reasons.setdefault(reason, []).append(name)
    return lines + [f"not tried: {', '.join(names)}: {reason}" for reason, names in reasons.items()]


def why_not(target: OwnTarget, request: Request, fault: str) -> str | None:
    """Why a fault is not going to be tried; None where it is."""
    if fault in request.left_out:
        return request.left_out[fault]
    return target.obstacle(fault, request.mode)


def redacted(lines: Sequence[str], target: OwnTarget) -> list[str]:
    """Lines without the password of the connection string."""
    secrets = Secrets(*password(target))
    return [secrets.redact(line) for line in lines]
