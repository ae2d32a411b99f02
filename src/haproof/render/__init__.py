"""One module for each format, `render(report) -> bytes`, imported only when its format is asked for."""

from haproof.core.report import Report
from haproof.render.making import made

FORMATS = {
    "text": ("haproof.render.writers.text", "txt"),
    "json": ("haproof.render.proof_json", "json"),
    "html": ("haproof.render.writers.html", "html"),
    "pdf": ("haproof.render.writers.pdf", "pdf"),
    "markdown": ("haproof.render.writers.markdown", "md"),
    "junit": ("haproof.render.junit", "junit.xml"),
    "openmetrics": ("haproof.render.openmetrics", "prom"),
}
"""Format name to the module that makes it and the ending of its file."""

ON_SCREEN = {"brief": "haproof.render.brief"}
"""What is only printed, never a file of the report."""

SHOWN = ("text", "json", "markdown", *ON_SCREEN)
"""What stdout may carry."""

NAMES = {"html": "HTML", "pdf": "PDF", "json": "JSON", "junit": "JUnit", "openmetrics": "OpenMetrics"}
"""Formats whose name people write otherwise."""

ALWAYS = ("text", "json")
"""Formats that every report writes."""


def render(report: Report, form: str) -> bytes:
    """The report in one format. Raises FormatError where it cannot be made, KeyError for no such format."""
    return made(f"the {NAMES.get(form, form)} report", form, ON_SCREEN.get(form) or FORMATS[form][0], report)
