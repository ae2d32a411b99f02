"""A plan, one module for each format: `render(shown) -> bytes`."""

from msgspec import Struct

from haproof.core.plan.model import Plan
from haproof.render.making import made

FORMATS = {
    "text": "haproof.render.plan.text",
    "markdown": "haproof.render.plan.markdown",
    "json": "haproof.render.plan.document",
}
"""Format name to the module that makes it."""


class Shown(Struct, frozen=True):
    """A plan, and the columns of the terminal that it is shown on."""

    plan: Plan
    columns: int


def render(plan: Plan, form: str, columns: int) -> bytes:
    """The plan in one format, in UTF-8; text in lines of at most so many columns. Raises FormatError where it
    cannot be made."""
    subject = Shown(plan, columns) if form == "text" else plan
    return made(f"the plan as {form}", form, FORMATS[form], subject)
