"""What was found for one check of a slice, in one line."""

from haproof.core.matrix import why_failed
from haproof.core.model import CheckResult


def found(entry: CheckResult) -> str:
    """The figures that a passed check was held against; why it did not pass; or that it is as reported."""
    if not entry.passed:
        return why_failed(entry).removeprefix(f"{entry.check.id}: ")
    return "; ".join(finding.held for finding in entry.findings) or "as reported, no figures given"
