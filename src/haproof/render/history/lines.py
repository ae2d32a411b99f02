"""The history as JSON lines: one run a line, as a history file holds it."""

import json

from msgspec import to_builtins

from haproof.core.history import Entry, History
from haproof.render.visible import json_escaped


def render(history: History) -> bytes:
    """Every run, oldest first."""
    return b"".join(line(entry) + b"\n" for entry in history.entries)


def line(entry: Entry) -> bytes:
    """One run without a line feed."""
    tree = to_builtins(entry)
    return json_escaped(json.dumps(tree, ensure_ascii=False, separators=(",", ":"))).encode("utf-8")
