"""One module for each format, `render(report) -> bytes`, imported only when its format is asked for."""

from importlib import import_module

from haproof.core.model import Report

FORMATS = {
    "text": ("haproof.render.text", "txt"),
    "json": ("haproof.render.proof_json", "json"),
    "html": ("haproof.render.html", "html"),
    "pdf": ("haproof.render.pdf", "pdf"),
    "markdown": ("haproof.render.markdown", "md"),
    "junit": ("haproof.render.junit", "junit.xml"),
    "openmetrics": ("haproof.render.openmetrics", "prom"),
}
"""Format name to the module that makes it and the ending of its file."""

ON_SCREEN = {"brief": "haproof.render.brief"}
"""What is only printed, never a file of the report."""

SHOWN = ("text", "json", "markdown", *ON_SCREEN)
"""What stdout may carry."""

ALWAYS = ("text", "json")
"""Formats that every report writes."""


def render(report: Report, form: str) -> bytes:
    """The report in one format. Raises FormatError where it cannot be made, KeyError for no such format."""
    module = ON_SCREEN.get(form) or FORMATS[form][0]
    made: bytes = import_module(module).render(report)
    return made
