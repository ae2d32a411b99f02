"""Make an example of a run's CLUSTER and RECOVERY evidence: `pack-example.py [--without-history] RUN TARGET`.

What a figure stands on stays: the report, the journal, and the whole history, packed (xz), but where that is
too large for an example. Logs go, and histories of trials that did not count; the report's list of raw files
says what is there. Nothing else of the report changes.
"""

import hashlib
import json
import lzma
import sys
from pathlib import Path
from typing import Any

FOLDERS = ("cluster", "recovery")
HISTORIES = ("operations.jsonl", "writes.jsonl")
KEPT = ("journal.jsonl",)
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6, "pb": 0}]


def main(run: Path, target: Path, with_history: bool) -> int:
    """Pack every kind of evidence that is there; 2 where there is none."""
    folders = [name for name in FOLDERS if (run / name / f"{name}-report.json").exists()]
    for name in folders:
        pack(run / name, target / name, (*KEPT, *HISTORIES) if with_history else KEPT)
    if not folders:
        sys.stderr.write(f"pack-example: {run} holds no report of CLUSTER or RECOVERY\n")
        return 2
    return 0


def pack(source: Path, target: Path, kept: tuple[str, ...]) -> None:
    """One kind's folder."""
    target.mkdir(parents=True)
    report: dict[str, Any] = json.loads((source / f"{source.name}-report.json").read_bytes())
    listed = {one["path"]: one for one in report["artifacts"]}
    artifacts = []
    for name in kept:
        if name not in listed:
            continue
        content = (source / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != listed[name]["sha256"]:
            raise SystemExit(f"pack-example: {source / name} is not as the report lists it")
        if name in HISTORIES:
            name, content = f"{name}.xz", lzma.compress(content, format=lzma.FORMAT_XZ, filters=FILTERS)
        (target / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        artifacts.append({"path": name, "sha256": digest, "bytes": len(content)})
    report["artifacts"] = artifacts
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    (target / f"{source.name}-report.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    options = {argument for argument in sys.argv[1:] if argument.startswith("-")}
    folders = [Path(argument) for argument in sys.argv[1:] if argument not in options]
    if len(folders) != 2 or not options <= {"--without-history"}:
        sys.exit("usage: pack-example.py [--without-history] RUN TARGET")
    sys.exit(main(*folders, with_history=not options))
