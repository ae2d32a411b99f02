"""The sandbox: what is inside is private, what it starts ends with it, and hosts can be cut off in every
way."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from cluster.sandboxed import arguments, environment, needs_sandbox, told, told_as_user
from haproof.lab.sandbox import capability

pytestmark = [pytest.mark.cluster, needs_sandbox]


def test_a_program_in_the_sandbox_sees_a_machine_of_its_own(tmp_path: Path) -> None:
    hidden = Path("/tmp", f"haproof-test-{uuid.uuid4().hex}")
    hidden.write_text("x")
    try:
        seen = told("places", str(tmp_path), str(hidden), kept=(str(tmp_path),))
    finally:
        hidden.unlink()
    assert seen["pid"] == 2
    assert sorted(seen["processes"]) == [1, 2]
    assert seen["run"] == ["netns"]
    assert seen["shm"] == ["mine"]
    assert seen["kept"] == [True, False]
    assert not Path("/dev/shm/mine").exists()


def test_an_ordinary_user_has_one_too() -> None:
    seen = told_as_user("places")
    assert seen["pid"] == 2
    assert seen["shm"] == ["mine"]


def test_an_orphan_that_is_killed_is_reaped() -> None:
    assert told("orphan") == {"there": False}


@pytest.mark.parametrize("status", [0, 3, 77])
def test_its_exit_status_is_the_programs(status: int) -> None:
    assert subprocess.run(arguments("statuses", str(status)), env=environment()).returncode == status


def test_a_signal_reaches_the_program() -> None:
    process = subprocess.Popen(arguments("statuses", "wait"), env=environment(), stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGTERM)
    process.stdout.close()
    assert process.wait(10) == 9


def _processes_with(marker: str) -> list[str]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                line = Path("/proc", name, "cmdline").read_bytes()
            except OSError:
                continue
            if marker.encode() in line:
                found.append(name)
    return found


def test_nothing_outlives_a_sandbox_that_is_killed() -> None:
    marker = f"haproof-{uuid.uuid4().hex}"
    process = subprocess.Popen(arguments("crowd", marker), env=environment(), stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    deadline = time.monotonic() + 10
    while len(_processes_with(marker)) < 6 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(_processes_with(marker)) >= 6
    process.kill()
    process.stdout.close()
    process.wait(10)
    deadline = time.monotonic() + 5
    while (left := _processes_with(marker)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left == []
    assert not Path("/dev/shm", marker).exists()


@pytest.mark.parametrize("run", [told, told_as_user], ids=["root", "user"])
def test_every_cut_is_silent_takes_what_it_says_and_heals(run) -> None:  # type: ignore[no-untyped-def]
    everything = ["hello", "silence", "silence", "hello"]
    one_port = ["hello", "silence", "hello", "hello"]
    assert run("faults") == {
        "cable": everything,
        "inbound": everything,
        "outbound": everything,
        "port": one_port,
        "answers": one_port,
        "stranger": ["hello", "hello", "hello", "hello"],
    }


def test_a_host_is_all_that_runs_on_it_but_the_labs_clients() -> None:
    seen = told("host")
    assert seen["before"] == {"one": 2, "two": 2}
    assert seen["uid"] == "65534"
    assert seen["after"] == {"one": 0, "two": 2}
    assert seen["client"] is True
    assert seen["all"] == 1


def test_a_machine_that_forbids_it_is_told_which_setting() -> None:
    code = "from haproof.lab.sandbox.capability import obstacle; print(obstacle())"
    forbid = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == (
        "this machine does not allow private namespaces (unshare: No space left on device): "
        "allow them with 'sysctl -w user.max_net_namespaces=15000' (as root)"
    )


def test_a_missing_tool_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capability, "tool", lambda name: None)
    assert capability.obstacle() == "the program ip is missing: install iproute2"
