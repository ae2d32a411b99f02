"""The evidence under `examples/`, which a lab really measured, and what its reports must be."""

import json
import os
from pathlib import Path

from haproof.api import assess, read_evidence
from haproof.core.instant import parse_instant
from haproof.evidence import PROOF_FOLDER, PROOF_STEM
from haproof.render import FORMATS, render

ROOT = Path(__file__).parents[1]
EXCERPT = r"<!-- (examples/\S+\.txt) -->\n```text\n(.*?)```\n"
"""The README's report: the file that it is from, and the parts of it that are shown."""

BREAK = "\n…\n\n"
"""What stands between two parts."""

FOLDERS = sorted(path.parent for path in (ROOT / "examples").glob("*/val13"))
FORMS = ("text", "json", "html")


def reports(folder: Path) -> dict[Path, bytes]:
    """Each report file of an example, made again for the path and the time that its artifact records."""
    stem = folder / PROOF_FOLDER / PROOF_STEM
    recorded = json.loads(stem.with_suffix(".json").read_bytes())
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        evidence = read_evidence(recorded["evidence_dir"])
    finally:
        os.chdir(before)
    report = assess(evidence, parse_instant(recorded["generated_at"]))
    return {stem.with_suffix(f".{FORMATS[form][1]}"): render(report, form) for form in FORMS}
