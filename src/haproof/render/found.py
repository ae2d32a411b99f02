"""What was found for one check of a slice, in one line."""

from haproof.core.checks.matrix import why_failed
from haproof.core.figures import separated, shown
from haproof.core.findings import Finding
from haproof.core.model import CheckResult


def found(entry: CheckResult) -> str:
    """The figures that a passed check was held against; why it did not pass; or that it is as reported."""
    if not entry.passed:
        return why_failed(entry).removeprefix(f"{entry.check.id}: ")
    return "; ".join(map(_held, entry.findings)) or "as reported, no figures given"


def _held(finding: Finding) -> str:
    """A figure beside its limit, where it has one."""
    if finding.op in (None, "="):
        return f"{finding.name} = {shown(finding.value)}"
    return f"{finding.name} {shown(finding.value, finding.limit)} {finding.op} {separated(finding.limit)}"
