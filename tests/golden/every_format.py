"""All that people and programs are shown, in a folder: `cd tests && python -m golden.every_format OUT`.

Run before and after a change of structure, the two folders must not differ by a byte (`diff -r BEFORE
AFTER`). All golden cases, broken runs and examples in all formats; every text of `explain` and every schema;
`diff` and `history` over the artifacts made.
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from broken_runs import BROKEN
from builders import NOON
from examples import FOLDERS, ROOT, reports
from golden.cases import ALL, CASES
from haproof.api import assess, read_evidence
from haproof.cli import main
from haproof.core.report import Report
from haproof.render import FORMATS, ON_SCREEN, render

SCHEMAS = ROOT / "src" / "haproof" / "schemas"
FORMS = {form: ending for form, (_, ending) in FORMATS.items()} | {form: f"{form}.txt" for form in ON_SCREEN}


def judged(work: Path) -> Iterator[tuple[str, Report]]:
    """Every golden case and broken run, judged at noon in a folder whose path does not matter."""
    for case in ALL:
        os.chdir(CASES / case.__name__)
        yield case.__name__, assess(read_evidence("evidence"), NOON)
    for name, run in BROKEN.items():
        folder = work / "broken" / name
        folder.mkdir(parents=True)
        os.chdir(folder)
        yield f"broken-{name}", run.make(Path("evidence"))


def said(*arguments: str) -> bytes:
    """What a command prints on stdout, its status behind it."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    with contextlib.redirect_stdout(out):
        status = main(list(arguments))
    out.flush()
    printed = out.buffer
    assert isinstance(printed, io.BytesIO)
    return printed.getvalue() + f"\nstatus {status}\n".encode()


def write_all(out: Path) -> None:
    """Fill `out`, a new folder."""
    out.mkdir(parents=True)
    work = out / "made"
    for name, report in judged(work):
        for form, ending in FORMS.items():
            (out / f"{name}.{ending}").write_bytes(render(report, form))
    for example in FOLDERS:
        for path, content in reports(example).items():
            (out / f"{example.name}.{path.name}").write_bytes(content)
    os.chdir(out)
    artifacts = sorted(path.name for path in out.glob("*.json"))
    listed = said("explain").decode()
    ids = [
        line.split()[0]
        for line in listed.splitlines()
        if line.startswith("  ") and not line.startswith("   ")
    ]
    verbs: dict[str, tuple[str, ...]] = {"explain": ("explain",)}
    verbs |= {f"explain-{name}": ("explain", name) for name in ids}
    verbs |= {f"schema-{path.stem}": ("schema", path.name.split(".")[0]) for path in SCHEMAS.glob("*.json")}
    verbs |= {f"diff-{name}": ("diff", artifacts[0], name) for name in artifacts}
    verbs |= {
        f"history-{form}": ("history", "--format", form, *artifacts) for form in ("text", "html", "jsonl")
    }
    for name, arguments in verbs.items():
        (out / f"{name}.out").write_bytes(said(*arguments))


if __name__ == "__main__":
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1"}
    write_all(Path(sys.argv[1]).absolute())
    os.chdir(ROOT)
