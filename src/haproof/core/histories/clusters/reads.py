"""Reads that go back: a row that an earlier read returned is not there any more."""

from collections.abc import Collection, Sequence

from haproof.core.histories.clusters.reading import Read


def going_back(reads: Sequence[Read], promised: Collection[int]) -> int:
    """How many reads miss a row that is promised and that a read which had ended before returned.

    `promised` are places of acknowledged rows. Two reads that overlap in time are in no order.
    """
    ended = sorted(reads, key=lambda read: read.done_ms)
    known: set[int] = set()
    place = found = 0
    kept = set(promised)
    for read in sorted(reads, key=lambda read: read.sent_ms):
        while place < len(ended) and ended[place].done_ms < read.sent_ms:
            known.update(row for row in ended[place].rows if row in kept)
            place += 1
        found += not known.issubset(read.rows)
    return found
