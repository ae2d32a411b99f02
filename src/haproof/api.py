"""The public functions that judge, by what this program knows unless another house is given."""

from datetime import datetime

from haproof import evidence
from haproof.core import assess as judging
from haproof.core import diff
from haproof.core.comparison import Comparison
from haproof.core.drift import TOLERANCE_PERCENT
from haproof.core.foreign import Artifact
from haproof.core.house import House
from haproof.core.model import NO_OPTIONS, Options, Proof
from haproof.core.report import Report
from haproof.core.source import Evidence
from haproof.core.trust import NOBODY, Trusted
from haproof.kinds import HOUSE


def read_evidence(directory: str, house: House = HOUSE, trusted: Trusted = NOBODY) -> Evidence:
    """Read an evidence directory. `trusted` says whose signed statements are looked up
    (`haproof.attest.trust.trusted`); they count where the options name these keys, too. Raises UsageError
    where it is none."""
    return evidence.read_evidence(directory, house, trusted)


def assess(
    found: Evidence, generated_at: datetime, options: Options = NO_OPTIONS, house: House = HOUSE
) -> Report:
    """Judge evidence as of a time, which must be aware."""
    return judging.assess(found, house, generated_at, options)


def compare(
    before: Report | Proof | Artifact,
    after: Report | Proof | Artifact,
    tolerance_percent: float = TOLERANCE_PERCENT,
    house: House = HOUSE,
) -> Comparison:
    """What changed from one run to the other."""
    return diff.compare(before, after, house, tolerance_percent)
