"""A history that lies there packed says what the plain one says; what is no whole xz file says nothing."""

import json
import lzma
from pathlib import Path

import pytest

from cluster_history import Written
from cluster_report import metrics, tree, trial
from haproof.api import read_evidence
from haproof.core.source import Recounted
from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.cluster.record import ClusterRecord
from haproof.raw_files import recount


def history() -> bytes:
    """The control and one trial, as the lab writes them."""
    control, killed = Written("control"), Written("host-kill-1")
    control.inserts(range(0, 1_000, 10))
    control.put("end", 1_001)
    killed.inserts(range(2_000, 3_000, 10))
    killed.put("fault", 3_000, member="pg1", timeline=1)
    killed.insert(23_000, "pg2", 2)
    killed.put("heal", 24_000)
    killed.put("end", 25_000)
    return b"".join((*control.lines, *killed.lines))


def evidence(folder: Path, files: dict[str, bytes]) -> Recounted:
    """What the history of a report with those trials yields."""
    others = [{"fault": fault, "reason": "x"} for fault in FAULTS if fault != "host-kill"]
    content = metrics(control=trial(None), trials=[trial("host-kill")], not_tried=others)
    (folder / "cluster").mkdir()
    (folder / "cluster" / "cluster-report.json").write_text(json.dumps(tree(content)), encoding="utf-8")
    for name, raw in files.items():
        (folder / "cluster" / name).write_bytes(raw)
    (source,) = (one for one in recount(read_evidence(str(folder))).sources if one.kind.id == "CLUSTER")
    assert isinstance(source.record, ClusterRecord), source.fault
    (found,) = source.recounted or ()
    return found


def test_it_yields_the_same_figures(tmp_path: Path) -> None:
    for name in ("plain", "packed"):
        (tmp_path / name).mkdir()
    plain = evidence(tmp_path / "plain", {"operations.jsonl": history()})
    packed = evidence(tmp_path / "packed", {"operations.jsonl.xz": lzma.compress(history())})
    assert plain.fault is None
    assert plain.values == packed.values
    assert packed.path == "cluster/operations.jsonl.xz"
    assert plain.values is not None
    assert plain.values["trials"][0].promotion_ms == 20_000.0


def test_the_plain_one_is_read_where_both_are_there(tmp_path: Path) -> None:
    files = {"operations.jsonl": history(), "operations.jsonl.xz": b"no xz"}
    found = evidence(tmp_path, files)
    assert (found.path, found.fault) == ("cluster/operations.jsonl", None)


PACKED = lzma.compress(history())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "ends in the middle"),
        (PACKED[:-20], "ends in the middle"),
        (b"no xz at all", "cannot be unpacked"),
        (PACKED[:300] + bytes([PACKED[300] ^ 1]) + PACKED[301:], "cannot be unpacked"),
        (PACKED + b"more", "goes on after its end"),
        (PACKED + PACKED, "goes on after its end"),
    ],
)
def test_what_is_no_whole_xz_file_is_a_fault(tmp_path: Path, content: bytes, words: str) -> None:
    found = evidence(tmp_path, {"operations.jsonl.xz": content})
    assert found.values is None
    assert words in (found.fault or "")


def test_what_unpacks_to_too_much_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("haproof.raw_files.LARGEST_RAW_BYTES", 10_000)
    found = evidence(tmp_path, {"operations.jsonl.xz": PACKED})
    assert len(PACKED) < 10_000 < len(history())
    assert "too large once it is unpacked" in (found.fault or "")
