"""What several readings of one field come to, where some could not be taken."""

from collections.abc import Iterable


def every(readings: Iterable[bool | None]) -> bool | None:
    """True if each is; False once one is; None where one could not be read."""
    found = set(readings)
    return False if False in found else None if None in found or not found else True


def some(readings: Iterable[bool | None]) -> bool | None:
    """True once one is; None where one could not be read; else False."""
    found = set(readings)
    return True if True in found else None if None in found or not found else False
