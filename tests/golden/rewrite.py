"""Rewrite the golden files and the examples' reports: `cd tests && python -m golden.rewrite`."""

import os
import re
import shutil

from builders import NOON, write
from examples import BREAK, EXCERPT, FOLDERS, ROOT, reports
from golden.cases import ALL, CASES
from haproof.api import assess, read_evidence
from haproof.render import FORMATS, render

GOLDEN = ("text", "json")


def rewrite() -> None:
    """Write every case's evidence and reports; a case that is gone from the list goes."""
    shutil.rmtree(CASES, ignore_errors=True)
    for case in ALL:
        folder = CASES / case.__name__
        write(folder / "evidence", case())
        os.chdir(folder)
        report = assess(read_evidence("evidence"), NOON)
        for form in GOLDEN:
            (folder / f"expected.{FORMATS[form][1]}").write_bytes(render(report, form))
    for example in FOLDERS:
        for path, content in reports(example).items():
            path.write_bytes(content)
    rewrite_readme()


def rewrite_readme() -> None:
    """Take each part of the report that the README shows, by its first and last line, as it is now."""
    path = ROOT / "README.md"
    readme = path.read_text(encoding="utf-8")
    shown = re.search(EXCERPT, readme, re.DOTALL)
    assert shown
    report = (ROOT / shown[1]).read_text(encoding="utf-8").splitlines()
    parts = []
    words = [line.strip().removeprefix("… ") for line in report]
    for part in shown[2].split(BREAK):
        lines = [line.strip().removeprefix("… ") for line in part.strip("\n").splitlines()]
        first = words.index(lines[0])
        parts.append("\n".join(report[first : words.index(lines[-1], first) + 1]) + "\n")
    path.write_text(readme[: shown.start(2)] + BREAK.join(parts) + readme[shown.end(2) :], encoding="utf-8")


if __name__ == "__main__":
    rewrite()
