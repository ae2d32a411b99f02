"""Evidence whose every string attacks some format, and the strings that a reader must then see."""

from builders import EvidenceSet, fail, full
from haproof.core.figures import cut
from haproof.render.visible import visible

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)> &amp; &lt;",
    "a | b \\| c \\\\| d ||",
    "`code` ``two`` ```three```",
    "@octocat closes #12 GH-3 :boom: ![x](http://evil.test/x.png) [y](javascript:alert(1)) www.evil.test",
    "**bold** _em_ ~~gone~~ $math$ https://evil.test <https://evil.test>",
    "\n\n# heading\n\n- list\n\n<details open>\n",
    "]]> <!-- x --> <![CDATA[ <?xml?> &#0; ",
    "\x00\x01\x08\x0b\x0c\x1b[31m\x7f\x85\ufffe\uffff\u202e\u2028\U000e0001",
    '"} 1\nhaproof_ready{level="ga"} 1\n# EOF\n\\',
    "#let x = 1; #read(\"/etc/passwd\") $x$ @ref <label> *b* _i_ `raw` // c /* c */ \\ ~ -- ... 'q'",
    '#panic() #eval("1") ] } ) [#set page(fill: red)] = Title\n= Title\n+ item\n/ term: x',
    " leading and trailing ",
    "",
    "z" * 1000,
    "\u0627\u0644 \u05e9\u05dc \u4e2d\u6587 \U0001f600 e\u0301",
)
"""One or more for each format: markup, Markdown, XML, labels, Typst, and what is merely long or foreign."""


def attacked(text: str) -> EvidenceSet:
    """A full set in which every string that a producer may choose is `text`."""
    reports = full()
    for report in reports.values():
        report["name"] = report["run_id"] = text
        report["environment"] = {
            "platform": text,
            "cluster": text,
            "database": text,
            "database_version": text,
            "chaos": [text, text],
            "system": {"name": text, "version": text, "sha256": text},
            "generator": {"name": text, "version": text},
            "host": {text: text},
            "settings": {text: text},
        }
    for check in ("VAL13-03", "VAL13-07"):
        fail(reports["VAL13"], check, text)
    reports["VAL14"]["observations"] |= {"baseline_state": text, "quorum_without_standby": text}
    reports["VAL15"]["observations"]["audit_events"] = [text]
    reports["VAL16"] = {**reports["VAL16"], "not_run": text}
    reports["VAL17"]["metrics"]["quorum_loss_reason"] = text or "empty would be a contradiction"
    return reports


def seen(text: str) -> str:
    """The string as every format shows it: hidden characters written out, long ones cut."""
    return visible(cut(text))
