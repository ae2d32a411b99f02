"""A link to another file leads to a file."""

import pytest

from haproof.render.document.blocks import Address, Code
from haproof.render.markup import tag
from haproof.render.writers.html.words import words


@pytest.mark.parametrize(
    "to", ["javascript:alert(1)", "data:text/html,x", " ./a", "//host/x", "https://x", ""]
)
def test_what_is_no_file_is_no_link(to: str) -> None:
    assert tag("p", words(Address(to, Code("run")))) == "<p><code>run</code></p>"


@pytest.mark.parametrize("to", ["./a/b.html", "/a/b.html", "./javascript%3Aalert.html"])
def test_a_file_is_a_link(to: str) -> None:
    assert tag("p", words(Address(to, Code("run")))) == f'<p><a href="{to}"><code>run</code></a></p>'
