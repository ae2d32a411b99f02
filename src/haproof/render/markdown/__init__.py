"""The report as Markdown that fits a comment on a pull request: verdict first, details folded.

GitHub refuses a comment of more than 65,536 characters. What a reader needs for the verdict always fits; of
the folded sections those that do not are left out, and the last line says which.
"""

from haproof.core.model import Report
from haproof.render.markdown import details, overview

LIMIT_BYTES = 65_536
"""The longest comment. Counted in bytes of UTF-8, which are at least as many as characters."""

FOOTER_BYTES = 3_000
"""Kept free for the last lines."""


def render(report: Report) -> bytes:
    """The comment in UTF-8: the same bytes for the same report."""
    blocks = [block for section in overview.SECTIONS if (block := section(report))]
    used = sum(len(block.encode()) + 2 for block in blocks)
    left_out = []
    for name, section in details.SECTIONS:
        block = section(report)
        size = len(block.encode()) + 2
        if not block:
            continue
        if used + size > LIMIT_BYTES - FOOTER_BYTES:
            left_out.append(name)
        else:
            used += size
            blocks.append(block)
    blocks.append(overview.footer(report, left_out))
    return ("\n\n".join(blocks) + "\n").encode("utf-8")
