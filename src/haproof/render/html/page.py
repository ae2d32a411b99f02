"""The whole page: head with its policy, contents, the three parts."""

import hashlib
import os
from binascii import b2a_base64
from collections.abc import Sequence

from markupsafe import Markup

from haproof.core.model import Report
from haproof.evidence import PROOF_STEM
from haproof.render import proof_json
from haproof.render.charts.palette import style_rules
from haproof.render.document.labels import TITLES
from haproof.render.document.overview import Overview, overview
from haproof.render.document.reasons import reasons
from haproof.render.document.slices import SliceView, slices
from haproof.render.html.components import code, definitions
from haproof.render.html.readiness import readiness, scope, tested
from haproof.render.html.review import review
from haproof.render.html.slices import results
from haproof.render.html.verdict import verdict
from haproof.render.markup import tag, void

DECISION = (
    ("verdict", "Verdict"),
    ("readiness", "Readiness"),
    ("scope", "Not proved"),
    ("tested", "Tested"),
)
REVIEW = (
    ("matrix", "Matrix"),
    ("contradictions", "Contradictions"),
    ("strength", "Strength"),
    ("risks", "Findings"),
    ("files", "Files"),
    ("verifying", "Verify"),
)
"""The sections for whoever decides and for whoever reviews, and what they are called in the contents."""


def page(report: Report) -> str:
    """The document, bound to the JSON artifact by its digest."""
    digest = hashlib.sha256(proof_json.render(report)).hexdigest()
    seen = overview(report)
    whole = tag("html", _head(report, seen, digest), _body(report, seen, digest), lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def style() -> Markup:
    """The style sheet; ours alone, so it is markup as it stands."""
    with open(os.path.join(os.path.dirname(__file__), "style.css"), encoding="utf-8") as sheet:
        return Markup("\n" + style_rules() + sheet.read())


def running_foot(digest: str) -> Markup:
    """The digest of the artifact at the foot of every printed page."""
    words = f"SHA-256 of the JSON artifact {digest}"
    return Markup(
        f'@page{{@bottom-left{{content:"{words}";font:6.5pt ui-monospace,monospace;color:#55616e}}}}\n'
    )


def policy(sheet: str) -> str:
    """Nothing is loaded or run; the one style sheet is the one whose digest stands here."""
    digest = b2a_base64(hashlib.sha256(sheet.encode("utf-8")).digest(), newline=False).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _head(report: Report, seen: Overview, digest: str) -> Markup:
    sheet = style() + running_foot(digest)
    proof = report.proof
    return tag(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=policy(sheet)),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        void("meta", name="referrer", content="no-referrer"),
        void("meta", name="generator", content=f"{proof.generator.name} {proof.generator.version}"),
        void("meta", name="description", content=seen.description),
        tag("title", seen.title),
        void("link", rel="icon", href="data:,"),
        tag("style", sheet),
    )


def _body(report: Report, seen: Overview, digest: str) -> Markup:
    views = slices(report)
    return tag(
        "body",
        tag("a", "Skip to the report", href="#main", class_="skip"),
        tag("header", tag("p", "VAL26 — HA Proof Report", class_="eyebrow")),
        tag(
            "main",
            verdict(seen, reasons(report)),
            _contents(views),
            tag("div", readiness(report), scope(report), tested(report), class_="trio"),
            results(report, views),
            review(report),
            id="main",
        ),
        tag("footer", _imprint(report, digest)),
    )


def _contents(views: Sequence[SliceView]) -> Markup:
    """The sections by reader."""
    measured = [(view.id.lower(), TITLES.get(view.id, view.name)) for view in views]
    groups = (("Decision", DECISION), ("Results", (*measured, ("window", "Window"))), ("Review", REVIEW))
    listed = [
        tag(
            "li",
            tag("span", name, class_="label"),
            tag("ul", [tag("li", tag("a", words, href=f"#{key}")) for key, words in entries]),
        )
        for name, entries in groups
    ]
    return tag("nav", tag("ul", listed), aria_label="Contents")


def _imprint(report: Report, digest: str) -> Markup:
    proof = report.proof
    return definitions(
        (
            ("Evidence", code(proof.evidence_dir)),
            ("Generated", tag("time", proof.generated_at, datetime=proof.generated_at)),
            ("By", f"{proof.generator.name} {proof.generator.version}"),
            (
                "Machine-readable report",
                [code(f"{PROOF_STEM}.json"), tag("span", ["SHA-256 ", code(digest)], class_="below")],
            ),
        )
    )
