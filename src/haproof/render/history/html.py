"""The history as one HTML file, in the manner of the report's: no script, nothing fetched, strict."""

from haproof.errors import FormatError
from haproof.extras import install_command
from haproof.render.history import View


def render(view: View) -> bytes:
    """The page in UTF-8: the same bytes for the same arguments. Raises FormatError without markupsafe."""
    try:
        import markupsafe  # noqa: F401 - asked for here, so that its absence is one sentence
    except ModuleNotFoundError:
        raise FormatError(
            "the history was not made as HTML, because the package markupsafe is not installed: "
            f"run  {install_command('html')}"
        ) from None
    from haproof.render.history.page import page

    return page(view).encode("utf-8")
