"""How strong each claim is, one claim per line; the artifact has the same in sentences."""

from haproof.core.report import Report
from haproof.core.strength import ASSUMPTION, STRONGER, Strength, percent, within
from haproof.render.document.plain.lines import Lines, Prose

CLAIM, PASSED, BOUND, MORE = 35, 18, 9, 10
"""Columns: check and claim, how many trials passed, the bound, trials missing for each stronger bound."""


def bearing(report: Report) -> Lines:
    """A table of the claims that were tried several times."""
    entries = report.strength
    yield Prose(f"{ASSUMPTION[0].upper()}{ASSUMPTION[1:]}:", 5)
    several = [entry for entry in entries if not entry.single]
    if any(_bounded(entry) for entry in several):
        missing = "".join(f"{f'for {percent(share)}':>{MORE}}" for share in STRONGER)
        yield Prose(f"{'Claim':<{CLAIM}}{'Passed':<{PASSED}}{'Fails in':>{BOUND}}{missing}", 5)
    for entry in several:
        yield from _claim(entry)
    if any(_bounded(entry) for entry in several):
        shares = ", or ".join(percent(share) for share in STRONGER)
        yield Prose(f"+N: with N more passing trials it fails in fewer than {shares}, of cases", 5)


def _claim(entry: Strength) -> Lines:
    """One claim: its bound in columns, or the sentence that says why there is none."""
    name = f"{f'{entry.check} {entry.claim}':<{CLAIM}}"
    if not _bounded(entry):
        yield Prose(f"{name}{entry.sentence}", 5, hang=CLAIM)
        return
    clean = f"{entry.clean} of {entry.trials} {entry.word}"
    bound = f"< {percent(entry.fails_below or 1)}"
    missing = "".join(f"{f'+{count}' if count else 'reached':>{MORE}}" for _, count in entry.more)
    yield Prose(f"{name}{clean:<{PASSED}}{bound:>{BOUND}}{missing}", 5, hang=CLAIM)
    if entry.quantiles:
        yield Prose(f"{' ' * CLAIM}{', '.join(within(entry.quantiles))}", 5, hang=CLAIM)


def _bounded(entry: Strength) -> bool:
    """Whether every trial passed under a check that passes, so that the columns say all of it."""
    return entry.clean == entry.trials and entry.fails_below is not None
