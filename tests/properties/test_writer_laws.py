"""Every writer takes any tree of blocks: it never raises, and no text is ever taken for anything but text."""

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from haproof.render.cells import cells
from haproof.render.document.blocks import Column, Paragraph, Row, Section, Table
from haproof.render.document.plain.lines import Block, Labelled, Line, Prose, Title, Unbroken
from haproof.render.document.whole import Document, Sheet
from haproof.render.visible import visible
from haproof.render.writers import html, markdown, pdf, text
from haproof.render.writers.markdown import LIMIT_BYTES
from properties.blocks import TEXTS, document, sheet
from unit.formats.test_markdown import OURS, Page
from unit.render_html.reader import read

some = settings(max_examples=40, deadline=None)
few = settings(max_examples=8, deadline=None)

seeds = st.integers(0, 2**32)

FOREIGN = {"script", "iframe", "object", "img", "b", "form", "embed"}


@some
@given(seeds)
@pytest.mark.parametrize("made", [document, sheet])
def test_html_is_well_formed_and_holds_only_our_elements(
    made: Callable[[int], Document | Sheet], seed: int
) -> None:
    page = html.write(made(seed))
    assert html.write(made(seed)) == page
    names = [element.name for element in read(page).all()]
    assert not FOREIGN & set(names)
    assert names.count("h1") == 1


@some
@example(6_846_145)  # a title of blanks in bold
@given(seeds)
@pytest.mark.parametrize("made", [document, sheet])
def test_markdown_has_only_our_elements(made: Callable[[int], Document | Sheet], seed: int) -> None:
    written = markdown.write(made(seed))
    assert written == markdown.write(made(seed))
    assert len(written) <= LIMIT_BYTES
    page = Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable(["table"]).render(written.decode()))
    page.close()
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= OURS | {"pre"}


@pytest.mark.parametrize("rows", [0, 1, 500, 700, 5_000])
def test_of_a_table_that_has_no_room_the_first_rows_stay(rows: int) -> None:
    each = tuple(Row((f"row {n} {'x' * 90}",)) for n in range(rows))
    long = Table(key="long", caption="All", columns=(Column("Row"),), rows=each)
    sections = Section(key="s", title="Long", blocks=(long,)), Section(key="e", title="Short", blocks=())
    end = Paragraph("The end.")
    written = markdown.write(Sheet(title="x", generator="", blocks=sections, closing=(end,))).decode()
    assert written.endswith("\n\nThe end.\n")
    shown = [line for line in written.splitlines() if line.startswith("| row ")]
    assert [line.split()[2] for line in shown] == [str(n) for n in range(len(shown))]
    if rows <= 500:
        assert len(shown) == rows
        assert "more rows" not in written
    else:
        assert f"{rows - len(shown):,} more rows, for which a comment has no room." in written
        assert LIMIT_BYTES - 200 < len(written) <= LIMIT_BYTES


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
