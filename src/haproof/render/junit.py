"""JUnit XML for CI systems: one suite for the checks of VAL26, one for those of each kind.

PASS is a test that passed. A check that says no is a failure, a contradicted PASS included. Where nothing can
be told (a slice is MISSING) the tests are errors, never skipped: absence must not look like success, and CI
systems count skipped tests as harmless.

The structure is that of the Jenkins schema junit-10 (pytest's xunit2). No durations are known: `time` is 0.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from haproof.core import risk_ids
from haproof.core.instant import format_instant
from haproof.core.matrix import why_failed
from haproof.core.model import CheckResult, MatrixRow, SliceResult
from haproof.core.report import Report
from haproof.core.window import in_words
from haproof.render.visible import visible


class Case(Struct, frozen=True, kw_only=True):
    """One test: `outcome` is `""`, `failure` or `error`, with its kind, and what was found."""

    name: str
    suite: str
    outcome: str = ""
    kind: str = ""
    found: str


def render(report: Report) -> bytes:
    """The document in UTF-8: the same bytes for the same report."""
    suites = [_matrix_suite(report), *(_slice_suite(report, result) for result in report.results)]
    cases = [case for _, _, cases in suites for case in cases]
    head = f"testsuites{_attribute('name', f'{report.proof.report} {report.proof.title}')}{_counts(cases)}"
    said = [_of_the_run(report), *map(_of_the_kind, report.results)]
    body = "".join(map(_suite, suites, map(_properties, said)))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{head}>\n{body}</testsuites>\n'.encode()


Suite = tuple[str, str, list[Case]]


def _matrix_suite(report: Report) -> Suite:
    name = f"{report.proof.report} {report.proof.title}"
    told = {result.id: result.found for result in report.slices}
    says_no = any(_row_says_no(row, told) for row in report.proof.checks[:-1] if row.status == "FAIL")
    cases = []
    for row in report.proof.checks:
        no = says_no if row.id in report.house.sums_up else _row_says_no(row, told)
        cases.append(_matrix_case(row, name, no))
    return name, report.proof.generated_at, cases


def _row_says_no(row: MatrixRow, told: dict[str, bool]) -> bool:
    """Whether a failed check rests on a slice that was found: only then it says no."""
    return any(told.get(place.slice, False) for place in row.evidence)


def _matrix_case(row: MatrixRow, suite: str, says_no: bool) -> Case:
    outcome = "" if row.status == "PASS" else "failure" if says_no else "error"
    kind = {"": "", "failure": "not ready", "error": "cannot tell"}[outcome]
    return Case(name=f"{row.id} {row.description}", suite=suite, outcome=outcome, kind=kind, found=row.detail)


def _slice_suite(report: Report, result: SliceResult) -> Suite:
    slice_ = result.source.kind
    name = f"{slice_.id} {slice_.name}"
    recorded = result.source.generated_at
    time = format_instant(recorded) if recorded else report.proof.generated_at
    if result.status != "MISSING":
        return name, time, [_check_case(check, name) for check in result.checks]
    missing = f"MISSING: {result.source.path}: {result.why_missing}"
    return (
        name,
        time,
        [
            Case(name=f"{check.id} {check.title}", suite=name, outcome="error", kind="MISSING", found=missing)
            for check in slice_.checks
        ],
    )


def _found(result: CheckResult) -> str:
    """The figures that a passed check was held against; why it did not pass; or that it is as reported."""
    if not result.passed:
        return why_failed(result).removeprefix(f"{result.check.id}: ")
    return "; ".join(finding.held for finding in result.findings) or "as reported, no figures given"


def _check_case(result: CheckResult, suite: str) -> Case:
    name = f"{result.check.id} {result.check.title}"
    if result.passed:
        return Case(name=name, suite=suite, found=_found(result))
    kind = "contradiction" if result.contradicted else "FAIL"
    return Case(name=name, suite=suite, outcome="failure", kind=kind, found=_found(result))


Said = Sequence[tuple[str, str]]
"""Properties of a suite, in order."""


def _of_the_run(report: Report) -> Said:
    """What a reader of the CI system's page needs to know about the run; the first suite carries it."""
    proof = report.proof
    return (
        ("system", proof.topology.system),
        ("verdict", proof.verdict),
        *((f"reason {reason.id}", f"{reason.sentence}. Next: {reason.next}.") for reason in proof.reasons),
        ("evidence_dir", proof.evidence_dir),
        ("generated_at", proof.generated_at),
        ("generator", f"{proof.generator.name} {proof.generator.version}"),
        ("evidence_window", in_words(proof.evidence.window)),
        *((f"sha256 {file.path}", file.sha256) for file in proof.evidence.files),
        *((risk.title, risk.detail) for risk in proof.risks if risk.id == risk_ids.STRENGTH),
    )


def _of_the_kind(result: SliceResult) -> Said:
    """What is said beside the figures of a kind, wherever it is shown."""
    return tuple(("note", f"{remark}.") for remark in result.remarks)


def _properties(said: Said) -> str:
    """As an element; nothing where nothing is said."""
    rows = "".join(
        f"      <property{_attribute('name', name)}{_attribute('value', value)}/>\n" for name, value in said
    )
    return f"    <properties>\n{rows}    </properties>\n" if rows else ""


def _suite(suite: Suite, properties: str) -> str:
    name, time, cases = suite
    head = f"{_attribute('name', name)}{_counts(cases)}{_attribute('skipped', '0')}"
    head += _attribute("timestamp", time)
    return f"  <testsuite{head}>\n{properties}{''.join(map(_case, cases))}  </testsuite>\n"


def _counts(cases: list[Case]) -> str:
    failures = sum(case.outcome == "failure" for case in cases)
    errors = sum(case.outcome == "error" for case in cases)
    return "".join(
        _attribute(name, value)
        for name, value in (
            ("tests", str(len(cases))),
            ("failures", str(failures)),
            ("errors", str(errors)),
            ("time", "0"),
        )
    )


def _case(case: Case) -> str:
    head = f"{_attribute('classname', case.suite)}{_attribute('name', case.name)}{_attribute('time', '0')}"
    if case.outcome:
        inner = (
            f"<{case.outcome}{_attribute('type', case.kind)}{_attribute('message', case.found)}>"
            f"{escape(case.found)}</{case.outcome}>"
        )
    else:
        inner = f"<system-out>{escape(case.found)}</system-out>"
    return f"    <testcase{head}>\n      {inner}\n    </testcase>\n"


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"'


_NOT_XML = re.compile("[\ufffe\uffff]")


def escape(text: str) -> str:
    """Text for an XML element or attribute. Control characters, which XML 1.0 cannot hold at all, and the two
    non-characters that it forbids are written out as `\\u{XXXX}`.
    """
    shown = _NOT_XML.sub(lambda found: f"\\u{{{ord(found[0]):04X}}}", visible(text))
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        shown = shown.replace(character, entity)
    return shown
