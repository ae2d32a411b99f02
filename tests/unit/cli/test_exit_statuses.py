"""Every exit status of every verb, in one table: no other, and no change that nobody asked for."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from attested import Signed, signed
from builders import EvidenceSet, fail, full, seed, write
from cluster_report import metrics, tree
from haproof.cli import VERBS, main
from haproof.cli.overview import STATUSES
from haproof.errors import LabError
from haproof.kinds import HOUSE
from haproof.lab.run import Ended

ROOT = Path(__file__).parents[3]
STATEMENT = (
    "--requirement PUB-2 --issuer auditor --scope all --performed-on 2026-03-01 --valid-until 2027-03-01 "
    "--result PASS --summary sound"
)
AT = "--generated-at 2026-03-23T12:00:00Z"


def reports_of(kind: str) -> EvidenceSet:
    """Evidence by what is wrong with it."""
    reports = full()
    if kind == "failed":
        fail(reports["VAL16"], "VAL16-04")
    elif kind == "contradicted":
        reports["VAL13"]["metrics"]["data_loss_rows"] = 1
    elif kind == "missing":
        del reports["VAL14"]
    elif kind == "spread":
        reports["VAL13"]["generated_at"] = "2026-03-22T10:00:00Z"
    elif kind == "both":
        fail(reports["VAL16"], "VAL16-04")
        del reports["VAL14"]
    elif kind == "slower":
        reports["VAL13"]["metrics"]["sigkill_failover_ms"] = 5001
    elif kind == "elsewhere":
        for report in reports.values():
            report["environment"]["platform"] = "kubernetes"
    return reports


RUNS = ("ready", "failed", "contradicted", "missing", "spread", "both", "slower", "elsewhere")


class Place(NamedTuple):
    """A folder with everything that the commands of the table name."""

    folder: Path
    signed: Signed


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("statuses")
    for kind in RUNS:
        write(folder / kind, reports_of(kind))
    write(folder / "nothing", {})
    (folder / "new").mkdir()
    write(folder / "above" / "run", seed())
    (folder / "clustered" / "cluster").mkdir(parents=True)
    (folder / "clustered" / "cluster" / "cluster-report.json").write_text(json.dumps(tree(metrics())))
    (folder / "file").write_text("x")
    found = signed(folder / "signed")
    other = signed(folder / "other")
    (other.directory / "val13" / "more").write_text("added after signing")
    found.directory.rename(folder / "good")
    other.directory.rename(folder / "tampered")
    for name in ("test.key", "test.key.pub"):
        (folder / "signed" / name).rename(folder / name)
    return Place(folder, found)


TABLE = [
    ("report ready", 0),
    ("report failed", 1),
    ("report contradicted", 1),
    ("report both", 1),
    ("report missing", 3),
    ("report spread", 3),
    ("report nothing", 3),
    ("report ready --require ga", 3),
    ("report ready --require DP-3", 0),
    ("report contradicted --require DP-3", 1),
    ("report failed --require DP-3", 0),
    ("report ready --max-age 1s", 3),
    ("report ready --write html", 0),
    ("report absent", 2),
    ("report file", 2),
    ("report above", 2),
    ("report ready --output-dir file", 2),
    ("report ready --nonsense", 2),
    ("report ready --write docx", 2),
    ("report good", 0),
    ("report good --overwrite-signed --output-dir out", 0),
    ("report --help", 0),
    ("show ready", 0),
    ("show failed", 1),
    ("show missing", 3),
    ("show nothing", 3),
    ("show good", 0),
    ("show above", 2),
    ("show absent", 2),
    ("show ready --require public", 3),
    ("plan ready", 0),
    ("plan failed", 0),
    ("plan nothing --level public --format json", 0),
    ("plan good --format markdown", 0),
    ("plan above", 2),
    ("plan absent", 2),
    ("plan ready --level gold", 2),
    ("diff ready ready", 0),
    ("diff ready slower", 1),
    ("diff ready missing", 1),
    ("diff ready elsewhere", 3),
    ("diff ready nothing", 2),
    ("diff nothing nothing", 2),
    ("diff ready above", 2),
    ("diff ready", 2),
    ("diff ready ready --tolerance -1", 2),
    ("history ready failed missing", 0),
    ("history above", 0),
    ("history nothing", 2),
    ("history file", 2),
    ("history ready --append file", 2),
    ("matrix clustered clustered", 0),
    ("matrix ready", 2),
    ("matrix above", 2),
    ("matrix absent", 2),
    ("matrix", 2),
    ("calibrate", 2),
    ("calibrate --dsn host=127.0.0.1 --hours 0", 2),
    ("calibrate --dsn port=none --hours 1", 2),
    ("explain", 0),
    ("explain VAL26-09", 0),
    ("explain VAL99", 2),
    ("schema VAL13", 0),
    ("schema VAL99", 2),
    ("keygen new.key", 0),
    ("keygen test.key", 2),
    ("sign good --key test.key", 0),
    ("sign above/run --key test.key", 4),
    ("sign good --key absent", 2),
    ("sign above --key test.key", 2),
    (f"attest new file {STATEMENT} --key test.key", 0),
    (f"attest good file {STATEMENT} --key test.key", 2),
    (f"attest new absent {STATEMENT} --key test.key", 2),
    (f"attest new file {STATEMENT} --key absent", 2),
    ("attest new file --key test.key", 2),
    ("verify good --key test.key.pub", 0),
    ("verify good --unsigned", 0),
    ("verify good", 4),
    ("verify tampered --key test.key.pub", 4),
    ("verify nothing", 4),
    ("verify above", 2),
    ("verify absent", 2),
    ("verify good --key test.key.pub --unsigned", 2),
    ("lab", 2),
    ("lab run --slices VAL99", 2),
    ("lab run --evidence ready", 2),
    ("lab run --target absent", 2),
    ("soak", 2),
    ("soak status absent", 2),
    ("soak report ready", 2),
    ("ha status", 2),
    ("ha status --url http://127.0.0.1:1", 7),
    ("version", 0),
    ("help", 0),
    ("--help", 0),
    ("", 2),
    ("nonsense", 2),
]


@pytest.mark.parametrize(("command", "status"), TABLE, ids=[command or "nothing" for command, _ in TABLE])
def test_the_table(
    command: str,
    status: int,
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(place.folder)
    for variable in ("HAPROOF_URL", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(variable, raising=False)
    timed = (
        command.partition(" ")[0] in ("report", "show", "plan", "diff", "history") and "--help" not in command
    )
    words = f"{command} {AT}" if timed else command
    assert main(words.split()) == status, capsys.readouterr().err
    if status == 2:
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("haproof: ")
        assert captured.err.count("\n") == 1


def test_every_verb_is_in_the_table() -> None:
    assert {command.partition(" ")[0] for command, _ in TABLE} >= VERBS.keys()


def test_a_format_that_cannot_be_made_is_5_in_place_of_0_only(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from haproof.errors import FormatError
    from haproof.render import junit

    def broken(report: object) -> bytes:
        raise FormatError("cannot be made")

    monkeypatch.setattr(junit, "render", broken)
    for kind, status in (("ready", 5), ("failed", 1), ("missing", 3)):
        assert main(["report", str(place.folder / kind), *AT.split(), "--write", "junit"]) == status


@pytest.mark.parametrize("verb", ["report", "show", "plan", "diff", "history", "verify"])
@pytest.mark.parametrize(("fault", "status"), [(RuntimeError("boom"), 70), (KeyboardInterrupt(), 130)])
def test_a_fault_of_the_program_and_an_interruption(
    verb: str, fault: BaseException, status: int, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr("haproof.core.assess.judge_slice", broken)
    sides = [str(place.folder / "good")] * (2 if verb == "diff" else 1)
    assert main([verb, *sides]) == status


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A listener that answers every request the same."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [(200, b'{"role": "leader"}', 0), (409, b'{"error": "not leader"}', 1), (200, b"<html>", 7)],
)
def test_ha(status: int, body: bytes, expected: int) -> None:
    with answering(status, body) as url:
        assert main(["ha", "status", "--url", url]) == expected


@pytest.fixture
def lab_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], list[Ended]]], int]:
    """`haproof lab run` in a new folder, with something else in the place of the slices."""
    monkeypatch.chdir(tmp_path)

    @contextmanager
    def prepared(*_: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(closed_cleanly=True)

    monkeypatch.setattr("haproof.lab.ground.prepared", prepared)

    def run(slices: Callable[[], list[Ended]]) -> int:
        monkeypatch.setattr(
            "haproof.lab.run.Run", lambda *_: SimpleNamespace(slices=lambda scenarios: slices())
        )
        return main(["lab", "run"])

    return run


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        (["PASS"] * 5, 0),
        (["PASS", "FAIL", "NOT RUN", "PASS", "PASS"], 1),
        (["PASS", "PASS", "NOT RUN", "PASS", "PASS"], 3),
    ],
)
def test_lab(ends: list[str], status: int, lab_run: Callable[[Callable[[], list[Ended]]], int]) -> None:
    outcomes = [Ended(kind, end, "") for kind, end in zip(HOUSE.window, ends, strict=True)]  # type: ignore[arg-type]
    assert lab_run(lambda: outcomes) == status


@pytest.mark.parametrize(
    ("fault", "status"), [(LabError("no"), 70), (KeyboardInterrupt(), 130), (RuntimeError("boom"), 70)]
)
def test_lab_that_ends_otherwise(
    fault: BaseException, status: int, lab_run: Callable[[Callable[[], list[Ended]]], int]
) -> None:
    def broken() -> list[Ended]:
        raise fault

    assert lab_run(broken) == status
    assert os.listdir("evidence") == []


def test_help_and_readme_say_the_same_statuses() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    section = readme.partition("## Exit statuses")[2].partition("\n## ")[0]
    said = set(re.findall(r"^\| (\d+) \|", section, re.MULTILINE))
    assert said <= STATUSES.keys()
    assert {"0", "1", "2", "3", "4", "5", "70", "130"} <= said
    expected = {str(status) for _, status in TABLE} | {"5", "70", "130"}
    assert expected == set(STATUSES)
