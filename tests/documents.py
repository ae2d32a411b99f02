"""The commands of README and docs, and a clone of this project to run them in as a newcomer would."""

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
USUAL_PATH = "/usr/local/bin:/usr/bin:/bin"

LANGUAGES = {"console": "bash", "sh": "bash", "python": "python"}
"""Languages of the blocks that are run, and what runs them."""

_BLOCK = re.compile(r"(?:^<!-- ([^\n]*) -->\n)?^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_STATUS = re.compile(r"#.*\bstatus (\d+)")


class Command(NamedTuple):
    """One command, as it is written there. `mark` is what the comment before its block says."""

    page: str
    language: str
    mark: str
    script: str
    status: int
    output: tuple[str, ...] = ()

    @property
    def takes_long(self) -> bool:
        """Whether it runs in the lab's group."""
        return self.mark == "takes long"

    @property
    def recipe(self) -> bool:
        """Whether it is a step of the recipe for a kind, which changes the tree."""
        return self.mark == "the recipe"

    @property
    def left_out(self) -> bool:
        """Whether no test can run it."""
        return self.mark.startswith("not run by the tests: ")


def commands(page: Path) -> list[Command]:
    """Every command of a page, in order; a script or a program is one."""
    found = []
    name = str(page.relative_to(ROOT))
    for mark, language, content in _BLOCK.findall(page.read_text("utf-8")):
        if language == "console":
            found += [Command(name, language, mark, *parts) for parts in _typed(content)]
        elif language in LANGUAGES:
            found.append(Command(name, language, mark, content, 0))
    return found


def _typed(content: str) -> list[tuple[str, int, tuple[str, ...]]]:
    """What is typed after each `$ `, the status that its comment names, and what is shown to come."""
    parts: list[list[str]] = []
    shown: list[list[str]] = []
    for line in content.splitlines():
        if line.startswith("$ "):
            parts.append([line[2:]])
            shown.append([])
        elif parts[-1][-1].endswith("\\"):
            parts[-1].append(line)
        else:
            shown[-1].append(line)
    scripts = ["\n".join(lines) for lines in parts]
    statuses = [int(said[1]) if (said := _STATUS.search(script)) else 0 for script in scripts]
    return list(zip(scripts, statuses, map(tuple, shown), strict=True))


class Clone:
    """A fresh clone of the working tree, with an environment that looks like the one of scripts/setup.sh."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "haproof"
        self.home = folder / "home"
        self.home.mkdir()
        self._copy()
        self._environment()

    def _git(self, *arguments: str, folder: Path | None = None) -> str:
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
        run = subprocess.run(
            ["git", *identity, *arguments],
            cwd=folder or self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return run.stdout

    def _copy(self) -> None:
        """What a commit of the working tree would hold."""
        listed = self._git("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.folder / name)
        self._git("init", "-q")
        self._git("add", "-A")
        self._git("commit", "-q", "-m", "as it is")

    def _environment(self) -> None:
        """The packages of the environment that runs the tests, and the sources of the clone before them."""
        venv = self.folder / ".venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=60)
        packages = next(venv.glob("lib/python*/site-packages"))
        (packages / "clone.pth").write_text(f"{self.folder / 'src'}\n{sysconfig.get_paths()['purelib']}\n")
        command = venv / "bin" / "haproof"
        command.write_text(f"#!{venv}/bin/python\nfrom haproof.cli import console\nconsole()\n")
        command.chmod(0o755)
        setup = (self.folder / "scripts" / "setup.sh").read_text("utf-8")
        wanted = next(line for line in setup.splitlines() if line.startswith("wanted()"))
        self.run(f"{wanted}\nwanted > .venv/.haproof-setup")

    def run(self, script: str, path: str = USUAL_PATH) -> subprocess.CompletedProcess[str]:
        """A script of bash in the clone, in an environment that holds HOME and PATH."""
        return subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env={"HOME": str(self.home), "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    def status(self) -> str:
        """What `git status` finds changed or added."""
        return self._git("status", "--porcelain")


class Ended(NamedTuple):
    """How a command of a session ended."""

    command: Command
    status: int
    out: str
    err: str


def session(clone: Clone, todo: list[Command], folder: Path, before: str = "") -> list[Ended]:
    """Type the commands one after the other into one shell; what one leaves behind is there for the next."""
    folder.mkdir()
    lines = [before]
    for number, command in enumerate(todo):
        place = folder / str(number)
        if command.language == "console":
            place.write_text(command.script + "\n")
            call = f". '{place}'"
        else:
            place.write_text(command.script)
            call = f"{LANGUAGES[command.language]} '{place}'"
        lines.append(f"{call} > '{place}.out' 2> '{place}.err' < /dev/null; echo $? > '{place}.status'")
    clone.run("\n".join(lines))
    return [
        Ended(
            command,
            int((folder / f"{number}.status").read_text()),
            (folder / f"{number}.out").read_text("utf-8"),
            (folder / f"{number}.err").read_text("utf-8"),
        )
        for number, command in enumerate(todo)
    ]
