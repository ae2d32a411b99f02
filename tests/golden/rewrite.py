"""Rewrite the golden files and the examples' reports: `cd tests && python -m golden.rewrite`."""

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from builders import NOON, write
from every_evidence import put_everything
from examples import BREAK, CLUSTERS, EXCERPT, FOLDERS, OF_CLUSTERS, ROOT, matrices, reports
from golden.cases import ALL, CASES
from haproof.api import assess, read_evidence
from haproof.core.model import Options
from haproof.render import FORMATS, render
from statements import ISSUER, trust

GOLDEN = ("text", "json")

CLAIMED = CASES.parent / "claimed"
"""HA PUBLIC PRODUCTION CLAIM, as it is reported."""


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
    for form, content in claimed().items():
        CLAIMED.mkdir(exist_ok=True)
        (CLAIMED / f"expected.{FORMATS[form][1]}").write_bytes(content)
    for example in FOLDERS:
        for path, content in reports(example).items():
            path.write_bytes(content)
    for cluster in CLUSTERS:
        for path, content in reports(cluster, OF_CLUSTERS).items():
            path.write_bytes(content)
    for path, content in matrices().items():
        path.write_bytes(content)
    rewrite_readme()


def claimed() -> dict[str, bytes]:
    """The report of all evidence that the highest level asks for, made where it is read."""
    trusted = trust(ISSUER)
    with TemporaryDirectory() as folder:
        put_everything(Path(folder) / "evidence")
        os.chdir(folder)
        evidence = read_evidence("evidence", trusted=trusted)
        report = assess(evidence, NOON, Options(trusted_keys=trusted.ids))
        os.chdir(CASES)
    return {form: render(report, form) for form in GOLDEN}


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
