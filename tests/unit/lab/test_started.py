"""What a slice says of its cluster and its faults: what was started and done, and nothing else."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from haproof.lab.cluster import Cluster
from haproof.lab.journal import Act, Journal
from haproof.lab.secret import Secrets
from haproof.lab.started import FAULTS, NO_FAULT, NO_NETWORK, NO_NODE, SIGNALS, chaos_lines, cluster_words


def cluster(*nodes: tuple[str, bool]) -> Cluster:
    made = [SimpleNamespace(name=name, started=started) for name, started in nodes]
    return cast(Cluster, SimpleNamespace(nodes=made))


def test_only_nodes_that_were_started_are_named() -> None:
    assert cluster_words(()) == cluster_words([cluster(("node1", False), ("node2", False))]) == NO_NODE
    both = cluster_words([cluster(("node1", True), ("node2", True))])
    assert both.startswith("Two-node HA (node1 + node2) on one PostgreSQL server")
    one = cluster_words([cluster(("node1", True), ("node2", False))])
    assert one.startswith("1 node(s) (node1)")


def test_only_faults_that_were_tried_are_listed() -> None:
    assert chaos_lines(()) == [NO_FAULT, NO_NETWORK]
    assert chaos_lines({("node.kill", "SIGKILL"), ("node.start", None), ("cli", None)})[0] == (
        "SIGKILL of the leader"
    )
    killed: list[Act] = [("database.stop", "immediate"), ("node.kill", "SIGKILL"), ("node.kill", "SIGTERM")]
    assert chaos_lines(killed)[0] == "SIGTERM + SIGKILL of the leader; PostgreSQL killed"


def test_every_fault_has_its_own_words_and_all_fit_in_a_line_of_a_report() -> None:
    lines = [chaos_lines([act])[0] for act in (*SIGNALS, *FAULTS)]
    assert len(set(lines)) == len(lines)
    assert NO_FAULT not in lines
    in_val13 = [act for act in (*SIGNALS, *FAULTS) if act[0] not in ("standby.stop", "archive.damage")]
    assert len(chaos_lines(in_val13)[0]) <= 200


@pytest.mark.parametrize(
    ("details", "act"),
    [
        ({"node": "node1", "signal": "SIGKILL"}, ("what", "SIGKILL")),
        ({"mode": "fast"}, ("what", "fast")),
        ({"node": "node1"}, ("what", None)),
    ],
)
def test_the_journal_knows_what_was_done(tmp_path: Path, details: dict[str, Any], act: Act) -> None:
    journal = Journal(tmp_path / "journal.jsonl", Secrets())
    journal.saw("what", signal="SIGTERM")
    assert journal.done == set()
    journal.act("what", **details)
    assert journal.done == {act}
    journal.close()
