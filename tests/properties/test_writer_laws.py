"""Every writer takes any tree of blocks: it never raises, and no text is ever taken for anything but text."""

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from haproof.render.writers import html, markdown, pdf
from haproof.render.writers.markdown import LIMIT_BYTES
from properties.blocks import document
from unit.formats.test_markdown import OURS, Page
from unit.render_html.reader import read

some = settings(max_examples=40, deadline=None)
few = settings(max_examples=8, deadline=None)

seeds = st.integers(0, 2**32)

FOREIGN = {"script", "iframe", "object", "img", "b", "form", "embed"}


@some
@given(seeds)
def test_html_is_well_formed_and_holds_only_our_elements(seed: int) -> None:
    page = html.write(document(seed))
    assert html.write(document(seed)) == page
    names = [element.name for element in read(page).all()]
    assert not FOREIGN & set(names)
    assert names.count("h1") == 1


@some
@given(seeds)
def test_markdown_has_only_our_elements(seed: int) -> None:
    written = markdown.write(document(seed))
    assert written == markdown.write(document(seed))
    assert len(written) <= LIMIT_BYTES
    page = Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable(["table"]).render(written.decode()))
    page.close()
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= OURS | {"pre"}


@few
@given(seeds)
def test_pdf_can_be_made_of_any_blocks(seed: int) -> None:
    assert pdf.write(document(seed), b"{}").startswith(b"%PDF-1.7")
