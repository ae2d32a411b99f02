"""Known gaps and findings of this run, and where what they sum up is listed."""

from haproof.core.model import Report, Risk
from haproof.core.strength import TITLE

LISTED = {
    "RUN-STRENGTH": "What the trials of each claim support: ",
    "RUN-SINGLE": "Listed once, under ",
}
"""Findings that sum up the section on strength: what is said in place of all of it."""


def gaps(report: Report) -> list[Risk]:
    """What the slices do not cover, whatever they say."""
    return [risk for risk in report.proof.risks if risk.id.startswith("GAP-")]


def findings(report: Report) -> list[Risk]:
    """What this run adds."""
    return [risk for risk in report.proof.risks if not risk.id.startswith("GAP-")]


def risk_words(risk: Risk) -> tuple[str, str]:
    """Why it matters, and the title of the section that lists what it sums up; empty where there is none."""
    if risk.id in LISTED:
        return LISTED[risk.id], TITLE
    return risk.detail, ""
