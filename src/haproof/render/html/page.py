"""The whole page: head with its policy, contents, the three parts."""

import hashlib
import os
from binascii import b2a_base64

from markupsafe import Markup

from haproof.core.model import Report
from haproof.evidence import PROOF_STEM
from haproof.render import proof_json
from haproof.render.charts.palette import style_rules
from haproof.render.html.components import code, definitions
from haproof.render.html.results import results
from haproof.render.html.review import review
from haproof.render.html.summary import readiness, scope, tested, verdict
from haproof.render.markup import tag, void

CONTENTS = (
    (
        "Decision",
        (("verdict", "Verdict"), ("readiness", "Readiness"), ("scope", "Not proved"), ("tested", "Tested")),
    ),
    (
        "Results",
        (
            ("coverage", "Coverage"),
            ("window", "Window"),
            ("val13", "Failover"),
            ("val14", "Replication lag"),
            ("val15", "Backup"),
            ("val16", "Split-brain"),
            ("val17", "Quorum loss"),
        ),
    ),
    (
        "Review",
        (
            ("matrix", "Matrix"),
            ("claims", "Evidence"),
            ("strength", "Strength"),
            ("contradictions", "Contradictions"),
            ("risks", "Risks"),
            ("files", "Files"),
            ("verifying", "Verify"),
        ),
    ),
)
"""The sections by reader: what they are called in the contents."""


def page(report: Report) -> str:
    """The document, bound to the JSON artifact by its digest."""
    digest = hashlib.sha256(proof_json.render(report)).hexdigest()
    return f"<!DOCTYPE html>\n{tag('html', _head(report, digest), _body(report, digest), lang='en')}\n"


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


def _head(report: Report, digest: str) -> Markup:
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
        tag("title", f"{proof.verdict} — {proof.report} HA Proof Report"),
        void("link", rel="icon", href="data:,"),
        tag("style", sheet),
    )


def _body(report: Report, digest: str) -> Markup:
    return tag(
        "body",
        tag("a", "Skip to the report", href="#main", class_="skip"),
        tag("header", tag("p", "VAL26 — HA Proof Report", class_="eyebrow")),
        tag(
            "main",
            verdict(report),
            _contents(),
            tag("div", readiness(report), scope(report), class_="pair"),
            tested(report),
            results(report),
            review(report),
            id="main",
        ),
        tag("footer", _imprint(report, digest)),
    )


def _contents() -> Markup:
    groups = [
        tag(
            "li",
            tag("span", name, class_="label"),
            tag("ul", [tag("li", tag("a", words, href=f"#{key}")) for key, words in entries]),
        )
        for name, entries in CONTENTS
    ]
    return tag("nav", tag("ul", groups), aria_label="Contents")


def _imprint(report: Report, digest: str) -> Markup:
    proof = report.proof
    return definitions(
        (
            ("Evidence", code(proof.evidence_dir)),
            ("Generated", tag("time", proof.generated_at, datetime=proof.generated_at)),
            ("By", f"{proof.generator.name} {proof.generator.version}"),
            (
                "The same judgement, for programs",
                [code(f"{PROOF_STEM}.json"), tag("span", ["SHA-256 ", code(digest)], class_="below")],
            ),
        )
    )
