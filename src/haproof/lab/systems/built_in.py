"""The database systems that come with the lab: one line each."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from haproof.lab.sandbox.machines import Machines
from haproof.lab.systems.managed import Managed
from haproof.lab.systems.patroni import Patroni
from haproof.lab.systems.pg_auto_failover import PgAutoFailover
from haproof.lab.systems.repmgr import Repmgr


class Maker(Protocol):
    """Makes a system that is not started. `files` is the root of Debian's files, for those that need it."""

    def __call__(
        self,
        machines: Machines,
        binaries: Path,
        files: Path | None,
        members: int,
        sync: bool,
        settings: Mapping[str, Any],
    ) -> Managed:
        """`binaries` is the folder of PostgreSQL's programs."""


def _patroni(
    machines: Machines,
    binaries: Path,
    files: Path | None,
    members: int,
    sync: bool,
    settings: Mapping[str, Any],
) -> Managed:
    return Patroni(machines, binaries, members, sync, settings)


def _packaged(system: type[PgAutoFailover] | type[Repmgr]) -> Maker:
    """Makes a system whose programs are among Debian's files."""

    def make(
        machines: Machines,
        binaries: Path,
        files: Path | None,
        members: int,
        sync: bool,
        settings: Mapping[str, Any],
    ) -> Managed:
        return system(machines, files or Path("/"), binaries, members, sync)

    return make


MAKERS: dict[str, Maker] = {
    "patroni": _patroni,
    "pg_auto_failover": _packaged(PgAutoFailover),
    "repmgr": _packaged(Repmgr),
}
