"""Why a restored copy ended, from its log."""

from haproof.core.histories.point_in_time import TARGET_NOT_REACHED
from haproof.lab.pitr.copy import why_recovery_ended

STAMP = "2026-11-28 18:27:01.123 UTC"
REFUSED = f"{STAMP} [812] XX000 {{startup}}  FATAL:  {TARGET_NOT_REACHED}"
TURNED_AWAY = f"{STAMP} [815] 57P03 {{client backend}} [unknown] FATAL:  the database system is shutting down"
STARTING = f"{STAMP} [809] 57P03 {{client backend}} [unknown] FATAL:  the database system is starting up"


def test_sessions_that_were_turned_away_meanwhile_are_not_the_reason() -> None:
    log = "\n".join((STARTING, REFUSED, TURNED_AWAY, f"{STAMP} [800] 00000 {{postmaster}}  LOG:  shut down"))
    assert why_recovery_ended(log) == TARGET_NOT_REACHED


def test_a_log_without_a_reason_has_none() -> None:
    assert why_recovery_ended("\n".join((STARTING, TURNED_AWAY))) is None
    assert why_recovery_ended("") is None
