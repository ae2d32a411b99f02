"""What a person names when asked for a run: an evidence directory, judged now, or a JSON artifact."""

import os
from datetime import datetime

from haproof.core.artifact import parse_artifact
from haproof.core.assess import assess
from haproof.core.diff import proof_of
from haproof.core.figures import cut
from haproof.core.foreign import Artifact
from haproof.core.model import Options
from haproof.core.parse import Mismatch
from haproof.core.report import Report
from haproof.core.trust import NOBODY, Trusted
from haproof.errors import UsageError
from haproof.evidence import PROOF_STEM, read_artifact, read_evidence
from haproof.given import is_archive, meant_path
from haproof.kinds import HOUSE
from haproof.places import around, require_run

ARTIFACT = "a val26-proof-report.json"
NAME_ONE = "name an evidence directory, or such a file as it was written"


def read_run(path: str, generated_at: datetime, trusted: Trusted = NOBODY) -> Report | Artifact:
    """The judgement of one run. Raises UsageError, in one sentence, where `path` is neither kind, or where
    no slice report was read: a typing error must not look like a regression."""
    run: Report | Artifact
    if os.path.isdir(path):
        require_run(path, HOUSE)
        run = read_set(path, generated_at, trusted)
    else:
        run = _recorded(path)
    if not proof_of(run).evidence.files:
        raise UsageError(
            f"{cut(path)!r} holds no slice report at all, so there is nothing to compare: "
            "name the evidence directory of a lab run"
        )
    return run


def read_set(path: str, generated_at: datetime, trusted: Trusted = NOBODY) -> Report:
    """The judgement of an evidence directory, whatever it holds."""
    options = Options(trusted_keys=trusted.ids)
    return assess(read_evidence(path, HOUSE, trusted), HOUSE, generated_at, options)


def _recorded(path: str) -> Artifact:
    """A JSON artifact."""
    if not os.path.lexists(path):
        hint = meant_path(path) or f": name an evidence directory or {ARTIFACT}"
        raise UsageError(f"{cut(path)!r} does not exist{hint}")
    if is_archive(path):
        raise UsageError(
            f"{cut(path)!r} is an archive: unpack it first, then name the directory that it gives"
        )
    try:
        return parse_artifact(read_artifact(path), HOUSE)
    except Mismatch as fault:
        run = around(path, HOUSE) if os.path.basename(path) != f"{PROOF_STEM}.json" else None
        why = f"it belongs to the run {run!r}" if run else f"{fault}: {NAME_ONE}"
        raise UsageError(f"{cut(path)!r} is not {ARTIFACT}: {why}") from None
