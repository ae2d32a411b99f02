"""What every document opens with: whose system this is, the verdict, why, and what it is based on."""

from collections.abc import Set
from datetime import timedelta

from haproof.core import model
from haproof.core.headline import Headline, headline
from haproof.core.instant import parse_instant
from haproof.core.platform import NOT_RECORDED
from haproof.core.report import Report
from haproof.core.topology import TopologyRow
from haproof.core.window import in_words, spoken
from haproof.render.document.blocks import Code, Fact, Instant, Reason, Tone, Words
from haproof.render.document.states import state
from haproof.render.document.whole import Opening
from haproof.render.document.wording import NO_BREAK, counted, spelled

TITLE = "VAL26 HA Proof Report"

LONGEST_NAME = 90
"""Characters of the system's name in titles; what was tested is told in full in its own section."""

NOT_PROVED = "What this does not prove"
"""The section that the text report calls Risks and Open Gaps."""

AGE = "Evidence age when judged"


REASONS = {
    "contradiction": "CONTRADICTION",
    "loss": "DATA LOSS",
    "failed": "FAIL",
    "missing": "MISSING",
    "incoherent": "NOT COHERENT",
}
"""What the severity of a reason is called."""


def system_name(report: Report) -> str:
    """The system's name, at a length that fits a title."""
    known = report.proof.topology.system
    name = known if known != NOT_RECORDED else "System not recorded"
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def tone(report: Report) -> Tone:
    """Ready; not ready, since something found fails; or inconclusive."""
    return "pass" if report.ready else "fail" if report.says_no else "unknown"


def opening(report: Report) -> Opening:
    """All of it, from the judgement alone."""
    known = headline(report)
    words, _, ids = report.proof.verdict.partition(" (")
    return Opening(
        subject=system_name(report),
        tone=tone(report),
        words=words,
        ids=tuple(f"({ids}".split(", ")) if ids else (),
        lead=_lead(report, known),
        reasons=reasons(report),
        facts=(
            _tested_on(known),
            _recorded(report),
            _age(known),
            _checks(report),
            *_beyond(known),
            *_trials(known),
        ),
    )


def reasons(report: Report) -> tuple[Reason, ...]:
    """Worst first; none where the report is ready. What to do next is said once, after the last reason in a
    row that asks for the same."""
    given = report.proof.reasons
    followers = [*(reason.next for reason in given[1:]), ""]
    found = {result.id for result in report.slices if result.found}
    return tuple(
        Reason(
            state=state(REASONS[reason.severity]),
            sentence=reason.sentence,
            anchor=_anchor(reason, found),
            place=_place(reason),
            next="" if reason.next == following else reason.next,
        )
        for reason, following in zip(given, followers, strict=False)
    )


def _anchor(reason: model.Reason, found: Set[str]) -> str:
    """The check that shows it, else the kind of evidence, else the window."""
    if reason.slice is None:
        return "window"
    if reason.check is not None and reason.slice in found:
        return f"check-{reason.check}"
    return reason.slice.lower()


def _place(reason: model.Reason) -> Words:
    """The id, and the place in the evidence."""
    place = f"{reason.path}#{reason.pointer}" if reason.pointer else reason.path
    return (f"{reason.id}, ", Code(place)) if place else reason.id


def _lead(report: Report, known: Headline) -> str:
    """The sentence under the verdict; where it is not ready, the reasons follow. What fails beyond the
    verdict is not passed over, though nothing of the verdict rests on it."""
    beyond = " and ".join(known.beyond)
    if report.ready and beyond:
        return f"All {spelled(len(report.proof.checks))} checks pass, but beyond them {beyond}."
    if beyond and not report.says_no:
        first, *_, last = [kind.id for kind in report.house.window]
        return (
            f"Inconclusive: no check of {first} to {last} fails, but evidence of them is missing, too old or "
            f"not of one run, and beyond them {beyond}:"
        )
    if report.ready:
        meaning = report.house.levels[0].meaning.replace("Risks and Open Gaps", f"“{NOT_PROVED}”")
        return f"All {spelled(len(report.proof.checks))} checks pass: {meaning}."
    if report.says_no:
        return "Not ready because:"
    return "Inconclusive: no check fails, but evidence is missing, too old or not of one run:"


def _tested_on(known: Headline) -> Fact:
    """The kind of machine, and what its figures do not stand for."""
    return Fact(label="Tested on", answer=_short(known.machine), below=(_short(known.scope),))


def _recorded(report: Report) -> Fact:
    """When, and whether that is one run."""
    window = report.proof.evidence.window
    if window.earliest is None or window.latest is None:
        dated = ((row.id, parse_instant(row.generated_at)) for row in report.proof.beyond if row.generated_at)
        said = [f"{name} {at:%Y-%m-%d %H:%M}{NO_BREAK}UTC" for name, at in dated]
        return Fact(label="Recorded", answer="; ".join(said) or "no timestamps")
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


def _beyond(known: Headline) -> tuple[Fact, ...]:
    """What fails without a say in the verdict."""
    below = "without a say in this verdict; what it blocks stands under Readiness"
    return tuple(Fact(label="Beyond the verdict", answer=said, below=(below,)) for said in known.beyond)


def _trials(known: Headline) -> tuple[Fact, ...]:
    """How often each claim was tried; nothing where no slice was found."""
    if not known.basis:
        return ()
    tried = known.trials.replace(" × ", f"{NO_BREAK}×{NO_BREAK}")
    return (Fact(label="Trials", answer=known.basis, below=(tried,) if tried else ()),)


def _short(words: str) -> str:
    """A producer's words at a length that leaves room for the rest."""
    return words if len(words) <= LONGEST_NAME else f"{words[:LONGEST_NAME]}…"
