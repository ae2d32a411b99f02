"""Whatever a table of clusters prints is explained: faults, managers, outcomes, columns, anomalies."""

from typing import get_args

import pytest

from haproof.cli import main
from haproof.core.histories.transactions.words import MEANINGS
from haproof.explain import explain, near
from haproof.kinds import HOUSE, cluster, recovery
from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.cluster.record import Mode
from haproof.kinds.cluster.table import COLUMNS
from haproof.kinds.cluster.trial import Rejoin
from haproof.kinds.cluster.writes import TrialOutcome
from haproof.kinds.recovery.record import FAULTS as OF_RECOVERY
from haproof.lab.faults.catalogue import FAULTS as INJECTED
from haproof.lab.systems import patroni, pg_auto_failover, repmgr
from haproof.lab.systems.built_in import MAKERS

SYSTEMS = (patroni.Patroni.name, pg_auto_failover.PgAutoFailover.name, repmgr.Repmgr.name)
SHOWN = ("nobody served", "not tried", "did not leave", "two at the end", "not as expected", "loss unknown")


def only(name: str) -> str:
    """The id of the one explanation."""
    (entry,) = explain(name, HOUSE)
    return entry.id


@pytest.mark.parametrize("fault", dict.fromkeys((*FAULTS, *INJECTED, *OF_RECOVERY)))
def test_every_fault_is_explained(fault: str) -> None:
    assert only(fault) == only(fault.upper()) == only(fault.replace("-", " ")) == fault


@pytest.mark.parametrize("name", [*SYSTEMS, *MAKERS])
def test_every_manager_is_explained(name: str) -> None:
    assert only(name).lower() == name.lower()


@pytest.mark.parametrize("word", [*get_args(TrialOutcome), *get_args(Rejoin), *get_args(Mode), *SHOWN])
def test_every_word_of_a_row_is_explained(word: str) -> None:
    assert explain(word, HOUSE)


@pytest.mark.parametrize("column", [column for column in COLUMNS if column != "Fault"])
def test_every_column_is_explained(column: str) -> None:
    assert explain(column, HOUSE)


@pytest.mark.parametrize("name", MEANINGS)
def test_every_anomaly_is_explained_whichever_order_it_needs(name: str) -> None:
    assert only(name) == only(f"{name}-realtime") == only(f"{name}-session") == name


def test_no_fault_is_explained_that_there_is_not() -> None:
    from haproof.kinds.cluster.terms import FAULTS as explained
    from haproof.kinds.recovery.terms import TERMS as of_nodes

    assert tuple(explained) == FAULTS
    assert set(of_nodes) == set(OF_RECOVERY) - set(FAULTS)
    for kind, names in ((cluster.KIND, explained), (recovery.KIND, of_nodes)):
        known = kind.check_ids
        assert all(term.see[0] in known for term in names.values())


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("host-kil", "host-kill"),
        ("hostkill", "host-kill"),
        ("cut-ful", "cut-full"),
        ("patron", "Patroni"),
        ("node-kil", "node-kill"),
        ("stays-and-serve", "stays-and-serves"),
    ],
)
def test_a_slip_of_the_keys_is_answered_with_what_was_meant(
    asked: str, nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert near(asked, HOUSE)[0] == nearest
    assert main(["explain", asked]) == 2
    assert f"did you mean '{nearest}'" in capsys.readouterr().err
