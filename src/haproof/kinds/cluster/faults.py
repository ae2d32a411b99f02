"""The fifteen faults of CLUSTER, and which check judges which of them."""

from typing import Literal, get_args

Fault = Literal[
    "switchover", "manager-term", "host-kill", "host-hang", "cut-full", "postmaster-kill", "manager-kill",
    "postmaster-hang", "cut-in", "cut-out", "cut-dcs", "cut-replication", "dcs-loss", "disk-full",
    "disk-freeze",
]  # fmt: skip
"""The fifteen faults, in the order of the contract."""

FAULTS: tuple[Fault, ...] = get_args(Fault)

FAILS_OVER: tuple[Fault, ...] = ("switchover", "host-kill", "host-hang", "cut-full")
"""Faults after which every HA cluster must fail over; no declaration says otherwise."""

PLANNED: tuple[Fault, ...] = ("switchover", "manager-term")
KILLS: tuple[Fault, ...] = ("host-kill", "postmaster-kill")
HANGS: tuple[Fault, ...] = ("host-hang", "postmaster-hang")
OTHERS: tuple[Fault, ...] = (
    "cut-full", "manager-kill", "cut-in", "cut-out", "cut-dcs", "cut-replication", "dcs-loss", "disk-full",
    "disk-freeze",
)  # fmt: skip

REQUIRED: tuple[tuple[Fault, ...], ...] = (("host-kill",), ("host-hang",), ("cut-full",), PLANNED)
"""Faults without which there is no verdict: one of each group."""
