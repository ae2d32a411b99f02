"""What one workload program is told, as a file: nothing of it passes through the environment."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Config:
    """One place's clients.

    `hosts` is member name to address, in no order (each client shuffles), `ports` the same for ports;
    `conninfo` are the other words of a connection string; `clients` is kind to count; times are seconds.
    `member` names the member on whose host this runs; its clients then know no other server. `parent` is the
    process without which the program ends.
    """

    trial: str
    place: str
    hosts: dict[str, str]
    ports: dict[str, int]
    conninfo: str
    clients: dict[str, int]
    output: str
    seed: int
    isolation_level: str = "serializable"
    member: str | None = None
    think_s: float = 0.02
    answer_s: float = 10.0
    first_key: int = 0
    started_s: float = 0.0
    parent: int | None = None


def write_config(path: Path, config: Config) -> None:
    """As JSON that only its owner reads: a connection string may hold a password."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(config)))


def read_config(path: Path) -> Config:
    """As `write_config` wrote it."""
    return Config(**json.loads(path.read_text(encoding="utf-8")))
