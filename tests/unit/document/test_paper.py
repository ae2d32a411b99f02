"""What only a document says in which nothing can be asked for."""

from pathlib import Path

from builders import full, judged
from haproof.render.document.plans import page, paper


def test_the_paper_says_how_each_kind_is_measured(tmp_path: Path) -> None:
    report = judged(tmp_path, full())
    on_paper, on_screen = repr(paper(report)), repr(page(report))
    for result in report.results:
        how = repr(f" {result.source.kind.about.how}")
        assert how in on_paper
        assert how not in on_screen
