"""What nodes said and promised while their database was away."""

from collections.abc import Iterable, Sequence

from haproof.core.histories.operation import Operation
from haproof.core.histories.timing import Trial, rounded, worst
from haproof.core.histories.writes import Write


def acknowledged_during(outages: Iterable[Trial], attempts: Sequence[Write]) -> tuple[str, ...]:
    """Rows that were sent after the database's exit was seen, and acknowledged before it was started again.

    An outage whose exit was not seen is not judged; one that was never healed lasts to its end. Sorted.
    """
    found = set()
    for outage in outages:
        if outage.gone_ms is None:
            continue
        healed_ms = outage.end_ms if outage.heal_ms is None else outage.heal_ms
        found |= {
            write.id
            for write in attempts
            if write.acknowledged and outage.gone_ms <= write.sent_ms and write.done_ms <= healed_ms
        }
    return tuple(sorted(found))


def held_ms(outage: Trial) -> float | None:
    """How long the database was away: from its exit to the start command."""
    if outage.gone_ms is None or outage.heal_ms is None:
        return None
    return rounded(outage.heal_ms - outage.gone_ms)


def statuses(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    """Each node's status answers, in order; failed ones are left out."""
    found: dict[str, list[Operation]] = {}
    for line in operations:
        if line.op == "status" and line.kind == "ok" and line.node is not None:
            found.setdefault(line.node, []).append(line)
    return found


def detected_ms(outage: Trial, answers: dict[str, list[Operation]]) -> float | None:
    """From the fault until the last node's status said that the quorum is lost; None where one never did."""
    healed_ms = outage.end_ms if outage.heal_ms is None else outage.heal_ms
    return worst([_first(lines, "lost", outage.at_ms, healed_ms) for lines in answers.values()])


def recovered_ms(outage: Trial, answers: dict[str, list[Operation]]) -> float | None:
    """From the start command until the last node's status was healthy again.

    None where one never was, and where one had never reported the loss: it has not recovered from it.
    """
    if outage.heal_ms is None or detected_ms(outage, answers) is None:
        return None
    return worst([_first(lines, "healthy", outage.heal_ms, outage.end_ms) for lines in answers.values()])


def _first(lines: Iterable[Operation], health: str, begin_ms: float, end_ms: float) -> float | None:
    """When an answer first said so, from `begin_ms` on."""
    for line in lines:
        if line.quorum_health == health and begin_ms <= line.t_ms <= end_ms:
            return rounded(line.t_ms - begin_ms)
    return None


def block_held(outages: Iterable[Trial], answers: dict[str, list[Operation]]) -> bool | None:
    """Whether every answer of every node, from its detection to the start command, showed the block on.

    On means `write_block_active` true and `can_accept_protected_writes` false; an answer that leaves one of
    them out does not show it. None where no node detected any loss.
    """
    shown = [
        line.write_block_active is True and line.can_accept_protected_writes is False
        for outage in outages
        for lines in answers.values()
        for line in _since_detection(outage, lines)
    ]
    return all(shown) if shown else None


def _since_detection(outage: Trial, lines: Iterable[Operation]) -> list[Operation]:
    """One node's answers from the first that reported the loss to the start command.

    Of the later ones those that were asked for after it: two clients may ask at once, and an answer that the
    node made before the loss may arrive after one that it made in it.
    """
    healed_ms = outage.end_ms if outage.heal_ms is None else outage.heal_ms
    inside = [line for line in lines if outage.at_ms <= line.t_ms <= healed_ms]
    reported = [line for line in inside if line.quorum_health == "lost"]
    first = min(reported, key=lambda line: line.t_ms, default=None)
    if first is None:
        return []
    return [line for line in inside if line is first or _asked_ms(line) >= first.t_ms]


def _asked_ms(line: Operation) -> float:
    """When a status was asked for, as far as the history tells: else when it was answered."""
    return line.t_ms if line.asked_ms is None else line.asked_ms
