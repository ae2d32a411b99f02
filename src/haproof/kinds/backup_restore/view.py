"""How VAL15 is shown: its lines of the text report, its chart."""

from haproof.core.figures import separated
from haproof.core.model import SliceResult
from haproof.core.platform import Platform
from haproof.core.report import Report
from haproof.render.document.plain.figures import Metrics, both, held
from haproof.render.document.plain.lines import Labelled, Lines
from haproof.render.views import View, late


def heading(words: Platform) -> str:
    """The title of its section."""
    return "Backup/Restore Results (VAL15)"


def lines(report: Report, result: SliceResult, m: Metrics) -> Lines:
    """Its figures in the text report."""
    width = 22
    yield Labelled("Backup duration:", width, held(m["backup_ms"], " ms"))
    yield Labelled("Restore duration:", width, held(m["restore_ms"], " ms"))
    checksum = both(m["checksum_cli"], m["checksum_file"])
    yield Labelled("SHA-256 checksum:", width, f"{checksum} (CLI checksum == file hash)")
    restored = both(m["row_counts_match"], m["payload_match"])
    yield Labelled("Restore correctness:", width, f"{restored} (row counts + payload spot-values)")
    if "archive_rows_match" in m:
        yield Labelled(
            "Archive alone:", width, f"{m['archive_rows_match'].status} (restored apart by the lab)"
        )
    sizes = [
        f"{separated(size.value)} {word}"
        for name, word in (("rows", "rows"), ("backup_bytes", "bytes in the archive"))
        if name in m and isinstance((size := m[name]).value, int)
    ]
    if sizes:
        yield Labelled("Size:", width, ", ".join(sizes))


VIEW = View(
    title="Backup and restore",
    proves="Backup timing, SHA-256 integrity, restore correctness (row counts and payload)",
    heading=heading,
    lines=lines,
    drawn=(late("haproof.kinds.backup_restore.charts", "durations"),),
)
