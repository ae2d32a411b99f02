"""The history as JSON lines: one run a line, as a history file holds it."""

import json

from haproof.core.history_line import Entry
from haproof.render.json_text import one_line
from haproof.render.visible import json_escaped


def line(entry: Entry) -> bytes:
    """One run without a line feed."""
    return one_line(entry)


def shown(content: bytes) -> bytes:
    """A line as a file holds it, whatever version wrote it, with nothing hidden in it."""
    text = content.decode("utf-8")
    return content if json_escaped(text) == text else one_line(json.loads(text))
