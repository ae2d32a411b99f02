"""Control groups of both versions, as files; and those of this machine, which must not break anything."""

from pathlib import Path

import pytest

from haproof.lab import control_group


def hierarchy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounts: str, groups: str) -> None:
    for name, text in (("MOUNTS", mounts), ("GROUPS", groups)):
        path = tmp_path / name
        path.write_text(text)
        monkeypatch.setattr(control_group, name, path)


def files(folder: Path, **content: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in content.items():
        (folder / name.replace("__", ".")).write_text(text)


@pytest.fixture
def version2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "cgroup"
    files(root)
    mount = f"35 24 0:30 / {root} rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
    hierarchy(tmp_path, monkeypatch, mount, "0::/user.slice/lab\n")
    return root


def test_version_2_up_to_the_root(version2: Path) -> None:
    files(version2 / "user.slice" / "lab", pids__max="max\n", memory__max="max\n")
    files(
        version2 / "user.slice",
        pids__max="40\n",
        pids__current="30\n",
        pids__events="max 7\n",
        memory__max="1000000\n",
        memory__current="900000\n",
        memory__stat="anon 1\ninactive_file 50000\nactive_file 1000\n",
        memory__events="low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\n",
    )
    assert control_group.processes_left() == 10
    assert control_group.memory_left_bytes() == 151_000
    assert control_group.refusals() == {"processes": 7, "memory": 2}


def test_version_1_with_the_groups_of_a_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own part of each hierarchy is mounted, and the paths are those of the machine outside."""
    pids, memory = tmp_path / "pids", tmp_path / "memory"
    files(pids, pids__max="5\n", pids__current="5\n", pids__events="max 1\n")
    files(
        memory,
        memory__limit_in_bytes="600\n",
        memory__usage_in_bytes="500\n",
        memory__oom_control="oom_kill_disable 0\nunder_oom 0\noom_kill 4\n",
    )
    mounts = "".join(
        f"{number} 24 0:3{number} /docker/abc {folder} rw - cgroup cgroup rw,{folder.name}\n"
        for number, folder in ((1, pids), (2, memory))
    )
    hierarchy(tmp_path, monkeypatch, mounts, "8:pids:/docker/abc\n4:memory:/docker/abc/gone\n0::/\n")
    assert control_group.processes_left() == 0
    assert control_group.memory_left_bytes() == 100
    assert control_group.refusals() == {"processes": 1, "memory": 4}


def test_no_limit_and_no_files(version2: Path) -> None:
    assert control_group.processes_left() is None
    assert control_group.memory_left_bytes() is None
    assert control_group.refusals() == {"processes": 0, "memory": 0}


@pytest.mark.parametrize("text", ["", "nonsense\n", "1 2 - cgroup\n", "0::\n:::\n"])
def test_rubbish_tells_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    hierarchy(tmp_path, monkeypatch, text, text)
    assert control_group.processes_left() is None


def test_those_of_this_machine() -> None:
    assert set(control_group.refusals()) == {"processes", "memory"}
