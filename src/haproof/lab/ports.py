"""Loopback ports that stay ours for the whole run.

A port that was merely found free can be gone a moment later, and a restarted node needs the same one
again. So each TCP port is reserved by holding the *UDP* socket of the same number: that excludes every
other lab on the machine, of any user, and vanishes with the process. Ports are chosen outside the range
from which the kernel serves outgoing connections and "any free port".
"""

import contextlib
import random
import socket
import sys

from haproof.errors import LabError, NotRun

LOOPBACK = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 49_151
"""Registered ports above the busiest services and below IANA's ephemeral range."""

ATTEMPTS = 500
LOOPBACK_SECONDS = 2.0


def ephemeral_floor() -> int:
    """The first port that the kernel hands out by itself."""
    if sys.platform == "linux":
        with (
            contextlib.suppress(OSError, ValueError, IndexError),
            open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as stream,
        ):
            return int(stream.read().split()[0])
    return HIGHEST + 1


def must_have_loopback() -> None:
    """Servers and nodes talk over the IPv4 loopback. Raises NotRun where nothing can be reached on it."""
    try:
        with (
            socket.create_server((LOOPBACK, 0)) as server,
            socket.create_connection(server.getsockname(), timeout=LOOPBACK_SECONDS),
        ):
            return
    except OSError as fault:
        raise NotRun(
            f"no IPv4 loopback: {LOOPBACK} cannot be reached ({fault.strerror or fault}); "
            "bring it up with: ip link set lo up"
        ) from None


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


class Ports:
    """The ports of one run."""

    def __init__(self) -> None:
        self._held: list[socket.socket] = []

    def reserve(self) -> int:
        """A free TCP port of the loopback, kept from other labs until `close`. Raises LabError."""
        top = min(ephemeral_floor() - 1, HIGHEST)
        top = top if top > LOWEST + 1_000 else HIGHEST
        for _ in range(ATTEMPTS):
            port = random.SystemRandom().randint(LOWEST, top)
            twin = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                twin.bind((LOOPBACK, port))
            except OSError:
                twin.close()
                continue
            if is_free(port):
                self._held.append(twin)
                return port
            twin.close()
        raise LabError(f"no free loopback port was found between {LOWEST} and {top} in {ATTEMPTS} attempts")

    def close(self) -> None:
        """Give all ports back."""
        while self._held:
            self._held.pop().close()
