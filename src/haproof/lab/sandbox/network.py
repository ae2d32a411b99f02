"""Hosts with addresses of their own, and every way to cut them off. To be used inside the sandbox only.

Each host is a network namespace joined to the sandbox by a link of its own; the sandbox routes between them.
So each packet from host to host passes one place, and a fault is a routing rule there: packets vanish without
an answer, as in a real partition, and one direction or one port can be cut alone. (Rules on the hosts
themselves would make `connect` fail at once; a bridge would need nftables, which many machines lack.)
"""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from haproof.errors import LabError
from haproof.lab.sandbox.capability import tool

NETWORK = "10.0.0"
ROUTER = 254
DROPPED, LOCAL = "10", "100"
"""Order in which rules are asked: what is dropped first, then the sandbox's own addresses."""

TOOL_SECONDS = 20.0


@dataclass(frozen=True)
class Host:
    """One host: its name (also that of its network namespace) and its address."""

    name: str
    address: str

    @property
    def link(self) -> str:
        """The sandbox's end of the host's link."""
        return f"v-{self.name}"


@dataclass(frozen=True)
class Drop:
    """Packets that vanish: `selector` as `ip rule` takes it, without preference and action."""

    selector: tuple[str, ...]

    @staticmethod
    def between(source: Host, target: Host, *ports: str) -> "Drop":
        """Packets from one host to another, of TCP ports where given (`dport N` or `sport N`)."""
        port = ("ipproto", "tcp", *" ".join(ports).split()) if ports else ()
        return Drop(("from", source.address, "to", target.address, *port))


class Network:
    """The hosts of one sandbox."""

    def __init__(self, names: Sequence[str]) -> None:
        if not 0 < len(names) < ROUTER:
            raise ValueError(f"1 to {ROUTER - 1} hosts, not {len(names)}")
        self.hosts = {name: Host(name, f"{NETWORK}.{number}") for number, name in enumerate(names, 1)}
        self._ip("link set lo up")
        with open("/proc/sys/net/ipv4/ip_forward", "w", encoding="ascii") as stream:
            stream.write("1")
        for host in self.hosts.values():
            self._join(host)
        # The kernel asks the table of local addresses before any rule; drops must come before it.
        self._ip(f"rule add pref {LOCAL} lookup local")
        self._ip("rule del pref 0")

    def _join(self, host: Host) -> None:
        router = f"{NETWORK}.{ROUTER}"
        self._ip(f"netns add {host.name}")
        self._ip(f"link add {host.link} type veth peer name eth0 netns {host.name}")
        self._ip(f"address add {router}/32 peer {host.address}/32 dev {host.link}")
        self._ip(f"link set {host.link} up")
        for line in (
            "link set lo up",
            # As a /24, since programs take their network from the address (pg_autoctl whom it lets in); no
            # route from it.
            f"address add {host.address}/24 dev eth0 noprefixroute",
            "link set eth0 up",
            f"route add {router} dev eth0",
            f"route add {NETWORK}.0/24 via {router} src {host.address}",
        ):
            self._ip(f"-n {host.name} {line}")

    def down(self, host: Host) -> None:
        """Pull the host's cable: nothing in, nothing out. (Without the drops the router would answer that
        there is no way, which no broken cable does.)"""
        self.drop(_cable(host))
        self._ip(f"link set {host.link} down")

    def up(self, host: Host) -> None:
        """The cable back in; the kernel makes the link's route again."""
        self._ip(f"link set {host.link} up")
        self.pass_again(_cable(host))

    def drop_into(self, host: Host) -> list[Drop]:
        """Everything to the host vanishes; what it sends arrives."""
        return self.drop([Drop(("to", host.address))])

    def drop_out_of(self, host: Host) -> list[Drop]:
        """Everything from the host vanishes; it still hears the others."""
        return self.drop([Drop(("from", host.address))])

    def drop(self, drops: Sequence[Drop]) -> list[Drop]:
        """Let these packets vanish from now on; what is handed back is what `pass_again` takes."""
        for one in drops:
            self._ip(" ".join(("rule add pref", DROPPED, *one.selector, "blackhole")))
        return list(drops)

    def pass_again(self, drops: Sequence[Drop]) -> None:
        """Undo drops."""
        for one in drops:
            self._ip(" ".join(("rule del pref", DROPPED, *one.selector, "blackhole")))

    def _ip(self, line: str) -> None:
        program = tool("ip")
        if program is None:
            raise LabError("the program ip is missing: install iproute2")
        done = subprocess.run(
            [program, *line.split()],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TOOL_SECONDS,
        )
        if done.returncode != 0:
            raise LabError(f"ip {line}: {done.stderr.strip() or done.returncode}")


def _cable(host: Host) -> list[Drop]:
    """Everything to and from a host."""
    return [Drop(("to", host.address)), Drop(("from", host.address))]
