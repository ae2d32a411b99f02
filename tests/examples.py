"""The evidence under `examples/`, which a lab really measured, and what its reports must be."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from haproof.api import assess, read_evidence
from haproof.cli.matrix import record
from haproof.core.instant import parse_instant
from haproof.evidence import PROOF_FOLDER, PROOF_STEM
from haproof.kinds.cluster.matrix import render as render_matrix
from haproof.kinds.cluster.sides import side_by_side
from haproof.render import FORMATS, render

ROOT = Path(__file__).parents[1]
EXCERPT = r"<!-- (examples/\S+\.txt) -->\n```text\n(.*?)```\n"
"""The README's report: the file that it is from, and the parts of it that are shown."""

BREAK = "\n…\n\n"
"""What stands between two parts."""

FOLDERS = sorted(path.parent for path in (ROOT / "examples").glob("*/val13"))
FORMS = ("text", "json", "html")

CLUSTERS = sorted(path.parent for path in (ROOT / "examples").glob("clusters-*/*/cluster"))
"""Clusters under the same faults, of one sitting."""

OF_CLUSTERS = ("text", "json")
MATRICES = {"text": "matrix.txt", "html": "matrix.html"}
"""They side by side, by format."""


def reports(folder: Path, forms: Sequence[str] = FORMS) -> dict[Path, bytes]:
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
    return {stem.with_suffix(f".{FORMATS[form][1]}"): render(report, form) for form in forms}


def matrices() -> dict[Path, bytes]:
    """The clusters side by side, made again from where the repository is."""
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        sides = side_by_side([(path, record(path)) for path in map(_relative, CLUSTERS)])
    finally:
        os.chdir(before)
    return {CLUSTERS[0].parent / name: render_matrix(sides, form) for form, name in MATRICES.items()}


def _relative(folder: Path) -> str:
    return str(folder.relative_to(ROOT))
