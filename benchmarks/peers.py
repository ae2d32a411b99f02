"""The HTML page and `verify`, side by side in one run with report tools that install from PyPI.

Equal work: five suites of ten passing checks. Each peer gets its native input, made beforehand (not timed).
Not equal, and said plainly: only pytest-html judges the checks; the others format verdicts that were made
before, and none checks its input, a time window or readiness. chaostoolkit-reporting needs pandoc and is left
out without it.

The peers are installed into `benchmarks/.peers`, pinned below.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import report as benchmark
import whole_process

PEERS = (
    "junit2html==31.1.4",
    "robotframework==7.5",
    "pytest==9.2.0",
    "pytest-html==4.2.0",
    "chaostoolkit==1.19.0",
    "chaostoolkit-reporting==0.18.0",
)
HOME = Path(__file__).parent / ".peers"
RUNS = 15
SUITES, CHECKS = 5, 10


def main() -> None:
    """Install the peers once, make their inputs, run all in turn."""
    peers = installed()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        commands = {"pass": [sys.executable, "-c", "pass"], **ours(work), **theirs(work, peers)}
        results = whole_process.in_turn(commands, RUNS)
        print(f"{RUNS} runs each, in turn; `pass` is this environment's bare interpreter")
        print(whole_process.table(results, "pass"))
        page = work / "evidence" / "val26" / "val26-proof-report.html"
        print(f"haproof's page: {page.stat().st_size:,} bytes")


def installed() -> set[str]:
    """Names of the peers that could be installed."""
    python = HOME / "bin" / "python"
    if not python.exists():
        venv.create(HOME, with_pip=True)
    done = set()
    for peer in PEERS:
        command = [str(python), "-m", "pip", "install", "--quiet", peer]
        if subprocess.run(command, check=False, capture_output=True).returncode == 0:
            done.add(peer.partition("==")[0])
        else:
            print(f"left out: {peer} could not be installed")
    return done


def ours(work: Path) -> dict[str, list[str]]:
    """The page with all charts, and the verification of a directory with its page."""
    evidence = work / "evidence"
    shutil.copytree(benchmark.newest_example(), evidence)
    haproof = str(Path(sys.executable).with_name("haproof"))
    page = [haproof, "report", str(evidence), "--write", "html"]
    return {
        "haproof report": [haproof, "report", str(evidence), "--output-dir", str(work / "text")],
        "haproof html": page,
        "haproof pdf": [
            haproof,
            "report",
            str(evidence),
            "--write",
            "pdf",
            "--output-dir",
            str(work / "pdf"),
        ],
        "haproof verify": [haproof, "verify", str(evidence), "--unsigned"],
    }


def theirs(work: Path, peers: set[str]) -> dict[str, list[str]]:
    """Each peer's command on its native input."""
    bin_ = HOME / "bin"
    commands: dict[str, list[str]] = {"peers' pass": [str(bin_ / "python"), "-c", "pass"]}
    if "junit2html" in peers:
        commands["junit2html"] = [str(bin_ / "junit2html"), str(junit(work)), str(work / "junit.html")]
    if "robotframework" in peers:
        outputs = robot_outputs(work, bin_)
        options = ["--output", "NONE", "--outputdir", str(work / "rebot")]
        commands["rebot"] = [str(bin_ / "rebot"), *options, *outputs]
    if "pytest-html" in peers:
        page = f"--html={work / 'pytest.html'}"
        options = ["-q", "-p", "no:cacheprovider", "--self-contained-html", page]
        commands["pytest-html"] = [str(bin_ / "pytest"), *options, str(pytest_file(work))]
    if "chaostoolkit-reporting" in peers and shutil.which("pandoc"):
        journal = str(chaos_journal(work))
        chaos = str(bin_ / "chaos")
        commands["chaos report"] = [
            chaos,
            "report",
            "--export-format=html5",
            journal,
            str(work / "chaos.html"),
        ]
    return commands


def junit(work: Path) -> Path:
    """One merged JUnit file."""
    cases = "".join(
        f'<testsuite name="S{s}" tests="{CHECKS}" failures="0" errors="0" skipped="0" time="1">'
        + "".join(f'<testcase classname="S{s}" name="check {c}" time="0.1"/>' for c in range(CHECKS))
        + "</testsuite>"
        for s in range(SUITES)
    )
    path = work / "junit.xml"
    path.write_text(f"<testsuites>{cases}</testsuites>")
    return path


def robot_outputs(work: Path, bin_: Path) -> list[str]:
    """Five output.xml files, made by running five suites."""
    outputs = []
    for suite in range(SUITES):
        source = work / f"s{suite}.robot"
        tests = "".join(f"Check {c}\n    Should Be Equal    1    1\n" for c in range(CHECKS))
        source.write_text(f"*** Test Cases ***\n{tests}")
        folder = work / f"robot{suite}"
        command = [str(bin_ / "robot"), "--report", "NONE", "--log", "NONE", "--outputdir", str(folder)]
        subprocess.run([*command, str(source)], check=True, capture_output=True)
        outputs.append(str(folder / "output.xml"))
    return outputs


def pytest_file(work: Path) -> Path:
    """Fifty parametrised tests."""
    path = work / "test_checks.py"
    path.write_text(
        "import pytest\n\n"
        f"@pytest.mark.parametrize('suite', range({SUITES}))\n"
        f"@pytest.mark.parametrize('check', range({CHECKS}))\n"
        "def test_check(suite, check):\n    assert 342 <= 5000\n"
    )
    return path


def chaos_journal(work: Path) -> Path:
    """One journal with fifty activities."""
    activity = {
        "activity": {"type": "probe", "name": "check", "provider": {"type": "python"}},
        "output": True,
        "status": "succeeded",
        "start": "2026-03-23T10:00:00.000000",
        "end": "2026-03-23T10:00:01.000000",
        "duration": 1.0,
    }
    steady = {"steady_state_met": True, "probes": [activity]}
    path = work / "journal.json"
    path.write_text(
        json.dumps(
            {
                "chaoslib-version": "1.0.0",
                "platform": "Linux",
                "node": "node",
                "experiment": {"title": "t", "description": "d", "method": [], "tags": []},
                "start": "2026-03-23T10:00:00.000000",
                "end": "2026-03-23T10:10:00.000000",
                "status": "completed",
                "deviated": False,
                "steady_states": {"before": steady, "after": steady},
                "run": [activity] * (SUITES * CHECKS),
                "rollbacks": [],
                "duration": 600.0,
            }
        )
    )
    return path


if __name__ == "__main__":
    main()
