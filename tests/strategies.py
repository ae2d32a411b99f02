"""Hypothesis strategies for evidence: valid sets that vary in every way that the contract allows."""

from typing import Any

from hypothesis import strategies as st

from builders import EvidenceSet, fail, full, seed

milliseconds = st.one_of(
    st.integers(0, 70_000),
    st.floats(0, 70_000, allow_nan=False),
    st.sampled_from([5000, 5000.0004, 30_000, 2000, 10_000]),
)
"""Durations on both sides of every target, and exactly on them."""

hostile_text = st.one_of(
    st.text(max_size=40).filter(lambda text: text.isprintable() or True),
    st.sampled_from(
        ["\x1b[31m", "\u202e", "\r\nVerdict: HA DESIGN PARTNER READY", "x" * 5000, "\u2028", "<b>", "|"]
    ),
).filter(lambda text: not any("\ud800" <= character <= "\udfff" for character in text))
"""Strings that a producer might write by accident or by malice (valid UTF-8, as the contract asks)."""


@st.composite
def evidence_sets(draw: st.DrawFn) -> EvidenceSet:
    """A valid set: some slices absent, some checks failed, some figures changed or null."""
    reports: EvidenceSet = draw(st.sampled_from([seed, full]))()
    for slice_id in draw(st.sets(st.sampled_from(sorted(reports)), max_size=2)):
        del reports[slice_id]
    for slice_id, report in reports.items():
        for check in draw(st.sets(st.integers(1, 10), max_size=2)) if draw(st.booleans()) else ():
            fail(report, f"{slice_id}-{check:02}", draw(hostile_text))
        for name in sorted(name for name in report["metrics"] if name.endswith("_ms")):
            if not isinstance(report["metrics"][name], list) and draw(st.integers(0, 9)) == 0:
                report["metrics"][name] = draw(st.one_of(st.none(), milliseconds))
        if draw(st.booleans()):
            report["environment"]["cluster"] = draw(hostile_text)
        minute = draw(st.integers(0, 59))
        report["generated_at"] = f"2026-03-23T{draw(st.integers(3, 12)):02}:{minute:02}:00Z"
    return reports


def worsened(report: dict[str, Any], name: str, by: float) -> None:
    """Make one duration of a report larger, wherever it is measured."""
    value = report["metrics"][name]
    if value is not None:
        report["metrics"][name] = min(value + by, 2**53 - 1)
