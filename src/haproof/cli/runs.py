"""What a person names when asked for a run: an evidence directory, judged now, or a JSON artifact."""

import os
from datetime import datetime

from haproof.core.artifact import parse_proof
from haproof.core.assess import assess
from haproof.core.figures import cut
from haproof.core.model import Proof, Report
from haproof.core.parse import Mismatch
from haproof.errors import UsageError
from haproof.evidence import read_artifact, read_evidence

ARTIFACT = "a val26-proof-report.json"


def read_run(path: str, generated_at: datetime) -> Report | Proof:
    """The judgement of one run. Raises UsageError, in one sentence, where `path` is neither kind."""
    if os.path.isdir(path):
        return assess(read_evidence(path), generated_at)
    if not os.path.lexists(path):
        raise UsageError(f"{cut(path)!r} does not exist: name an evidence directory or {ARTIFACT}")
    try:
        return parse_proof(read_artifact(path))
    except Mismatch as fault:
        raise UsageError(f"{cut(path)!r} is not {ARTIFACT}: {fault}") from None
