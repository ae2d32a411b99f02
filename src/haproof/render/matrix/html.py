"""Clusters side by side as one HTML file, in the manner of the report's: no script, nothing fetched."""

from haproof.errors import FormatError
from haproof.extras import install_command
from haproof.kinds.cluster.sides import Sides


def render(sides: Sides) -> bytes:
    """The page in UTF-8: the same bytes for the same evidence. Raises FormatError without markupsafe."""
    try:
        import markupsafe  # noqa: F401 - asked for here, so that its absence is one sentence
    except ModuleNotFoundError:
        raise FormatError(
            "the matrix was not made as HTML, because the package markupsafe is not installed: "
            f"run  {install_command('html')}"
        ) from None
    from haproof.render.matrix.page import page

    return page(sides).encode("utf-8")
