"""What every document opens with: whose system this is, the verdict, why, and what it is based on."""

from datetime import timedelta

from msgspec import Struct

from haproof.core.figures import cut
from haproof.core.headline import Headline, headline
from haproof.core.instant import parse_instant
from haproof.core.levels import DESIGN_PARTNER_MEANING
from haproof.core.model import Report, TopologyRow
from haproof.core.platform import NOT_RECORDED
from haproof.core.window import in_words, spoken
from haproof.render.document.wording import NO_BREAK, counted

TITLE = "VAL26 HA Proof Report"

LONGEST_NAME = 90
"""Characters of the system's name in titles; what was tested is told in full in its own section."""

NOT_PROVED = "What this does not prove"
"""The section that the text report calls Risks and Open Gaps."""

AGE = "Evidence age when judged"


class Instant(Struct, frozen=True):
    """A time for people, with the exact one of the evidence."""

    words: str
    exact: str


class Fact(Struct, frozen=True, kw_only=True):
    """One thing that the verdict is based on: a short answer, and lines that qualify it."""

    label: str
    answer: str
    below: tuple[str | Instant, ...] = ()


class Overview(Struct, frozen=True, kw_only=True):
    """The first screen and the cover. `tone` is `pass`, `fail` (the evidence says no) or `warn` (it cannot
    tell); `verdict` is in two parts, the words and the ids behind them.
    """

    system: str
    tone: str
    words: str
    ids: str
    lead: str
    title: str
    description: str
    facts: tuple[Fact, ...]


def overview(report: Report) -> Overview:
    """All of it, from the judgement alone."""
    proof, known = report.proof, headline(report)
    words, bracket, ids = proof.verdict.partition(" (")
    tone = "pass" if report.ready else "fail" if report.says_no else "warn"
    name = known.system if known.system != NOT_RECORDED else "System not recorded"
    name = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
    return Overview(
        system=name,
        tone=tone,
        words=words,
        ids=f"{bracket}{ids}".strip(),
        lead=_lead(tone),
        title=f"{name}: {words} — {TITLE}",
        description=f"{TITLE} of {name}, judged {proof.generated_at}: {cut(proof.verdict)}",
        facts=(_tested_on(known), _recorded(report), _age(known), _checks(report), *_trials(known)),
    )


def _lead(tone: str) -> str:
    """The sentence under the verdict; where it is not ready, the reasons follow."""
    if tone == "pass":
        meaning = DESIGN_PARTNER_MEANING.replace("Risks and Open Gaps", f"“{NOT_PROVED}”")
        return f"All ten checks pass: {meaning}."
    if tone == "fail":
        return "Not ready because:"
    return "Inconclusive: no check fails, but evidence is missing, too old or not of one run:"


def _tested_on(known: Headline) -> Fact:
    """The kind of machine, and what its figures do not stand for."""
    return Fact(label="Tested on", answer=_short(known.machine), below=(_short(known.scope),))


def _recorded(report: Report) -> Fact:
    """When, and whether that is one run."""
    window = report.proof.evidence.window
    if window.earliest is None or window.latest is None:
        return Fact(label="Recorded", answer="no timestamps")
    first, last = parse_instant(window.earliest), parse_instant(window.latest)
    same = f"{first:%Y-%m-%d %H:%M}" == f"{last:%Y-%m-%d %H:%M}"
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    when = f"{first:%Y-%m-%d %H:%M}" + ("" if same else f" to {until}") + f"{NO_BREAK}UTC"
    return Fact(label="Recorded", answer=when, below=(window_words(report),))


def window_words(report: Report) -> str:
    """Whether the reports are of one run: `All reports within the 6-hour window, 52 s apart`."""
    window = report.proof.evidence.window
    if not window.coherent or window.span_seconds is None:
        return f"Not coherent: {in_words(window)}"
    hours = window.limit_seconds // 3600
    span = spoken(timedelta(seconds=window.span_seconds), timedelta(seconds=window.limit_seconds))
    return f"All reports within the {hours}-hour window, {span} apart"


def topology(report: Report) -> tuple[TopologyRow, ...]:
    """What was tested, with the window in the words of this document."""
    return tuple(
        TopologyRow(row.label, (window_words(report),)) if row.label == "Evidence" else row
        for row in report.topology
    )


def _age(known: Headline) -> Fact:
    """How old the latest evidence was when it was judged; no page can know how old it is when it is read."""
    judged = _instant("judged ", known.judged_at)
    if known.age is None or known.evidence_of is None:
        return Fact(label=AGE, answer="no timestamps", below=(judged,))
    return Fact(label=AGE, answer=known.age, below=(judged, _instant("latest report ", known.evidence_of)))


def _instant(words: str, instant: str) -> Instant:
    """An instant to the second; the files state it to the last digit."""
    shown = parse_instant(instant).replace(microsecond=0)
    return Instant(f"{words}{shown:%Y-%m-%d %H:%M:%S}{NO_BREAK}UTC", instant)


def _checks(report: Report) -> Fact:
    proof = report.proof
    states = [row.status for row in proof.slices]
    missing = states.count("MISSING")
    said = f"{states.count('PASS')} of {counted(len(states), 'slice')} pass, {missing} missing"
    return Fact(label="Checks", answer=f"{proof.summary.passed} of {len(proof.checks)} pass", below=(said,))


def _trials(known: Headline) -> tuple[Fact, ...]:
    """How often each claim was tried; nothing where no slice was found."""
    if not known.basis:
        return ()
    tried = known.trials.replace(" × ", f"{NO_BREAK}×{NO_BREAK}")
    return (Fact(label="Trials", answer=known.basis, below=(tried,) if tried else ()),)


def _short(words: str) -> str:
    """A producer's words at a length that leaves room for the rest."""
    return words if len(words) <= LONGEST_NAME else f"{words[:LONGEST_NAME]}…"
