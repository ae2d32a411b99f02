"""A RECOVERY run as the lab's own process has it: as one of CLUSTER, with two nodes on the cluster."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from haproof.core.kind import Kind
from haproof.core.parse import parse_report
from haproof.kinds import recovery
from haproof.kinds.recovery.record import DATABASE, FAULTS
from haproof.lab import slice_report
from haproof.lab.draft import Draft
from haproof.lab.faults import catalogue
from haproof.lab.recovery.nodes import TOKEN, must_offer
from haproof.lab.recovery.target import Nodes, reference
from haproof.lab.run import Ended
from haproof.lab.secret import REDACTED
from haproof.lab.target import fill
from haproof.lab.target_file import load_target
from haproof.lab.trials import sandboxed
from haproof.lab.trials.order import Order
from haproof.lab.trials.outside import NETWORK_WORDS, ClusterRun

MODULE = "haproof.lab.recovery.inside"
SECONDS = 240.0
"""About how long a run takes on a quiet machine: three faults of the database, two of a node."""

DONE_TO_NODES = {
    "node-cut": "the leading node's host cut from every member",
    "node-kill": "SIGKILL to the leading node",
}


def _broken(content: bytes) -> bool:
    """Whether what was tried breaks a check, whatever else was not tried."""
    record: Any = parse_report(content, recovery.KIND)
    return any(not one.holds for check in recovery.KIND.checks for one in check.judge(record))


def with_nodes(order: Order, file: Path) -> Order:
    """The order with the control plane of a target file: a copy of it goes into the sandbox, which shows the
    file's folder and those of the programs and scripts that its nodes are started by."""
    target = load_target(file)
    copy = Path(order.work) / "nodes.toml"
    copy.write_bytes(file.read_bytes())
    words = [Path(fill(word, target.constants)) for word in target.on_cluster.start or ()]
    programs = [word.parent for word in words if word.is_absolute() and word.exists()]
    kept = [str(folder) for folder in dict.fromkeys([target.folder, *programs])]
    return replace(order, nodes=str(copy), nodes_folder=str(target.folder), kept=kept)


class RecoveryRun(ClusterRun):
    """Two nodes of the control plane on the cluster that was asked for."""

    kind: ClassVar[Kind] = recovery.KIND

    @property
    def _nodes(self) -> Nodes:
        """The control plane."""
        return self._request.nodes or reference()

    def _measured(self, work: Path) -> Ended:
        must_offer(load_target(self._nodes.file))
        seen = sandboxed.run(self._order(work), self._watcher, MODULE)
        self._logs(work)
        tried = {trial["fault"] for trial in seen["metrics"]["trials"]}
        missing = [fault for fault in FAULTS if fault not in tried]
        why = f"{', '.join(missing)} not tried: {seen.get('broke_off', 'the run ended before')}"
        if not tried:
            return self._not_run(why)
        draft = Draft((), ())
        draft.metrics = seen["metrics"]
        artifacts = slice_report.digest_files(self._folder)
        off = why if missing else None
        judged = slice_report.judged(self.kind, self._head(seen), draft, artifacts, off)
        if missing and not _broken(judged.content):
            return self._not_run(why)
        self._write(judged.content)
        count = f"{judged.passed}/{judged.total} checks"
        if judged.failed:
            return Ended(self.kind, "FAIL", f"FAIL ({count}; {', '.join(judged.failed)})")
        return Ended(self.kind, "PASS", f"PASS ({count})", worth_a_look=False)

    def _logs(self, work: Path) -> None:
        """As of CLUSTER, without the token that the nodes were given."""
        super()._logs(work)
        secrets = [found.read_bytes().strip() for found in work.rglob(TOKEN)]
        for log in (self._folder / "logs").glob("*.log"):
            content = log.read_bytes()
            for secret in secrets:
                content = content.replace(secret, REDACTED.encode())
            log.write_bytes(content)

    def _order(self, work: Path) -> Order:
        order = replace(super()._order(work), faults=list(FAULTS), left_out={})
        return with_nodes(order, self._nodes.file)

    def _environment(self, seen: dict[str, Any]) -> dict[str, Any]:
        tried = {trial["fault"] for trial in seen.get("metrics", {}).get("trials", [])}
        words = {name: catalogue.FAULTS[name].done for name in DATABASE} | DONE_TO_NODES
        done = [f"{name}: {words[name]}" for name in FAULTS if name in tried]
        system = self._nodes.system
        return super()._environment(seen) | {"system": system, "chaos": [*done, NETWORK_WORDS]}
