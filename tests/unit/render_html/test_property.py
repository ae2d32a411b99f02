"""No string of the evidence is ever interpreted: whatever it holds, the page's elements are the same."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import fail, full, judged
from haproof.render.visible import visible
from haproof.render.writers.html import render
from strategies import evidence_sets, hostile_text
from unit.render_html.reader import Element, read

markup = st.one_of(
    hostile_text,
    st.text(alphabet="<>&\"'/=!-;#ax \t\n]", max_size=60),
    st.sampled_from(
        [
            "</title><script>alert(1)</script>",
            "--><svg onload=alert(1)>",
            "]]>",
            "</style>",
            '" onmouseover="alert(1)',
            "' autofocus onfocus='alert(1)",
            "&lt;b&gt;",
            "&#x3c;script&#x3e;",
            "javascript:alert(1)",
            "<!--",
            "</textarea><iframe>",
        ]
    ),
)


def elements(root: Element) -> list[tuple[str, tuple[str, ...]]]:
    """Names of all elements and of their attributes: what markup in a text would change."""
    return [(element.name, tuple(element.attributes)) for element in root.all()]


def page_with(text: str) -> Element:
    """The page of evidence that holds `text` in each place where a producer may write."""
    reports = full()
    for report in reports.values():
        report["run_id"] = text
        names = ("platform", "cluster", "database", "database_version", "chaos")
        report["environment"] = dict.fromkeys(names, text)
        report["environment"]["system"] = {"name": text, "version": text}
        report["artifacts"] = [{"path": f"a{text}", "sha256": "ab" * 32, "bytes": 1}]
        fail(report, report["checks"][3]["id"], text)
        report["checks"][3]["description"] = text
    reports["VAL14"]["observations"]["baseline_state"] = text
    reports["VAL16"]["observations"]["repeated_risks"] = [text, text]
    reports["VAL17"]["metrics"]["quorum_loss_reason"] = text
    with tempfile.TemporaryDirectory(prefix="html-law-") as folder:
        return read(render(judged(Path(folder), reports)))


@settings(max_examples=25, deadline=None)
@given(markup.map(lambda text: text.replace("..", "__").replace("\\", "/") or "x"))
def test_no_string_of_the_evidence_is_ever_interpreted(text: str) -> None:
    root = page_with(f"x{text}")
    plain = page_with("x" + "y" * (len(text)))
    assert elements(root) == elements(plain)
    assert visible(f"x{text}")[:60] in root.by_id("tested").text()


@settings(max_examples=25, deadline=None)
@given(evidence_sets())
def test_every_valid_set_makes_a_well_formed_page(reports: dict[str, dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory(prefix="html-law-") as folder:
        report = judged(Path(folder), reports)
        page = render(report)
        root = read(page)
        assert page == render(report)
    assert len(page) <= 300 * 1024
    assert report.proof.verdict in root.all("h1")[0].text()
    for part, result in zip(("val13", "val14", "val15", "val16", "val17"), report.slices, strict=True):
        assert bool(root.by_id(part).all("table")) is result.found
