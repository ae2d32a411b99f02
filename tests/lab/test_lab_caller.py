"""Whoever calls the lab, from wherever, with whatever around it: it runs, or says why not in a sentence.

One quick slice for each kind; kinds that cannot hide each other share a run.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from haproof.errors import UsageError
from lab.lab_process import Lab, linux_only, running, side_by_side, without_namespaces

pytestmark = [pytest.mark.lab, linux_only]

PG = {
    "PGPASSWORD": "x",
    "PGSSLMODE": "require",
    "PGSERVICE": "nowhere",
    "PGSYSCONFDIR": "/nowhere",
    "PGHOSTADDR": "192.0.2.1",
    "PGPORT": "1",
    "PGUSER": "nobody",
    "PGPASSFILE": "/nowhere",
    "PGTARGETSESSIONATTRS": "standby",
    "PGREQUIREAUTH": "none",
    "PGCHANNELBINDING": "require",
    "PGSSLROOTCERT": "system",
    "PGGSSENCMODE": "require",
    "PGSSLNEGOTIATION": "direct",
    "PGCLIENTENCODING": "SQL_ASCII",
    "PGOPTIONS": "-c default_transaction_read_only=on",
    "PGCONNECT_TIMEOUT": "never",
    "PG_TEST_OF_A_LATER_VERSION": "1",
    "PSYCOPG_IMPL": "nowhere",
}
OTHERS = {
    "http_proxy": "http://192.0.2.1:1",
    "HTTP_PROXY": "http://192.0.2.1:1",
    "ALL_PROXY": "socks5://192.0.2.1:1",
    "LC_ALL": "POSIX",
    "LANG": "tr_TR.ISO-8859-9",
    "PYTHONIOENCODING": "ascii",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONWARNINGS": "error",
    "PYTHONINSPECT": "",
    "TZ": "America/St_Johns",
}
NAMELESS_UID = 1_000_650_000
SYSTEM_PYTHON = Path("/usr/bin/python3")


@pytest.fixture
def folder_for_everybody() -> Iterator[Path]:
    """pytest's own temporary folders are closed to every other user."""
    with tempfile.TemporaryDirectory(prefix="haproof-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def shell(script: str) -> tuple[str, ...]:
    """Run a line of shell, then the lab in its place."""
    return ("sh", "-c", f'{script}; exec "$@"', "sh")


def passes(lab: Lab) -> None:
    status, _, err = lab.run()
    assert status == 0, err
    assert lab.await_silence() == {}
    assert lab.leftovers() == []


def test_variables_of_the_caller_steer_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".postgresql").mkdir(parents=True)
    (home / ".postgresql" / "postgresql.crt").write_text("no certificate")
    (home / ".pgpass").write_text("*:*:*:*:wrong\n")
    (home / ".pgpass").chmod(0o600)
    (home / ".pg_service.conf").write_text("[nowhere]\nhost=192.0.2.1\n")
    passes(Lab(tmp_path, slice_id="VAL15", variables=PG | OTHERS | {"HOME": str(home)}))


def test_a_temporary_folder_of_any_name(tmp_path: Path) -> None:
    """VAL14: its standby keeps a connection string in a file, and PostgreSQL's own tool writes it.

    All in one name, apart from each other: whichever is not quoted or escaped breaks the path.
    """
    passes(Lab(tmp_path, slice_id="VAL14", tmp="my tmp, back\\slash, quo'te\"d, pörcént%d $HOME"))


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user needs no other account")
def test_a_temporary_folder_that_the_account_which_stands_in_for_root_cannot_enter(tmp_path: Path) -> None:
    lab = Lab(tmp_path, slice_id="VAL14", around=without_namespaces())
    lab.temporary.chmod(0o700)
    status, _, err = lab.run()
    assert status == 0, err
    assert "cannot enter" in err
    assert lab.leftovers() == []


def test_any_umask(tmp_path: Path) -> None:
    labs = {
        umask: Lab(tmp_path / umask, slice_id="VAL17", around=shell(f"umask {umask}"))
        for umask in ("0177", "0277", "0777")
    }
    for (umask, lab), (status, _, err) in zip(labs.items(), side_by_side([*labs.values()]), strict=True):
        assert status == 0, (umask, err)
        assert lab.await_silence() == {}
        assert lab.leftovers() == []
        assert lab.evidence.stat().st_mode & 0o777 == 0o700 | 0o077 & ~int(umask, 8)


def test_signals_ignored_or_blocked_by_the_parent(tmp_path: Path) -> None:
    """Of a shell's trap and an `env --block-signal`: the children get neither."""
    script = (
        "import os, signal, sys\n"
        "for number in signal.valid_signals() - {9, 19}:\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n"
        "    except OSError: pass\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "os.execvp(sys.argv[1], sys.argv[1:])\n"
    )
    passes(Lab(tmp_path, slice_id="VAL13", around=(sys.executable, "-c", script)))


def test_a_signal_that_the_caller_ignores_stays_ignored(tmp_path: Path) -> None:
    """`nohup` ignores SIGHUP, a shell without job control SIGINT and SIGQUIT for its background jobs."""
    lab = Lab(tmp_path, slice_id="VAL17", around=shell("trap '' HUP INT QUIT"))
    with running(lab):
        lab.await_journal("database.stop")
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            os.kill(lab.process.pid, number)
        status, _, err = lab.end()
    assert status == 0, err


def test_closed_standard_streams(tmp_path: Path) -> None:
    lab = Lab(tmp_path, slice_id="VAL17", around=("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"))
    assert lab.run() == (0, "", "")
    assert lab.report()["summary"]["passed"] == 10


def test_a_working_folder_that_is_gone(tmp_path: Path) -> None:
    around = shell('mkdir gone; cd gone; rmdir "$PWD"')
    passes(Lab(tmp_path, slice_id="VAL17", around=around))


def test_no_working_folder_for_the_default_evidence_folder(tmp_path: Path) -> None:
    lab = Lab(
        tmp_path, around=("sh", "-c", 'mkdir gone; cd gone; rmdir "$PWD"; exec "$1" "$2" "$3" lab run', "sh")
    )
    status, out, err = lab.run()
    assert (status, out) == (2, "")
    assert "a working folder that is gone" in err
    assert "--evidence" in err
    assert len(err.splitlines()) == 1


def test_no_place_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    from haproof.lab.binaries import find_binaries
    from haproof.lab.ground import prepared

    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(UsageError, match=r"no temporary folder can be made .*: set TMPDIR"):
        prepared(find_binaries(), lambda text: None).__enter__()


@pytest.mark.parametrize("script", ["true", "ip link set lo up; ip addr del 127.0.0.1/8 dev lo"])
def test_no_ipv4_loopback_is_said_at_once(tmp_path: Path, script: str) -> None:
    around = ("unshare", "--user", "--map-root-user", "--net", *shell(script))
    lab = Lab(tmp_path, slice_id="VAL13,VAL14", around=around)
    status, _, err = lab.run()
    if "unshare:" in err:
        pytest.skip(f"no network namespace here: {err.strip()}")
    assert status == 3, err
    assert err.count("no IPv4 loopback") == 2
    assert "Traceback" not in err


def test_no_proc(tmp_path: Path) -> None:
    around = ("unshare", "--user", "--map-root-user", "--mount", *shell("mount -t tmpfs none /proc"))
    lab = Lab(tmp_path, slice_id="VAL17", around=around)
    status, _, err = lab.run()
    if "unshare:" in err:
        pytest.skip(f"no mount namespace here: {err.strip()}")
    assert status == 0 or "PostgreSQL cannot be run without privileges" in err, err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_caller_without_a_passwd_entry(folder_for_everybody: Path) -> None:
    lab = Lab(
        folder_for_everybody,
        slice_id="VAL14",
        around=("setpriv", f"--reuid={NAMELESS_UID}", "--regid=0", "--clear-groups"),
        variables={"HOME": "/"} | interpreter_for_everybody(),
        interpreter=str(SYSTEM_PYTHON),
    )
    os.chown(lab.temporary, NAMELESS_UID, 0)
    lab.evidence.mkdir()
    os.chown(lab.evidence, NAMELESS_UID, 0)
    status, _, err = lab.run()
    assert status == 0, err
    assert "user namespace" in lab.report()["environment"]["settings"]["database_privileges"]


def interpreter_for_everybody() -> dict[str, str]:
    """Variables with which the system's Python finds haproof; the tests' own may lie in root's home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if SYSTEM_PYTHON.resolve().name != version:
        pytest.skip(f"{SYSTEM_PYTHON} is no {version}, and the tests' own may not be readable for others")
    paths = [path for path in sys.path if path.endswith(("site-packages", "/src"))]
    return {"PYTHONPATH": os.pathsep.join(paths)}
