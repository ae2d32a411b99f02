"""The system under test as the lab knows it: a command line plus the HTTP contract.

`docs/target-file.md` is the reader's page; `target_file.py` reads one.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from haproof.lab.contract import HEADERS, OPERATIONS, Operation

REFERENCE = Path(__file__).with_name("targets") / "reference.toml"
"""The built-in target: the reference node, and the documented example."""

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""A template name; braces around anything else are left alone."""


@dataclass(frozen=True)
class Timing:
    """Waits of the slices; deadlines are the target plus a margin.

    `answer_deadline_ms`: an ordinary answer that takes longer counts as none. `node_poll_ms`: how often the
    target itself looks for trouble.
    """

    poll_interval_ms: int = 50
    answer_deadline_ms: int = 1_000
    node_poll_ms: int = 1_000
    lock_bound_ms: int | None = None
    start_deadline_s: float = 20.0
    failover_deadline_s: float = 7.0
    loss_deadline_s: float = 33.0


@dataclass(frozen=True)
class NodeTemplate:
    """How a node is started and reached."""

    start: tuple[str, ...]
    maintenance: tuple[str, ...] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    url: str = "http://127.0.0.1:{port}"
    ready: str = "/v1/health/read-ready"


@dataclass(frozen=True)
class OnCluster:
    """How a node is started and reached on a host of its own, beside a PostgreSQL HA cluster (RECOVERY)."""

    start: tuple[str, ...] | None = None
    url: str = "http://{address}:{port}"


@dataclass(frozen=True)
class Cli:
    """The target's own command line, for VAL15. `checksum`: JSON Pointer (`/…`) or regular expression."""

    backup_create: tuple[str, ...] | None = None
    backup_list: tuple[str, ...] | None = None
    backup_restore: tuple[str, ...] | None = None
    backup_restore_unconfirmed: tuple[str, ...] | None = None
    checksum: str | None = None


@dataclass(frozen=True)
class Sql:
    """Statements against the target's own tables; `state_tables` are their names, or those of schemas."""

    setup: str | None = None
    write_row: str | None = None
    protected_rows: str | None = None
    raise_epoch: str | None = None
    open_ghost_epochs: str | None = None
    close_ghost_epochs: str | None = None
    open_epochs: str | None = None
    state_tables: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Target:
    """A validated target file. `operations` has None where the target does not offer one.

    `cluster` and `database` are the target's own lines of the report's topology; None: the lab's words.
    """

    name: str
    folder: Path
    node: NodeTemplate
    version: str | None = None
    version_command: tuple[str, ...] | None = None
    cluster: str | None = None
    database: str | None = None
    timing: Timing = Timing()
    on_cluster: OnCluster = OnCluster()
    headers: Mapping[str, str] = field(default_factory=lambda: dict(HEADERS))
    operations: Mapping[str, Operation | None] = field(default_factory=lambda: dict(OPERATIONS))
    fields: Mapping[str, str] = field(default_factory=dict)
    cli: Cli = Cli()
    sql: Sql = Sql()

    @property
    def constants(self) -> dict[str, str]:
        """Template values that are the same for every node."""
        return {"python": sys.executable, "target_dir": str(self.folder)}

    @property
    def writes_through_node(self) -> bool:
        """Whether protected writes go over HTTP; else they go to PostgreSQL by `[sql] write_row`."""
        return self.sql.write_row is None and self.operations["protected_write"] is not None

    def lacks(self, *needs: str) -> list[str]:
        """Those of `needs` not offered: `writes`, or a table and a key of it, such as `api.status`."""
        return [need for need in needs if not self._offers(need)]

    def _offers(self, need: str) -> bool:
        group, _, name = need.partition(".")
        if group == "writes":
            return self.writes_through_node or self.sql.write_row is not None
        if group == "api":
            return self.operations[name] is not None
        return getattr(getattr(self, group), name) is not None


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with every `{name}` that `values` knows replaced, in one pass (values are not filled again)."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def fill_all(argv: tuple[str, ...], values: Mapping[str, str]) -> list[str]:
    """A command line filled in, word by word: a value never splits into two words."""
    return [fill(word, values) for word in argv]


def fill_body(body: Any, values: Mapping[str, str]) -> Any:
    """A JSON body with its strings filled in."""
    if isinstance(body, str):
        return fill(body, values)
    if isinstance(body, dict):
        return {key: fill_body(value, values) for key, value in body.items()}
    if isinstance(body, list):
        return [fill_body(value, values) for value in body]
    return body
