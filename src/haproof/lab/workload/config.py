"""What one workload program is told, as a file: nothing of it passes through the environment."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Config:
    """One place's clients.

    `hosts` is member name to address, in no order (each client shuffles); `clients` is kind to count; times
    are seconds. `member` names the member on whose host this runs; its clients then know no other server.
    """

    trial: str
    place: str
    hosts: dict[str, str]
    port: int
    database: str
    user: str
    clients: dict[str, int]
    output: str
    seed: int
    isolation_level: str = "serializable"
    member: str | None = None
    think_s: float = 0.02
    answer_s: float = 10.0
    first_key: int = 0
    started_s: float = 0.0


def write_config(path: Path, config: Config) -> None:
    """As JSON."""
    path.write_text(json.dumps(asdict(config)), encoding="utf-8")


def read_config(path: Path) -> Config:
    """As `write_config` wrote it."""
    return Config(**json.loads(path.read_text(encoding="utf-8")))
