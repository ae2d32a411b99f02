"""VAL15: what counts as a refusal, as damage, as the same data; and the slice on several command lines."""

import hashlib
import json
import os
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.core import deeds
from haproof.core.histories.restores import same_counts, same_payload
from haproof.lab import archive_file, command, inventory, process
from haproof.lab.app_data import Content, Table
from haproof.lab.archive_file import HEADER_BYTES, MAGIC, ArchiveFile
from haproof.lab.ground import Ground
from haproof.lab.journal import Journal
from haproof.lab.measure import Waits
from haproof.lab.process import Done
from haproof.lab.progress import Silent
from haproof.lab.scenarios import backup_restore
from haproof.lab.secret import Secrets
from haproof.lab.target import REFERENCE, Target
from haproof.lab.target_file import load_target
from lab.in_process import Ran, healthy_target, run_slice, shared_ground

SCENARIO = backup_restore.SCENARIO
SHA = "ab" * 32
CONTENT = {"app.a": Table(3, "aa"), "app.b": Table(0, "bb")}


def said(output: str, status: int = 0) -> Done:
    return Done(status, output, "", 1.0)


def target_with(folder: Path, *replacements: tuple[str, str]) -> Target:
    """The reference target with some of its text replaced."""
    text = REFERENCE.read_text(encoding="utf-8")
    for pattern, new in replacements:
        parts = re.split(pattern, text, flags=re.MULTILINE)
        assert len(parts) == 2, pattern
        text = new.join(parts)
    path = folder / "target.toml"
    path.write_text(text, encoding="utf-8")
    return load_target(path)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    found = Journal(tmp_path / "journal.jsonl", Secrets())
    yield found
    found.close()


# What a command line says --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "output", "found"),
    [
        ("/checksum", json.dumps({"checksum": SHA}), SHA),
        ("/a/0/sum", json.dumps({"a": [{"sum": SHA}]}), SHA),
        ("/checksum", json.dumps({"checksum": "abc"}), None),
        ("/checksum", json.dumps({"checksum": SHA + "\n"}), None),
        ("/checksum", json.dumps({"checksum": 7}), None),
        ("/checksum", "no JSON", None),
        ("/checksum", "[" * 100_000, None),
        (r"sha256=(\w+)", f"done: sha256={SHA}", SHA),
        (r"sha256=(\w+)", "done", None),
    ],
)
def test_checksum_is_found_or_is_none(tmp_path: Path, where: str, output: str, found: str | None) -> None:
    target = target_with(tmp_path, (r"^checksum = .*$", f"checksum = {json.dumps(where)}"))
    assert command.checksum(said(output), target) == found


def test_an_output_that_was_cut_says_nothing_and_is_called_too_large() -> None:
    target = load_target(REFERENCE)
    cut = Done(0, '{"backups": []}', "", 1.0, cut=True)
    assert command.printed(cut, target).value("backups") is None
    assert command.ended(cut) == "printed more than 16 MiB"


def test_how_a_command_ended_is_quoted() -> None:
    assert command.ended(None) == "did not end in time"
    assert command.ended(said("")) == "ended with status 0"
    assert command.ended(Done(1, "out", "no\nsuch backup\n", 1.0)) == "ended with status 1: no / such backup"


def test_command_that_did_not_end_printed_nothing(tmp_path: Path) -> None:
    target = load_target(REFERENCE)
    assert command.checksum(None, target) is None
    assert command.printed(None, target).items("backups") == []
    assert not command.succeeded(None)


class Standing:
    """A node whose answers to the question whether it is ready are these."""

    name = "node1"

    def __init__(self, *answers: bool | None) -> None:
        self.answers = list(answers)

    def is_ready(self) -> bool | None:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.mark.parametrize(
    ("done", "ready", "refused"),
    [
        (said("", 1), (True,), True),
        (said("", 2), (None, None, True), True),
        (said("", 0), (True,), False),
        (said("", -9), (True,), False),
        (None, (True,), False),
        (said("", 1), (None,), False),
        (said("", 1), (None, False), False),
    ],
)
def test_only_a_node_that_still_stands_refuses(
    journal: Journal, done: Done | None, ready: tuple[bool | None, ...], refused: bool
) -> None:
    timing = SimpleNamespace(start_deadline_s=0.2)
    stage = SimpleNamespace(target=SimpleNamespace(timing=timing), waits=Waits(journal, Silent()))
    assert command.refused(stage, done, Standing(*ready)) is refused  # type: ignore[arg-type]


# The archive ---------------------------------------------------------------------------------------------


def test_damage_is_one_bit_and_is_mended(tmp_path: Path, journal: Journal) -> None:
    path = tmp_path / "a.dump"
    whole = MAGIC + bytes(40) + b"haproof" + bytes(1_000)
    path.write_bytes(whole)
    archive = ArchiveFile(path)
    places = archive.places_to_damage(random.Random(1))
    assert len(places) == 3
    assert places["the last byte"] == len(whole) - 1
    assert whole[places["the header's database name"] :].startswith(b"haproof")
    for offset in places.values():
        with archive.damaged(journal, offset):
            damaged = path.read_bytes()
            assert archive.sha256() != hashlib.sha256(whole).hexdigest()
        differing = [place for place in range(len(whole)) if whole[place] != damaged[place]]
        assert (len(damaged), differing) == (len(whole), [offset])
        assert path.read_bytes() == whole
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.dump", "journal.jsonl"]


def test_damage_is_mended_when_its_block_fails(tmp_path: Path, journal: Journal) -> None:
    path = tmp_path / "a.dump"
    path.write_bytes(b"whole")
    with pytest.raises(RuntimeError), ArchiveFile(path).damaged(journal, 0):
        raise RuntimeError
    assert path.read_bytes() == b"whole"


@given(size=st.integers(1, 2_000), seed=st.integers())
def test_place_to_damage_lies_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, size: int, seed: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "sized.dump"
    path.write_bytes(bytes(size))
    offset, last = ArchiveFile(path).places_to_damage(random.Random(seed)).values()
    assert min(HEADER_BYTES, size - 1) <= offset < size
    assert last == size - 1


def test_only_a_file_is_an_archive_and_anything_else_is_quoted(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").touch()
    (tmp_path / "there").write_bytes(b"x")
    (tmp_path / "round").symlink_to("round")
    os.mkfifo(tmp_path / "fifo")
    for name, why in (
        ("folder", "the file folder that the inventory names is no regular file"),
        ("fifo", "the file fifo that the inventory names is no regular file"),
        ("empty", "the file empty that the inventory names is empty"),
        ("missing", "the file missing that the inventory names: No such file or directory"),
        ("there/below", "the file there/below that the inventory names: Not a directory"),
        ("round", "the file round that the inventory names: Too many levels of symbolic links"),
        ("a" * 300, f"the file {'a' * 300} that the inventory names: File name too long"),
        ("nul\0", r"the inventory names 'nul\x00', which no file can be called"),
        ("", "its entry in the inventory names no file"),
        (None, "its entry in the inventory names no file"),
    ):
        with pytest.raises(archive_file.NoArchive) as fault:
            archive_file.find(tmp_path, name)
        assert str(fault.value) == why
    assert archive_file.find(tmp_path, "there") == ArchiveFile(tmp_path / "there")
    assert archive_file.find(tmp_path, str(tmp_path / "there")) == ArchiveFile(tmp_path / "there")


def test_an_archive_with_the_longest_name_of_all_can_be_damaged(tmp_path: Path, journal: Journal) -> None:
    path = tmp_path / ("a" * 255)
    path.write_bytes(b"whole")
    with ArchiveFile(path).damaged(journal, 0):
        assert path.read_bytes() == b"vhole"
    assert path.read_bytes() == b"whole"


def test_comments_are_no_entries() -> None:
    assert (
        archive_file.entries(";\n; 1; not an entry\n\n7; 2615 16444 SCHEMA - app x\n227; 1259 1 TABLE a\n")
        == 2
    )


# The data ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "counts", "payload"),
    [
        (dict(CONTENT), True, True),
        ({**CONTENT, "app.a": Table(3, "other")}, True, False),
        ({**CONTENT, "app.a": Table(2, "other")}, False, False),
        ({**CONTENT, "app.added": Table(0, "")}, False, False),
        ({"app.a": CONTENT["app.a"]}, False, False),
        ({}, False, False),
        (None, False, False),
    ],
)
def test_same_data_is_the_same_tables(after: Content | None, counts: bool, payload: bool) -> None:
    assert same_counts(CONTENT, after) is counts
    assert same_payload(CONTENT, after) is payload


def test_nothing_is_not_restored_correctly() -> None:
    assert not same_counts({}, {})
    assert not same_payload({}, {})
    assert not same_counts({"app.a": Table(0, "")}, {"app.a": Table(0, "")})


# The slice on real nodes ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with shared_ground() as found:
        yield found


@pytest.fixture(scope="module")
def passed(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run_slice(ground, tmp_path_factory.mktemp("val15"), SCENARIO, load_target(REFERENCE))


@pytest.mark.lab
def test_every_check_passes_and_is_judged_again(passed: Ran) -> None:
    assert passed.words == "PASS (10/10 checks)"
    passed.assert_judged_again()


@pytest.mark.lab
def test_no_leader_was_killed_for_a_restore(passed: Ran) -> None:
    assert passed.report["environment"]["chaos"][0] == (
        "planned handover; one bit of the archive flipped; nodes restarted"
    )


def test_figures_are_of_this_run(passed: Ran) -> None:
    metrics, observations = passed.report["metrics"], passed.report["observations"]
    assert metrics["rows"] == 500 + 2_000 + backup_restore.PROTECTED_ROWS
    assert metrics["backup_bytes"] == observations["file_bytes"] == observations["metadata_bytes"] > 1_000
    assert metrics["checksum_cli"] == metrics["checksum_file"] == observations["metadata_checksum"]
    assert metrics["backup_ms"] > 0
    assert metrics["restore_ms"] > 0
    assert observations["inventory_counts"] == [0, 1, 2, 3]
    assert {"ha.backup.created", "ha.backup.restored"} <= set(observations["audit_events"])


@pytest.mark.lab
def test_archive_holds_every_table_and_nothing_of_the_control_plane(passed: Ran) -> None:
    contents = (passed.folder / "archive-contents.txt").read_text()
    for table in ("lab_accounts", "lab_entries", "rollouts"):
        assert f"TABLE DATA app {table}" in contents
    assert "haproof_ha" not in contents
    assert archive_file.entries(contents) == passed.report["observations"]["archive_entries"]


@pytest.mark.lab
def test_the_archive_alone_holds_the_rows(passed: Ran) -> None:
    assert passed.report["metrics"]["archive_rows_match"] is True
    tables = {line["what"]: line.get("tables") for line in passed.journal()}
    assert tables["in the archive alone"] == tables["before the backup"]
    assert tables["in the later archive alone"] == tables["before the later backup"]
    assert tables["before the later backup"] != tables["before the backup"] == tables["after the restore"]
    assert {"the sequences", "the structure of app.lab_entries"} <= set(tables["before the backup"] or ())


@pytest.mark.lab
def test_every_reading_and_deed_of_the_audit_trail_is_raw_evidence(passed: Ran) -> None:
    trail = deeds.decode((passed.folder / "audit.jsonl").read_bytes().splitlines())
    done = [line.event for line in trail if isinstance(line, deeds.Deed)]
    created = "ha.backup.created"
    assert done == [created, created, "ha.backup.restored", created]
    assert passed.report["observations"]["audit_follows_deeds"] is deeds.follows_deeds(trail) is True


@pytest.mark.lab
def test_each_refusal_stands_in_the_journal(passed: Ran) -> None:
    lines = passed.journal()
    leader = next(line["holder"] for line in lines if line["what"] == "leader at the start")
    follower = {"node1": "node2", "node2": "node1"}[leader]  # to which leadership was handed over
    refusals = [line["how"] for line in lines if line["what"] == "restore that must not happen"]
    assert refusals == [
        "outside maintenance mode",
        f"in maintenance mode while {follower} leads",
        "without confirmation",
        "with a flipped bit in the header's database name",
        "with a flipped bit in a random byte",
        "with a flipped bit in the last byte",
    ]
    assert [line["offset"] for line in lines if line["what"] == "archive.damage"]


@pytest.mark.lab
def test_no_secret_and_no_home_folder_reaches_the_evidence(passed: Ran) -> None:
    secrets = passed.secrets
    for path in passed.evidence.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (secrets.token, secrets.admin_password, secrets.node_password):
                assert secret.encode() not in content, path
            assert os.fsencode(sys.executable) not in content, path


@pytest.mark.lab
def test_command_line_may_speak_text(ground: Ground, tmp_path: Path) -> None:
    """The checksum by a regular expression; the backup's id is then what is new in the inventory."""
    target = target_with(
        tmp_path,
        (r'(?<="backup", "create", )"--output", "json", ', ""),
        (r"^checksum = .*$", r"""checksum = '^checksum: ([0-9a-f]{64})$'""".replace("'^", "'(?m)^")),
    )
    outcome = run_slice(ground, tmp_path, SCENARIO, target)
    assert outcome.words == "PASS (10/10 checks)", outcome.report


@pytest.mark.lab
def test_a_list_of_backups_of_three_megabytes_passes(ground: Ground, tmp_path: Path) -> None:
    outcome = run_slice(ground, tmp_path, SCENARIO, healthy_target(tmp_path, "lists_three_megabytes"))
    assert outcome.words == "PASS (10/10 checks)", outcome.report
    longest = max(len(line["output"]) for line in outcome.journal() if line["what"] == "cli")
    assert longest < 5_000


@pytest.mark.lab
def test_a_list_of_backups_beyond_the_bound_is_called_too_large(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LARGEST_OUTPUT_BYTES", 1 << 20)
    monkeypatch.setattr(command, "LARGEST_OUTPUT_BYTES", 1 << 20)
    outcome = run_slice(ground, tmp_path, SCENARIO, healthy_target(tmp_path, "lists_three_megabytes"))
    assert outcome.words.startswith("FAIL")
    assert "VAL15-08" in outcome.failed
    assert "backup_list printed more than 1 MiB" in outcome.detail("VAL15-08")


@pytest.mark.lab
def test_backup_that_does_not_end_fails(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory, "BACKUP_SECONDS", 0.5)
    hangs = 'backup_create = ["{python}", "-c", "import time; time.sleep(60)"]'
    outcome = run_slice(ground, tmp_path, SCENARIO, target_with(tmp_path, (r"^backup_create = .*$", hangs)))
    assert outcome.words.startswith("FAIL")
    assert outcome.report["metrics"]["backup_ms"] is None
    assert {"VAL15-01", "VAL15-02", "VAL15-03"} <= outcome.failed


def test_target_without_a_command_line_is_not_run(ground: Ground, tmp_path: Path) -> None:
    target = target_with(tmp_path, (r"^backup_restore_unconfirmed = .*$", ""))
    outcome = run_slice(ground, tmp_path, SCENARIO, target)
    assert outcome.words.startswith("NOT RUN")
    assert "cli.backup_restore_unconfirmed" in outcome.report["not_run"]
