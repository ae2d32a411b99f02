"""Whether audit events follow the deeds that they report: hand-written trails, and the laws of the judge."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.core.deeds import Deed, Line, Reading, Told, dated_anew, decode, encode, follows_deeds, recount
from haproof.core.instant import format_instant, parse_instant

T0 = parse_instant("2026-03-23T10:00:00Z")
MADE, BACK = "ha.backup.created", "ha.backup.restored"


def at(seconds: float) -> str:
    return format_instant(T0 + timedelta(seconds=seconds))


def deed(event: str, began: float, ended: float) -> Deed:
    return Deed(event, began, ended, at(began), at(ended))


def reading(
    taken: float, *events: tuple[str, float], node: str = "node1", start: int | None = None
) -> Reading:
    return Reading(node, taken, tuple(Told(name, at(stamped)) for name, stamped in events), start)


HONEST: list[Line] = [
    reading(0),
    deed(MADE, 1, 2),
    reading(3, (MADE, 1.5)),
    deed(BACK, 4, 5),
    reading(6, (MADE, 1.5), (BACK, 4.2)),
    deed(MADE, 7, 8),
    reading(9, (MADE, 7.5), (BACK, 4.2), (MADE, 1.5)),
]


def test_events_that_come_with_their_deeds_follow_them() -> None:
    assert follows_deeds(HONEST) is True


def test_the_judgement_follows_from_the_file() -> None:
    lines = [encode(line).encode() + b"\n" for line in HONEST]
    assert recount(lines) == {"audit_follows_deeds": True}
    assert recount(lines[:-1]) == {"audit_follows_deeds": False}
    assert recount([]) == {"audit_follows_deeds": None}


def test_an_event_that_is_dated_anew_is_no_record() -> None:
    def trail(*starts: int | None) -> list[Line]:
        first, second, third = starts
        return [
            reading(0, start=first),
            deed(MADE, 1, 2),
            reading(2, (MADE, 1.5), start=second),
            reading(9, (MADE, 1.9), start=third),
        ]

    assert follows_deeds(trail(1, 1, 1)) is False
    assert follows_deeds(trail(1, 1, 2)) is True, "what a process remembered ends with it"
    assert follows_deeds(trail(None, None, None)) is True, "older trails do not tell the processes apart"
    assert dated_anew([reading(0, (MADE, 1), (MADE, 2), start=1), reading(1, (MADE, 3), start=1)]) is False
    assert dated_anew([reading(0, (MADE, 1), start=1), reading(1, (BACK, 3), (MADE, 1), start=1)]) is False
    assert dated_anew([reading(0, (MADE, 1), start=1), reading(1, (MADE, 2), node="node2", start=1)]) is False


def test_a_time_may_be_written_in_another_way() -> None:
    zoned = Reading("node1", 3, (Told(MADE, "2026-03-23T15:30:01.500+05:30"),), 1)
    assert dated_anew([reading(2, (MADE, 1.5), start=1), zoned]) is False
    odd = [Reading("node1", taken, (Told(MADE, "soon"), Told(MADE, None)), 1) for taken in (1, 2)]
    assert dated_anew(odd) is False


def test_without_a_deed_there_is_nothing_to_judge() -> None:
    assert follows_deeds([]) is None
    assert follows_deeds([reading(0), reading(1, (MADE, 0))]) is None


@pytest.mark.parametrize(
    ("what", "trail"),
    [
        ("there before its deed", [reading(0, (MADE, 1.5)), deed(MADE, 1, 2), reading(3, (MADE, 1.5))]),
        (
            "there before its deed, with one more after it",
            [reading(0, (MADE, 0)), deed(MADE, 1, 2), reading(3, (MADE, 0), (MADE, 1.5))],
        ),
        ("none after its deed", [reading(0), deed(MADE, 1, 2), reading(3)]),
        ("another event after its deed", [reading(0), deed(MADE, 1, 2), reading(3, (BACK, 1.5))]),
        ("never read after its deed", [reading(0), deed(MADE, 1, 2)]),
        ("never read before its deed", [deed(MADE, 1, 2), reading(3, (MADE, 1.5))]),
        ("stamped long before", [reading(0), deed(MADE, 10, 20), reading(21, (MADE, 8.9))]),
        ("stamped long after", [reading(0), deed(MADE, 10, 20), reading(30, (MADE, 21.1))]),
        (
            "no more of them after the second deed",
            [reading(0), deed(MADE, 1, 2), reading(3, (MADE, 1)), deed(MADE, 4, 5), reading(6, (MADE, 4))],
        ),
        (
            "one more, but stamped within the first deed",
            [
                reading(0),
                deed(MADE, 1, 2),
                reading(3, (MADE, 1)),
                deed(MADE, 14, 15),
                reading(16, (MADE, 1), (MADE, 2)),
            ],
        ),
        (
            "only after the next deed",
            [
                reading(0),
                deed(MADE, 1, 2),
                reading(3),
                deed(MADE, 4, 5),
                reading(6, (MADE, 1), (MADE, 4)),
            ],
        ),
        (
            "more on another node than it had, but the other had them all along",
            [
                reading(0),
                deed(BACK, 1, 2),
                reading(3, (BACK, 1)),
                reading(4, (BACK, 1), (BACK, 1), node="node2"),
                deed(BACK, 5, 6),
                reading(7, (BACK, 1), (BACK, 5), node="node2"),
            ],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_events_that_do_not_follow_their_deeds(what: str, trail: list[Line]) -> None:
    assert follows_deeds(trail) is False, what


@pytest.mark.parametrize("stamped", [9.0, 10.0, 15, 20, 21.0])
def test_a_second_too_early_or_too_late_is_a_clock_that_tells_whole_seconds(stamped: float) -> None:
    assert follows_deeds([reading(0), deed(MADE, 10, 20), reading(30, (MADE, stamped))]) is True


@pytest.mark.parametrize("stamp", [None, "", "yesterday", "2026-03-23T10:00:01", "2026-03-23 10:00:01Z"])
def test_an_event_without_a_time_is_stamped_within_nothing(stamp: str | None) -> None:
    after = Reading("node1", 3, (Told(MADE, stamp),))
    assert follows_deeds([reading(0), deed(MADE, 1, 2), after]) is False


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_the_ends_of_the_calendar_are_times_like_others(stamp: str) -> None:
    after = Reading("node1", 3, (Told(MADE, stamp),))
    assert follows_deeds([reading(0), deed(MADE, 1, 2), after]) is False


def test_a_list_for_each_node_is_as_good_as_one_for_all() -> None:
    each: list[Line] = [
        reading(0),
        reading(0, node="node2"),
        deed(MADE, 1, 2),
        reading(3),
        reading(3, (MADE, 1.5), node="node2"),
        deed(MADE, 4, 5),
        reading(6, (MADE, 4.5)),
        reading(6, (MADE, 1.5), node="node2"),
    ]
    assert follows_deeds(each) is True


@dataclass(frozen=True)
class Plan:
    """A system that writes honest events, and how it is read."""

    gaps: list[tuple[float, float, str]]
    newest_first: bool
    whole_seconds: bool

    def trail(self) -> list[Line]:
        now, lines, known = 0.0, list[Line](), list[tuple[str, float]]()
        lines.append(self.reading(now, known))
        for pause, length, event in self.gaps:
            began, ended = now + pause, now + pause + length
            lines.append(deed(event, began, ended))
            known.append((event, began + length / 2))
            now = ended + 0.1
            lines.append(self.reading(now, known))
        return lines

    def reading(self, now: float, known: list[tuple[str, float]]) -> Reading:
        events = [(name, stamp // 1 if self.whole_seconds else stamp) for name, stamp in known]
        return reading(now, *(reversed(events) if self.newest_first else events))


plans = st.builds(
    Plan,
    st.lists(
        st.tuples(st.floats(0.01, 5), st.floats(0.01, 5), st.sampled_from([MADE, BACK])),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
    st.booleans(),
)


@given(plans)
def test_an_honest_trail_follows_in_any_order_and_fineness(plan: Plan) -> None:
    assert follows_deeds(plan.trail()) is True


@given(plans, st.data())
def test_a_list_that_does_not_change_never_follows(plan: Plan, data: st.DataObject) -> None:
    trail = plan.trail()
    fixed = data.draw(st.sampled_from([line for line in trail if isinstance(line, Reading)])).events
    told = [replace_events(line, fixed) for line in trail]
    assert follows_deeds(told) is False


@given(plans, st.data())
def test_leaving_out_one_event_everywhere_never_follows(plan: Plan, data: st.DataObject) -> None:
    trail = plan.trail()
    last = trail[-1]
    assert isinstance(last, Reading)
    gone = data.draw(st.sampled_from(last.events))
    told = [
        replace_events(line, tuple(event for event in line.events if event != gone))
        if isinstance(line, Reading)
        else line
        for line in trail
    ]
    assert follows_deeds(told) is False


@given(plans)
def test_a_trail_survives_its_file(plan: Plan) -> None:
    trail = plan.trail()
    assert decode(encode(line).encode() + b"\n" for line in trail) == trail


@pytest.mark.parametrize("text", ["nonsense", "{}", '{"kind":"other"}', '{"kind":"deed","event":1}'])
def test_what_is_no_trail_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode([text.encode()])


def replace_events(line: Line, events: tuple[Told, ...]) -> Line:
    return Reading(line.node, line.taken_s, events) if isinstance(line, Reading) else line
