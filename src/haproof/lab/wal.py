"""Positions in the write-ahead log, as byte numbers, and where a standby is done with them."""

from haproof.lab.postgres import Session

PAGE_BYTES = 8192
SEGMENT_BYTES = 16 * 1024 * 1024
PAGE_HEADER_BYTES = 24
SEGMENT_HEADER_BYTES = 40
"""XLogShortPHD and XLogLongPHD, in the default sizes that the lab's servers are built with."""

INSERTED = "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
REPLAYED = "select pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint"


def end_of_record(position: int) -> int:
    """The end of the last record before an *insert* position.

    `pg_current_wal_insert_lsn()` says where the next record will begin. When the last one ended exactly with
    its page, that is behind the next page's header, a place that no standby reaches before something else is
    written: a drain measured to it would never end (about one in a thousand does).
    """
    header = SEGMENT_HEADER_BYTES if position % SEGMENT_BYTES < PAGE_BYTES else PAGE_HEADER_BYTES
    return position - header if position % PAGE_BYTES == header else position


def inserted(primary: Session) -> int:
    """The end of all WAL that the primary has made, flushed or not (with synchronous_commit=off: not)."""
    return end_of_record(_position(primary, INSERTED))


def replayed(standby: Session) -> int:
    """How far the standby has replayed, by its own word (the primary hears of it up to a second later)."""
    return _position(standby, REPLAYED)


def _position(session: Session, statement: str) -> int:
    row = session.execute(statement.encode()).fetchone()
    return int(row[0]) if row is not None and row[0] is not None else 0
