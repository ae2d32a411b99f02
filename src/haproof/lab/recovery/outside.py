"""A RECOVERY run as the lab's own process has it: as one of CLUSTER, with two nodes on the cluster."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from haproof.core.kind import Kind
from haproof.kinds import recovery
from haproof.kinds.recovery.record import FAULTS
from haproof.lab import slice_report
from haproof.lab.draft import Draft
from haproof.lab.environment import system_under_test
from haproof.lab.faults.catalogue import FAULTS as OF_DATABASE
from haproof.lab.recovery.nodes import must_offer
from haproof.lab.run import Ended
from haproof.lab.target import REFERENCE, Target, fill
from haproof.lab.target_file import load_target
from haproof.lab.trials import sandboxed
from haproof.lab.trials.order import Order
from haproof.lab.trials.outside import NETWORK_WORDS, ClusterRun

MODULE = "haproof.lab.recovery.inside"
SECONDS = 240.0
"""About how long a run takes on a quiet machine: three faults of the database, two of a node."""

OF_NODES = {
    "node-cut": "the leading node's host cut from every member",
    "node-kill": "SIGKILL to the leading node",
}


def with_nodes(order: Order, file: Path) -> Order:
    """The order with the control plane of a target file, whose programs and scripts the sandbox shows."""
    target = load_target(file)
    words = [Path(fill(word, target.constants)) for word in target.on_cluster.start or ()]
    programs = [word.parent for word in words if word.is_absolute() and word.exists()]
    return replace(
        order, nodes=str(file), kept=[str(folder) for folder in dict.fromkeys([file.parent, *programs])]
    )


class RecoveryRun(ClusterRun):
    """Two nodes of the control plane on the cluster that was asked for."""

    kind: ClassVar[Kind] = recovery.KIND

    @cached_property
    def _nodes(self) -> Target:
        """The control plane, by its file."""
        return load_target(self._file)

    @property
    def _file(self) -> Path:
        return REFERENCE if self._request.nodes is None else Path(self._request.nodes).absolute()

    def _measured(self, work: Path) -> Ended:
        must_offer(self._nodes)
        seen = sandboxed.run(self._order(work), self._watcher, MODULE)
        self._logs(work)
        tried = {trial["fault"] for trial in seen["metrics"]["trials"]}
        missing = [fault for fault in FAULTS if fault not in tried]
        if missing:
            why = seen.get("broke_off", "the run ended before")
            return self._not_run(f"{', '.join(missing)} not tried: {why}")
        draft = Draft((), ())
        draft.metrics = seen["metrics"]
        artifacts = slice_report.digest_files(self._folder)
        judged = slice_report.judged(self.kind, self._head(seen), draft, artifacts)
        self._write(judged.content)
        count = f"{judged.passed}/{judged.total} checks"
        if judged.failed:
            return Ended(self.kind, "FAIL", f"FAIL ({count}; {', '.join(judged.failed)})")
        return Ended(self.kind, "PASS", f"PASS ({count})", worth_a_look=False)

    def _order(self, work: Path) -> Order:
        order = replace(super()._order(work), faults=list(FAULTS), left_out={})
        return with_nodes(order, self._file)

    def _environment(self, seen: dict[str, Any]) -> dict[str, Any]:
        tried = {trial["fault"] for trial in seen.get("metrics", {}).get("trials", [])}
        words = {name: OF_DATABASE[name].done for name in FAULTS if name in OF_DATABASE} | OF_NODES
        done = [f"{name}: {words[name]}" for name in FAULTS if name in tried]
        system = system_under_test(self._nodes)
        return super()._environment(seen) | {"system": system, "chaos": [*done, NETWORK_WORDS]}
