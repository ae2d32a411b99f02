"""Commands that break and undo: how they reach a member, and that nothing stays broken, whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from haproof.errors import NotRun
from haproof.lab.faults.fault import Declined
from haproof.lab.journal import Journal
from haproof.lab.own import system as own_system
from haproof.lab.own.described import OwnTarget
from haproof.lab.own.ledger import Ledger
from haproof.lab.own.reach import Reach, run
from haproof.lab.own.system import Own, own_faults
from haproof.lab.secret import Secrets
from own_file import COMMANDS, LEAST, loaded

pytest.importorskip("psycopg")

BREAK = 'touch "$0"/broken; rm -f "$0"/whole'
MEND = 'rm "$0"/broken && touch "$0"/whole'


def commands(folder: Path, **scripts: str) -> str:
    lines = [f'{name} = ["sh", "-c", {json.dumps(script)}, "{folder}"]' for name, script in scripts.items()]
    return LEAST + "[commands]\n" + "\n".join(lines) + "\n[timing]\ncommand_s = 5\n"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    one = Journal(tmp_path / "journal.jsonl", Secrets())
    yield one
    one.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_system, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(own_system, "MARGIN_SECONDS", 0.0)


class Server:
    """Answers new clients until it is broken."""

    def __init__(self, folder: Path) -> None:
        self._broken = folder / "broken"

    def started(self, member: str) -> str | None:
        return None if self._broken.exists() else "2026-03-20"


Make = Callable[[OwnTarget], Own]


@pytest.fixture
def own(tmp_path: Path, journal: Journal) -> Iterator[Make]:
    """Makes systems, and ends what is beside them."""
    made: list[Own] = []

    def make(target: OwnTarget) -> Own:
        made.append(Own(target, "async", journal, Server(tmp_path).started))
        return made[-1]

    yield make
    for one in made:
        one.ledger.end()


def test_names_are_filled_in_and_words_stay_words(tmp_path: Path) -> None:
    reach = Reach(loaded(tmp_path))
    said = run(reach.named("pg2", "host_kill"), 10)
    assert said.output == "killed pg2 10.0.0.12 5432 10.0.0.11\n"
    assert reach.probe("pg1", 10) is None


def test_a_shell_at_the_other_end_gets_quoted_words(tmp_path: Path) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text('#!/bin/sh\nshift\nexec sh -c "$*"\n')
    ssh.chmod(0o755)
    text = (LEAST + COMMANDS).replace("[cluster]", f'[cluster]\nexec = ["{ssh}", "{{host}}"]')
    reach = Reach(loaded(tmp_path, text))
    assert run(reach.named("pg1", "host_kill"), 10).output == "killed pg1 10.0.0.11 5432 10.0.0.12\n"
    assert reach.probe("pg1", 10) is None
    plain = Reach(loaded(tmp_path, text.replace("[cluster]", "[cluster]\nquote = false")))
    reason = plain.probe("pg1", 10)
    assert reason is not None
    assert reason.endswith("does not hand on the words of a command unchanged: set [cluster] quote = true")


def test_a_host_that_refuses_is_quoted(tmp_path: Path) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text('#!/bin/sh\necho "Permission denied (publickey)." >&2\nexit 255\n')
    ssh.chmod(0o755)
    text = (LEAST + COMMANDS).replace("[cluster]", f'[cluster]\nexec = ["{ssh}", "{{host}}"]')
    assert Reach(loaded(tmp_path, text)).probe("pg1", 10) == (
        f"pg1 ({ssh}) cannot be reached by its exec: it ended with status 255: Permission denied (publickey)."
    )


def test_a_command_that_hangs_is_ended_with_its_family(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    said = run(["sh", "-c", f"(sleep 1; touch {mark}) & sleep 600"], 0.3)
    assert (said.status, said.words) == (None, "did not end in time")
    time.sleep(1.2)
    assert not mark.exists()


def test_what_it_leaves_in_the_background_does_not_hold_it(tmp_path: Path) -> None:
    said = run(["sh", "-c", "sleep 120 & echo $!"], 60)
    os.kill(int(said.output), signal.SIGKILL)
    assert said.done


def test_a_fault_is_made_seen_and_undone(tmp_path: Path, own: Make) -> None:
    system = own(loaded(tmp_path, commands(tmp_path, host_kill=BREAK, start=MEND)))
    undo = own_faults()["host-kill"].inject(system, "pg1")
    assert (tmp_path / "broken").exists()
    assert len(system.ledger.open) == 1
    undo()
    undo()
    assert (tmp_path / "whole").exists()
    assert (system.ledger.open, system.ledger.left) == ([], [])


def test_a_command_without_effect_measures_nothing(
    tmp_path: Path, own: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a cluster that nobody touched would be judged as one that did not fail over."""
    monkeypatch.setattr(own_system, "EFFECT_SECONDS", 0.3)
    system = own(loaded(tmp_path, commands(tmp_path, host_kill="true", start="true")))
    with pytest.raises(NotRun, match="host_kill was run, but pg1 still answered new clients"):
        system.break_("host-kill", "pg1")
    assert len(system.ledger.open) == 1
    system.undo_all()
    assert system.ledger.open == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo no such unit >&2; exit 5", "ended with status 5: no such unit"),
        ("sleep 60", "did not end in time"),
    ],
)
def test_a_command_that_fails_is_undone_all_the_same(
    tmp_path: Path, own: Make, script: str, words: str
) -> None:
    target = loaded(tmp_path, commands(tmp_path, manager_kill=f"{BREAK}; {script}", start=MEND))
    system = own(target)
    with pytest.raises(NotRun) as refused:
        system.break_("manager-kill", "pg1")
    assert str(refused.value) == f"manager_kill on pg1 {words}"
    system.undo_all()
    assert (tmp_path / "whole").exists()
    assert system.ledger.left == []


def test_a_switchover_that_is_refused_is_the_systems_answer(tmp_path: Path, own: Make) -> None:
    target = loaded(tmp_path, commands(tmp_path, switchover="echo no candidate; exit 1"))
    system = own(target)
    with pytest.raises(Declined, match="no candidate"):
        system.break_("switchover", "pg1")


def test_what_cannot_be_undone_is_named_with_its_command(
    tmp_path: Path, own: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_system, "HEAL_SECONDS", 0.3)
    target = loaded(tmp_path, commands(tmp_path, hang=BREAK, resume="exit 1"))
    system = own(target)
    system.break_("host-hang", "pg2")()
    (left,) = system.ledger.left
    assert left.words == f"host-hang on pg2 may not be undone; run: sh -c 'exit 1' {tmp_path}"


def test_a_cut_whose_connection_is_gone_counts_by_its_effect_and_heals_itself(
    tmp_path: Path, own: Make
) -> None:
    cut = f"({BREAK}; sleep {{seconds}}; {MEND}) >/dev/null 2>&1 & exit 255"
    target = loaded(tmp_path, commands(tmp_path, cut=cut, heal="exit 255"))
    system = own(target)
    undo = system.break_("cut-full", "pg1")
    assert (tmp_path / "broken").exists()
    undo()
    assert (tmp_path / "whole").exists()
    assert system.ledger.left == []


def test_a_cut_that_ended_too_early_measures_nothing(tmp_path: Path, own: Make) -> None:
    """Else a cluster that was cut off for two seconds would be judged as one that did not fail over."""
    target = loaded(tmp_path, commands(tmp_path, cut=f"{BREAK}; : {{seconds}}", heal="true"))
    system = own(target)
    undo = system.break_("cut-full", "pg1")
    (tmp_path / "broken").unlink()
    with pytest.raises(NotRun, match="pg1 answered new clients before it was healed"):
        undo()
    assert (system.ledger.open, system.ledger.left) == ([], [])


LAB = """
import sys, time
from haproof.lab.own.ledger import Ledger
ledger = Ledger()
one = ledger.enter("host-hang", "pg1", ["touch", sys.argv[1] + "/undone"], None)
two = ledger.enter("host-kill", "pg1", ["touch", sys.argv[1] + "/twice"], None)
ledger.close(two, True)
print("broken", flush=True)
time.sleep(600)
"""


def test_a_lab_that_is_killed_leaves_nothing_broken(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", LAB, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"broken\n"
        os.kill(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not (tmp_path / "undone").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (tmp_path / "undone").exists()
    assert not (tmp_path / "twice").exists()


def test_the_process_beside_the_lab_ends_with_it() -> None:
    ledger = Ledger()
    ledger.end()
    assert ledger._warden.returncode == 0


def test_settings_are_what_the_command_prints(tmp_path: Path, own: Make) -> None:
    printed = json.dumps(
        {"ttl": 30, "password": "x", "postgresql": {"use_slots": True}, "failsafe_mode": None}
    )
    target = loaded(tmp_path, commands(tmp_path, settings=f"echo '{printed}'"))
    system = own(target)
    assert system.settings("pg1") == {"ttl": 30, "failsafe_mode": None}
    plain = own(loaded(tmp_path, LEAST))
    assert plain.settings("pg1") is None


def test_the_managers_last_words_are_what_the_command_prints(tmp_path: Path, own: Make) -> None:
    system = own(loaded(tmp_path, commands(tmp_path, log="echo first; echo no lock for 30 s")))
    assert system.last_words("pg2") == "no lock for 30 s"
    silent = own(loaded(tmp_path, commands(tmp_path, log="echo no such unit >&2; exit 1")))
    assert silent.last_words("pg2") == "not known (log ended with status 1: no such unit)"
    assert own(loaded(tmp_path, LEAST)).last_words("pg2").startswith("not known (the target file gives no")
