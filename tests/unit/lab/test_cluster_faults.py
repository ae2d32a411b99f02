"""The catalogue of faults: the contract's fifteen, and what each built-in system is expected to do."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from haproof.lab.faults import catalogue
from haproof.lab.systems.built_in import MAKERS
from haproof.lab.systems.managed import FAILS_OVER, REFUSES, SERVES, Managed

CONTRACT = (
    "switchover", "manager-term", "host-kill", "host-hang", "cut-full", "postmaster-kill", "manager-kill",
    "postmaster-hang", "cut-in", "cut-out", "cut-dcs", "cut-replication", "dcs-loss", "disk-full",
    "disk-freeze",
)  # fmt: skip


def system(name: str, mode: str, **settings: object) -> Managed:
    hosts = dict.fromkeys(("pg1", "pg2", "pg3", "monitor", "clients"))
    machines = SimpleNamespace(network=SimpleNamespace(hosts=hosts), folder=Path("/none"), started=[])
    pytest.importorskip("patroni")
    return MAKERS[name](machines, Path("/none"), Path("/none"), 3, mode == "sync", settings)  # type: ignore[arg-type]


def every() -> Iterator[tuple[str, Managed]]:
    for name in MAKERS:
        for mode in ("sync", "async"):
            yield mode, system(name, mode)


def obstacle(one: Managed, fault: str) -> str | None:
    return catalogue.against(catalogue.FAULTS[fault], one)


def test_the_faults_are_the_contracts_in_its_order() -> None:
    assert tuple(catalogue.FAULTS) == CONTRACT


def test_where_every_cluster_must_fail_over_no_declaration_says_otherwise() -> None:
    for _, one in every():
        assert not set(one.promises()) & set(catalogue.EVERYBODY)
        for fault in catalogue.EVERYBODY:
            promised = catalogue.promise(one, fault)
            assert promised is not None
            assert promised.outcome == FAILS_OVER


def test_every_fault_is_expected_to_end_somehow_or_has_a_reason_not_to_be_tried() -> None:
    for _, one in every():
        for fault in CONTRACT:
            promised = catalogue.promise(one, fault)
            if obstacle(one, fault) is None:
                assert promised is not None
                assert promised.outcome in (FAILS_OVER, SERVES, REFUSES)
                assert promised.source


def test_what_a_system_does_not_have_is_not_tried() -> None:
    repmgr = system("repmgr", "async")
    assert obstacle(repmgr, "dcs-loss") == "repmgr has no consensus store"
    assert obstacle(repmgr, "cut-dcs") == "repmgr has no consensus store"
    assert "ssh" in (obstacle(repmgr, "switchover") or "")


@pytest.mark.parametrize(
    ("fault", "settings", "mode", "outcome"),
    [
        ("postmaster-kill", {}, "sync", FAILS_OVER),
        ("postmaster-kill", {"primary_start_timeout": 300}, "sync", SERVES),
        ("cut-dcs", {}, "sync", FAILS_OVER),
        ("cut-dcs", {"failsafe_mode": True}, "sync", SERVES),
        ("dcs-loss", {}, "sync", REFUSES),
        ("dcs-loss", {"failsafe_mode": True}, "sync", SERVES),
        ("cut-replication", {}, "sync", REFUSES),
        ("cut-replication", {}, "async", SERVES),
    ],
)
def test_what_patroni_promises_follows_from_its_settings(
    fault: str, settings: dict[str, object], mode: str, outcome: str
) -> None:
    promised = catalogue.promise(system("patroni", mode, **settings), fault)
    assert promised is not None
    assert promised.outcome == outcome
