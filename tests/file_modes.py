"""File modes that hold for root too, so that no test of an unreadable file is skipped as root."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

# linux/capability.h: version 3 of the call takes two words of 32 capabilities each.
CAPABILITY_VERSION = 0x20080522
READS_ANYTHING = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def file_modes_hold() -> Iterator[None]:
    """Within the block, this thread is refused what a file's mode refuses, as an ordinary user is.

    Root keeps its name and gives up, until the end, the two capabilities that read anything. Skips the
    test where that cannot be done (root elsewhere than on Linux).
    """
    if os.geteuid() != 0:
        yield
        return
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        header, sets = _Header(CAPABILITY_VERSION, 0), (_Sets * 2)()
        if libc.capget(ctypes.byref(header), sets) != 0:
            raise OSError(ctypes.get_errno(), "capget")
    except (AttributeError, OSError):
        pytest.skip("root reads everything here")
    kept = sets[0].effective
    sets[0].effective = kept & ~READS_ANYTHING
    assert libc.capset(ctypes.byref(header), sets) == 0, os.strerror(ctypes.get_errno())
    try:
        yield
    finally:
        sets[0].effective = kept
        assert libc.capset(ctypes.byref(header), sets) == 0, os.strerror(ctypes.get_errno())
