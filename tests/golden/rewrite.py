"""Rewrite the golden files and the examples' reports: `cd tests && python -m golden.rewrite`."""

import os
import shutil

from builders import NOON, write
from examples import FOLDERS, reports
from golden.cases import ALL, CASES
from haproof.core.assess import assess
from haproof.evidence import read_evidence
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


if __name__ == "__main__":
    rewrite()
