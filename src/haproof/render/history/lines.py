"""The history as JSON lines: one run a line, as a history file holds it."""

import json

from msgspec import to_builtins

from haproof.core.history_line import Entry
from haproof.render.visible import json_escaped


def line(entry: Entry) -> bytes:
    """One run without a line feed."""
    return _written(to_builtins(entry))


def shown(content: bytes) -> bytes:
    """A line as a file holds it, whatever version wrote it, with nothing hidden in it."""
    text = content.decode("utf-8")
    return content if json_escaped(text) == text else _written(json.loads(text))


def _written(tree: object) -> bytes:
    return json_escaped(json.dumps(tree, ensure_ascii=False, separators=(",", ":"))).encode("utf-8")
