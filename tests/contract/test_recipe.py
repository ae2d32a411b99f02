"""A kind of evidence is one folder and one line: the recipe's kind shows everywhere, costs nothing else."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.json import encode

from builders import NOON, full, seed, write
from haproof.api import assess, compare, read_evidence
from haproof.attest.verify import verify
from haproof.core.artifact import parse_artifact
from haproof.core.described import metrics
from haproof.core.history import history
from haproof.core.history_line import entry, read_line
from haproof.core.model import Options
from haproof.core.report import Report
from haproof.errors import UsageError
from haproof.explain import explain, near
from haproof.kinds import HOUSE
from haproof.places import is_set, require_run
from haproof.raw_files import recount
from haproof.render import ALWAYS, FORMATS, ON_SCREEN, render
from haproof.render.history import View
from haproof.render.history import render as render_history
from haproof.schema import names, schema
from recipe import HOUSE_WITH_ZONES as ZONES
from recipe.zones import KIND

pytestmark = pytest.mark.skipif(
    HOUSE.kind(KIND.id) is not None,
    reason=f"{KIND.id} is one of the program's own kinds here: the recipe was followed with the toy itself",
)

Json = dict[str, Any]
FORMS = (*FORMATS, *ON_SCREEN)


PASSING: Json = {"zones": 3, "zone_failover_ms": 812, "zone_rows_lost": 0, "zone_trials_ms": [640, 812]}


AT_THE_LIMIT, TOO_OLD = "2025-12-23T12:00:00Z", "2025-12-23T11:59:59Z"
"""Ninety days before noon, the kind's greatest age, and a second more."""


def report_of(**metrics: Any) -> Json:
    """A report of the kind that passes, with other figures where they are given."""
    return {
        "schema_version": "1",
        "slice": KIND.id,
        "name": KIND.name,
        "generated_at": "2026-03-20T10:00:00Z",
        "metrics": PASSING | metrics,
        "checks": [{"id": one.id, "description": one.title, "status": "PASS"} for one in KIND.checks],
        "summary": {"total": 3, "passed": 3, "failed": 0},
    }


def judged(folder: Path, report: Json, options: Options | None = None) -> Report:
    write(folder, full() | {KIND.id: report})
    evidence = read_evidence(str(folder), ZONES)
    if options is not None and options.recount:
        evidence = recount(evidence)
    return assess(evidence, NOON, options or Options(), ZONES)


def test_it_is_judged_and_changes_no_verdict(tmp_path: Path) -> None:
    report = judged(tmp_path, report_of())
    (row,) = report.proof.beyond
    assert (row.id, row.status, row.passed, row.failed, row.total) == ("ZONES", "PASS", 3, 0, 3)
    assert row.age_seconds == 3 * 86_400 + 2 * 3600
    assert row.metrics == PASSING
    assert report.ready
    gap = next(risk for risk in report.proof.risks if risk.id == "GAP-7")
    assert gap.state == "MEASURED"
    assert "Measured here: failover across 3 zones in 812 ms (ZONES)." in gap.detail
    assert [file.slice for file in report.proof.evidence.files][-1] == "ZONES"


@pytest.mark.parametrize(("generated_at", "state"), [(AT_THE_LIMIT, "MEASURED"), (TOO_OLD, "OPEN")])
def test_it_measures_its_gap_until_it_is_too_old(tmp_path: Path, generated_at: str, state: str) -> None:
    report = judged(tmp_path, report_of() | {"generated_at": generated_at})
    gap = next(risk for risk in report.proof.risks if risk.id == "GAP-7")
    assert gap.state == state
    told = "Not measured here: ZONES is 90 days 1 s old (at most 90 days): run it again."
    assert (told in gap.detail) == (state == "OPEN")


def test_figures_that_contradict_its_word_fail_it_and_nothing_else(tmp_path: Path) -> None:
    report = judged(tmp_path, report_of(zone_rows_lost=2, zone_trials_ms=[640, 60_001]))
    (row,) = report.proof.beyond
    assert (row.status, row.passed, row.failed) == ("FAIL", 1, 2)
    assert report.ready
    assert report.reasons == ()
    found = {risk.id: risk for risk in report.proof.risks}
    assert "ZONES-02, ZONES-03" in found["RUN-FAILED-ZONES"].detail
    assert {"RUN-CONTRADICTION-ZONES-02", "RUN-CONTRADICTION-ZONES-03"} <= found.keys()


@pytest.mark.parametrize(
    ("report", "fault"),
    [
        (report_of() | {"not_run": "no second zone"}, "not run: no second zone"),
        (report_of(zones="three"), "schema mismatch: $.metrics.zones"),
        (report_of() | {"checks": report_of()["checks"][:2]}, "of length >= 3"),
    ],
)
def test_without_a_verdict_it_is_missing_with_the_reason(tmp_path: Path, report: Json, fault: str) -> None:
    if "not_run" in report:
        report = {key: value for key, value in report.items() if key not in ("metrics", "checks", "summary")}
    judgement = judged(tmp_path, report)
    (row,) = judgement.proof.beyond
    assert (row.status, row.passed, row.metrics) == ("MISSING", None, None)
    assert fault in (row.detail or "")
    assert judgement.ready
    assert "RUN-MISSING-ZONES" in {risk.id for risk in judgement.proof.risks}
    for form in FORMS:
        assert b"ZONES" in render(judgement, form) or form in ("pdf", "brief")


def test_nothing_of_it_means_no_word_of_it(tmp_path: Path) -> None:
    write(tmp_path / "evidence", full())
    with_it = assess(read_evidence(str(tmp_path / "evidence"), ZONES), NOON, house=ZONES)
    without = assess(read_evidence(str(tmp_path / "evidence")), NOON)
    assert with_it.proof.beyond == ()
    for form in FORMS:
        assert render(with_it, form) == render(without, form), form


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("pdf", "brief")])
def test_every_format_shows_it(tmp_path: Path, form: str) -> None:
    shown = render(judged(tmp_path, report_of()), form).decode()
    assert "Failover Across Zones" in shown or form == "openmetrics"
    assert "ZONES" in shown
    if form not in ("junit", "markdown"):
        assert "812" in shown
    for check in KIND.check_ids if form in ("html", "junit", "openmetrics") else ():
        assert check in shown
    if form == "html":
        assert "Failover across zones, every trial" in shown


def test_the_pdf_shows_it(tmp_path: Path) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    pages = PdfReader(BytesIO(render(judged(tmp_path, report_of()), "pdf"))).pages
    shown = "".join(page.extract_text() for page in pages)
    assert "Failover Across Zones" in shown
    assert "ZONES-03" in shown


def test_the_artifact_fits_its_schema_and_is_read_again(tmp_path: Path) -> None:
    report = judged(tmp_path, report_of())
    content = render(report, "json")
    jsonschema.Draft202012Validator(schema("proof", ZONES)).validate(json.loads(content))
    assert parse_artifact(content, ZONES).proof == report.proof


def test_a_program_without_it_reads_the_artifact_all_the_same(tmp_path: Path) -> None:
    report = judged(tmp_path / "a", report_of())
    failed = judged(tmp_path / "b", report_of(zone_rows_lost=2))
    assert parse_artifact(render(report, "json"), HOUSE).proof == report.proof
    old, new = (parse_artifact(render(one, "json"), HOUSE).proof for one in (report, failed))
    (change,) = [one for one in compare(old, new).slices if one.id == "ZONES"]
    assert (change.before, change.after, change.direction) == ("PASS", "FAIL", "worse")


def test_two_runs_are_compared_by_it(tmp_path: Path) -> None:
    old = judged(tmp_path / "a", report_of())
    new = judged(tmp_path / "b", report_of(zone_failover_ms=900, zone_trials_ms=[640, 900]))
    changed = {figure.name: figure for figure in compare(old, new, house=ZONES).figures}
    assert (changed["zone_failover_ms"].before, changed["zone_failover_ms"].after) == (812, 900)
    assert changed["zone_failover_ms"].slice == "ZONES"


def test_a_history_has_its_course(tmp_path: Path) -> None:
    lines = []
    for n, time in enumerate((812, 900)):
        report = judged(tmp_path / str(n), report_of(zone_failover_ms=time))
        lines.append(read_line(encode(entry(report.proof, f"{n:064}")), ZONES))
    found = history(lines, ZONES)
    assert [row.status for row in found.runs[0].rows if row.id == "ZONES"] == ["PASS"]
    (course,) = [series for series in found.series if series.name == "zone_failover_ms"]
    assert list(course.values) == [812, 900]
    assert ">Zones (ZONES)<" in render_history(View(found), "html").decode(), "its view names it"
    assert [row.id for row in read_line(encode(entry(report.proof, "0" * 64)), HOUSE).beyond] == ["ZONES"]


def test_it_is_explained() -> None:
    kind, *_ = explain("zones", ZONES)
    assert kind.meaning == KIND.about.meaning
    assert kind.criterion == "ZONES-01 to ZONES-03, all three."
    (check,) = explain("ZONES-02", ZONES)
    assert check.criterion == "zone_failover_ms <= 60,000; where given: every zone_trials_ms <= 60,000"
    (figure,) = explain("zone_failover_ms", ZONES)
    assert figure.see == ("ZONES-02",)
    assert "ZONES-03" in near("ZONES-3", ZONES)
    assert explain("ZONES-02", HOUSE) == ()


def test_each_of_its_figures_is_described_and_it_says_how_it_is_made() -> None:
    for name, said in metrics(KIND.record).items():
        assert said.label, name
        assert said.about.meaning, name
    assert KIND.made is not None
    assert KIND.made.takes(None) == 600


def test_its_reports_have_a_schema() -> None:
    assert "ZONES" in names(ZONES)
    validator = jsonschema.Draft202012Validator(schema("ZONES", ZONES))
    assert validator.is_valid(report_of())
    assert not validator.is_valid(report_of(zones="three"))
    assert not validator.is_valid(report_of() | {"checks": report_of()["checks"][:2]})


def test_raw_files_are_judged_again(tmp_path: Path) -> None:
    write(tmp_path, {KIND.id: report_of()})
    (tmp_path / "zones" / "trials.txt").write_text("640\n812\n")
    assert judged(tmp_path, report_of(), options=Options(recount=True)).proof.beyond[0].status == "PASS"
    (tmp_path / "zones" / "trials.txt").write_text("640\n6000\n")
    report = judged(tmp_path, report_of(), options=Options(recount=True))
    (row,) = report.proof.beyond
    assert (row.status, row.passed) == ("FAIL", 2)
    said = "; ".join(entry.detail for entry in report.proof.contradictions)
    assert "6,000 ms recounted from zones/trials.txt" in said


def test_verify_covers_it(tmp_path: Path) -> None:
    report = judged(tmp_path, report_of())
    folder = tmp_path / "val26"
    folder.mkdir()
    for form in ALWAYS:
        (folder / f"val26-proof-report.{FORMATS[form][1]}").write_bytes(render(report, form))
    assert verify(str(tmp_path), unsigned=True, house=ZONES).ok
    (tmp_path / "zones" / "zones-report.json").write_text(json.dumps(report_of(zone_failover_ms=811)))
    assert not verify(str(tmp_path), unsigned=True, house=ZONES).ok


def test_its_folder_is_known_as_a_part_of_a_run(tmp_path: Path) -> None:
    write(tmp_path, {KIND.id: report_of()})
    assert is_set(str(tmp_path), ZONES)
    assert not is_set(str(tmp_path), HOUSE)
    with pytest.raises(UsageError, match="only a part of the run"):
        require_run(str(tmp_path / "zones"), ZONES)


def test_seed_s_evidence_alone_is_as_ever(tmp_path: Path) -> None:
    write(tmp_path, seed())
    assert assess(read_evidence(str(tmp_path), ZONES), NOON, house=ZONES).proof.beyond == ()
