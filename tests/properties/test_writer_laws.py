"""Every writer takes any tree of blocks: it never raises, and no text is ever taken for anything but text."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from haproof.render.cells import cells
from haproof.render.document.plain.lines import Block, Labelled, Line, Prose, Title, Unbroken
from haproof.render.visible import visible
from haproof.render.writers import html, markdown, pdf, text
from haproof.render.writers.markdown import LIMIT_BYTES
from properties.blocks import TEXTS, document
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
@example(6_846_145)  # a title of blanks in bold
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


TEXT = st.sampled_from(TEXTS) | st.text()
PLACES = {"level": st.integers(0, 5), "hang": st.integers(0, 10)}
LINES: st.SearchStrategy[Block] = (
    st.builds(Title, TEXT)
    | st.builds(Line, TEXT, **PLACES)
    | st.builds(Prose, TEXT, **PLACES)
    | st.builds(Labelled, TEXT, st.integers(0, 35), TEXT, st.integers(0, 5))
    | st.builds(Unbroken, TEXT)
)


@some
@example([Labelled("", 35, "0" * 48, 3)], 40)  # the column of the values is where the terminal ends
@example([Labelled("", 35, "\u3042" * 48, 5)], 40)
@given(st.lists(LINES), st.integers(40, 120))
def test_text_has_a_line_for_each_block_and_no_others_but_marked_ones(
    blocks: list[Block], columns: int
) -> None:
    written = text.write(blocks, columns).decode()
    assert written == ("".join(text.write([block], columns).decode() for block in blocks) or "\n")
    for block in blocks:
        first, *further = text.write([block], columns).decode().removesuffix("\n").split("\n")
        assert all(visible(line) == line for line in (first, *further))
        if isinstance(block, Unbroken):
            assert further == []
        elif isinstance(block, Title):
            assert first == ""
        else:
            assert all(cells(line) <= columns for line in (first, *further))
            assert isinstance(block, Prose) or all(line.lstrip(" ").startswith("…") for line in further)
