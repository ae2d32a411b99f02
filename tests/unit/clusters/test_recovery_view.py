"""RECOVERY as it is shown: each fault with its times, in every format; nothing that was not measured."""

import json
from pathlib import Path

import pytest

from haproof.api import assess, read_evidence
from haproof.core.instant import parse_instant
from haproof.kinds.recovery.record import FAULTS
from haproof.render import render
from recovery_report import tree


def shown(folder: Path, form: str, **changed: dict[str, object]) -> str:
    (folder / "recovery").mkdir()
    figures = {name.replace("_", "-"): value for name, value in changed.items()}
    content = json.dumps(tree(figures))
    (folder / "recovery" / "recovery-report.json").write_text(content, encoding="utf-8")
    report = assess(read_evidence(str(folder)), parse_instant("2026-03-20T10:00:00Z"))
    return render(report, form).decode("utf-8")


@pytest.mark.parametrize("form", ["text", "html", "markdown"])
def test_every_fault_is_a_row_in_every_format(tmp_path: Path, form: str) -> None:
    said = " ".join(shown(tmp_path, form, host_kill={"accepting_ms": 22_640}).replace("…", " ").split())
    assert all(fault in said for fault in FAULTS)
    assert "22.6 s" in said
    assert "sync, lock bound 1000 ms" in said


def test_what_did_not_happen_is_not_said(tmp_path: Path) -> None:
    said = " ".join(shown(tmp_path, "text").replace("…", " ").split())
    (kill,) = said.split("node-kill: ")[1:]
    assert "promoted after" not in kill.split("Checks:")[0]
    (cut,) = said.split("cut-full: ")[1:]
    assert "database promoted after 20.0 s; synchronous replica after 21.0 s" in cut


def test_what_is_not_known_is_said_to_be(tmp_path: Path) -> None:
    nothing: dict[str, object] = {
        "accepting_ms": None,
        "lost": None,
        "nodes_rejoined": None,
        "epoch_after": None,
    }
    said = " ".join(shown(tmp_path, "text", node_cut=nothing).replace("…", " ").split())
    (cut,) = said.split("node-cut: ")[1:]
    assert cut.startswith("accepting again after not measured; rows lost unknown; epoch 4 to unknown;")
    assert "nodes back unknown" in cut


def test_two_nodes_that_accept_are_shown(tmp_path: Path) -> None:
    said = " ".join(shown(tmp_path, "text", node_kill={"two_accepting_ms": 812.4}).split())
    assert "two nodes accepting 812 ms" in said.replace("… ", "")
