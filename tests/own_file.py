"""A target file of somebody's own cluster, and variations of it."""

from pathlib import Path

from haproof.lab.own.cluster_file import load_cluster
from haproof.lab.own.described import OwnTarget

LEAST = """
kind = "database"
name = "three of mine"
version = "1"
[cluster]
dsn = "host={hosts} port={port} dbname=haproof_test user=haproof"
members = [{ name = "pg1", host = "10.0.0.11" }, { name = "pg2", host = "10.0.0.12" }]
"""

COMMANDS = """
[commands]
host_kill = ["sh", "-c", "echo killed {member} {host} {port} {others}"]
start = ["true"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text)
    return path


def loaded(folder: Path, text: str = LEAST + COMMANDS) -> OwnTarget:
    return load_cluster(written(folder, text))
