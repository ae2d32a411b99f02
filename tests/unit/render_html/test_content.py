"""What the page says: for who decides, who leads, and who reviews."""

import hashlib
import re
from pathlib import Path

import pytest

import cluster_report
import recovery_report
from builders import full, judged, seed
from haproof.core.report import Report
from haproof.render import proof_json
from haproof.render.document.places import listed
from haproof.render.visible import visible
from haproof.render.writers.html import render
from unit.render_html.cases import CASES, EVIL, failing, hostile, missing, nothing
from unit.render_html.reader import Element, read


def page(folder: Path, reports: dict[str, dict[str, object]]) -> tuple[Report, Element]:
    report = judged(folder, reports)
    return report, read(render(report))


def spelled(names: str) -> list[str]:
    """`a-01 to a-03, a-05` as a reader takes it: every name."""
    found: list[str] = []
    for part in names.split(", "):
        first, _, last = part.partition(" to ")
        start, end = (re.search(r"\d*$", name) for name in (first, last or first))
        assert start
        assert end
        if not last:
            found.append(first)
        else:
            numbers = range(int(start[0]), int(end[0]) + 1)
            found += [f"{first[: start.start()]}{n:0{len(start[0])}}" for n in numbers]
    return found


def rows(element: Element) -> list[list[str]]:
    """The body of the first table inside, cell by cell."""
    body = element.all("tbody")[0]
    return [[cell.said() for cell in row.children] for row in body.children]


def blocked(rung: Element) -> list[str]:
    """What a rung says of why it is not reached."""
    said = [summary.said() for summary in rung.all("summary")]
    return [words for words in said if words.startswith("Blocked:")]


@pytest.mark.parametrize("case", sorted(CASES))
def test_opens_with_the_verdict_the_levels_and_what_is_not_proved(case: str, tmp_path: Path) -> None:
    report, root = page(tmp_path, CASES[case]())
    assert report.proof.verdict in root.all("h1")[0].text()
    assert [part.attributes["id"] for part in root.all("main")[0].all("section")][:3] == [
        "verdict",
        "readiness",
        "scope",
    ]
    scope = root.by_id("scope").text()
    gaps = [risk for risk in report.proof.risks if risk.id.startswith("GAP-")]
    assert len(gaps) == 8
    assert all(gap.title in scope for gap in gaps)
    unproved, _, measured = scope.partition("measured in this run")
    for gap in gaps:
        assert gap.title in (unproved if gap.state == "OPEN" else measured)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("seed", "Blocked: no evidence for 3 of 3 requirements"),
        ("failing", "Blocked: 6 of 6 requirements not met"),
        ("nothing", "Blocked: no evidence for 6 of 6 requirements"),
    ],
)
def test_what_blocks_tells_failed_from_not_tried(case: str, said: str, tmp_path: Path) -> None:
    _, root = page(tmp_path, CASES[case]())
    assert blocked(root.by_id("readiness"))[0] == said


def test_page_is_bound_to_the_artifact_by_its_digest(tmp_path: Path) -> None:
    report, root = page(tmp_path, seed())
    digest = hashlib.sha256(proof_json.render(report)).hexdigest()
    assert f"SHA-256 {digest}" in root.all("footer")[0].text()
    assert f'@bottom-left{{content:"SHA-256 of the JSON artifact {digest}"' in root.all("style")[0].text()


def test_risk_that_sums_up_the_strength_leads_to_its_section(tmp_path: Path) -> None:
    _, root = page(tmp_path, seed())
    (row,) = [row for row in rows(root.by_id("risks")) if row[0].startswith("Strength of the evidence")]
    assert row[1].startswith("What the trials of each claim support: Strength of the evidence.")


@pytest.mark.parametrize("case", sorted(CASES))
def test_ladder_names_every_requirement_with_its_state(case: str, tmp_path: Path) -> None:
    report, root = page(tmp_path, CASES[case]())
    levels = report.proof.readiness
    rungs = [item for item in root.by_id("readiness").all("ol")[0].children if item.name == "li"]
    assert len(rungs) == 3
    for rung, level in zip(
        rungs, (levels["design_partner"], levels["ga"], levels["public_production"]), strict=True
    ):
        for requirement in level.requirements:
            detail = visible(requirement.detail).replace("<=", "≤")
            assert f"{requirement.state} {requirement.id}: {detail}" in rung.text().replace("\xa0", " ")
        assert bool(blocked(rung)) is not level.ready
    upcoming = [rung.attributes["class"] for rung in rungs].index("upcoming")
    assert "the next level" in rungs[upcoming].text()
    assert upcoming == (1 if levels["design_partner"].ready else 0)


def test_seed_shows_each_figure_with_target_and_margin(tmp_path: Path) -> None:
    _, root = page(tmp_path, seed())
    shown = {row[0]: row[1:] for row in figures(root, "val13")}
    assert shown["SIGTERM graceful failoversigterm_failover_ms"] == [
        "342 ms (±50)≤ 5,000 ms93 % below the limit",
        "✓ PASS",
    ]
    assert shown["Acknowledged rows lostdata_loss_rows"] == ["0 rows= 0 rows", "✓ PASS"]
    assert "±50 ms: the status was polled every 50 ms." in root.by_id("val13").said()
    informational = {row[0]: row[1:] for row in figures(root, "val13", "informational")}
    assert informational["Status poll intervalpoll_interval_ms"] == ["50 ms–", "informational"]
    text = root.by_id("results").said()
    for said in (
        "1,247 ms",
        "≤ 30,000 ms",
        "2,891 ms",
        "≤ 60,000 ms",
        "healthy ≤ 10 ms",
        "degraded ≤ 100 ms",
    ):
        assert said in text


def figures(root: Element, key: str, kind: str = "metrics") -> list[list[str]]:
    """The rows of one slice's figures."""
    caption = root.by_id(f"{key}-{kind}-caption")
    assert caption.parent is not None
    return rows(caption.parent)


def test_seed_draws_every_chart(tmp_path: Path) -> None:
    _, root = page(tmp_path, seed())
    keys = [
        svg.attributes["aria-labelledby"].split("-title")[0]
        for svg in root.all("svg")
        if svg.attributes.get("role") == "img"
    ]
    assert keys == [
        "chart-failover",
        "chart-lag",
        "chart-drain",
        "chart-backup",
        "chart-quorum",
        "chart-quorum-limits",
        "chart-window",
    ]


def test_figure_that_misses_its_target_says_by_how_much(tmp_path: Path) -> None:
    _, root = page(tmp_path, failing())
    text = root.by_id("val13").said()
    assert "47 % above the limit" in text
    assert "7,312.5 ms" in text
    assert "7,313" not in root.text()
    assert "5,000.0004" in text
    assert "not measured" in text
    assert "NOT BLOCKED" in root.by_id("val17").text()
    assert "loss not seen" in root.by_id("val17").text()


@pytest.mark.parametrize(
    ("value", "said", "status"),
    [
        (5000.0004, "5,000.0004 ms (±50)≤ 5,000 msless than 1 % above the limit", "✗ FAIL"),
        (4999.9996, "4,999.9996 ms (±50)≤ 5,000 msless than 1 % below the limit", "✓ PASS"),
        (5000, "5,000 ms (±50)≤ 5,000 msat the limit", "✓ PASS"),
    ],
)
def test_figure_beside_its_limit_never_looks_equal_to_it(
    value: float, said: str, status: str, tmp_path: Path
) -> None:
    reports = seed()
    reports["VAL13"]["metrics"]["sigterm_failover_ms"] = value
    _, root = page(tmp_path, reports)
    shown = {row[0]: row[1:] for row in figures(root, "val13")}
    assert shown["SIGTERM graceful failoversigterm_failover_ms"] == [said, status]


def test_slice_without_evidence_says_so_and_draws_nothing(tmp_path: Path) -> None:
    report, root = page(tmp_path, missing())
    for slice_id in ("VAL14", "VAL15", "VAL17"):
        part = root.by_id(slice_id.lower())
        row = next(row for row in report.proof.slices if row.id == slice_id)
        assert f"No evidence. {row.detail}" in part.text()
        assert part.all("svg") == []
        assert part.all("table") == []
    assert "VAL14no evidence" in root.by_id("window").all("svg")[0].text()


def test_nothing_found_is_no_success_anywhere(tmp_path: Path) -> None:
    _, root = page(tmp_path, nothing())
    assert root.all("figure") == []
    signs = {span.text() for span in root.all("span") if "state" in span.attributes.get("class", "").split()}
    assert not any("PASS" in sign or "✓" in sign for sign in signs)


@pytest.mark.parametrize("case", ["seed", "full", "failing"])
def test_each_claim_leads_to_file_pointer_and_digest(case: str, tmp_path: Path) -> None:
    report, root = page(tmp_path, CASES[case]())
    digests = {file.path: file.sha256 for file in report.proof.evidence.files}
    for check in report.proof.checks:
        told = set()
        for row in evidence(root, check.id):
            path, pointers, digest = (code.text() for code in row.children[1].all("code"))
            checks = row.children[0].text()
            for name, pointer in zip(spelled(checks), spelled(pointers), strict=True):
                told.add((name, path, pointer, digest))
        assert told == {
            (place.check, place.path, place.pointer, f"{digests[place.path][:12]}…")
            for place in check.evidence
        }
    files = root.by_id("files").text()
    assert all(digest in files for digest in digests.values())


def evidence(root: Element, check: str) -> list[Element]:
    """The rows that say where a claim can be looked up."""
    places = [
        element for element in root.all() if element.attributes.get("id") == f"evidence-{check}-caption"
    ]
    tables = [caption.parent for caption in places if caption.parent is not None]
    return [row for table in tables for row in table.all("tbody")[0].children]


def test_what_breaks_a_claim_is_marked_where_it_stands(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["metrics"]["sigterm_failover_ms"] = 5000.0004
    _, root = page(tmp_path, reports)
    text = root.by_id("matrix").said()
    assert "VAL13-03reported PASS, contradicted — failsPASS, not contradicted" in text
    assert "VAL13-035,000.0004 ms — fails≤ 5,000 ms" in text
    assert text.count("— fails") == 4


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a-01", "a-02"], "a-01, a-02"),
        (["a-01", "a-02", "a-03", "a-05", "b-06"], "a-01 to a-03, a-05, b-06"),
        (["/checks/8", "/checks/9", "/checks/10"], "/checks/8 to /checks/10"),
        (["/checks/2", "/checks/1", "/checks/0", "x"], "/checks/2, /checks/1, /checks/0, x"),
        ([], ""),
    ],
)
def test_neighbours_are_told_as_a_run(names: list[str], said: str) -> None:
    assert listed(names) == said


def test_contradictions_are_listed(tmp_path: Path) -> None:
    report, root = page(tmp_path, failing())
    listed = rows(root.by_id("contradictions"))
    assert [row[0] for row in listed] == [entry.check for entry in report.proof.contradictions]
    assert listed


def test_strength_lists_single_runs_once(tmp_path: Path) -> None:
    _, root = page(tmp_path, seed())
    part = root.by_id("strength")
    (fold,) = part.all("details")
    assert fold.all("summary")[0].text() == "16 of 18 claims are based on a single run"
    listed = [item.text() for item in fold.all("li")]
    assert "Restore correct VAL15-06" in listed
    assert len(listed) == len(set(listed)) == 16
    assert "58 more passing trials would bound the failure rate below 5 %" in fold.said()
    assert "95 % confidence" in part.said()
    assert "16 of 18 claims are based on a single run" in root.by_id("verdict").text()


def test_what_a_stronger_claim_needs_has_a_head_and_its_own_word(tmp_path: Path) -> None:
    """A percentile is of values, not of trials."""
    _, root = page(tmp_path, full())
    (table,) = root.by_id("strength").all("table")[:1]
    heads = [part.said().strip() for part in table.all("th")[1].children[0].children]
    assert heads == ["Trials", "The failure probability that they exclude", "Needed for a lower bound"]
    needed = {
        row.children[0].all("code")[0].text(): row.all("span")[-1].said() for row in table.all("tr")[1:]
    }
    assert needed["VAL13-03"].startswith("56 more trials for 5 %")
    assert needed["VAL14-05"] == "296 more values for 1 %"


def test_of_many_figures_of_a_check_those_that_fail_come_first_and_the_others_open(tmp_path: Path) -> None:
    failing = cluster_report.with_trial("host-hang", overlap_ms=23_399.414)
    _, root = page(tmp_path, full() | {"CLUSTER": cluster_report.tree(failing)})
    cell = root.by_id("check-CLUSTER-07").row().children[1]
    first, others = cell.all("ul")[:2]
    assert first.children[0].said().startswith("host-hang-1: Two primaries for: 23,399.4")
    assert all("fails" in item.said() or item.said().startswith("producer: ") for item in first.children)
    assert others.parent is not None
    assert others.parent.children[0].said() == f"{len(others.children)} others hold"
    assert len(others.children) > 6
    assert not any("fails" in item.said() for item in others.children)
    passing = root.by_id("check-CLUSTER-12").row().children[1]
    assert passing.all("summary")[0].said() == f"all {len(passing.all('ul')[-1].children)} hold"


def test_no_table_is_empty(tmp_path: Path) -> None:
    """RECOVERY has no figure that a check is tied to."""
    reports = full() | {
        "CLUSTER": cluster_report.tree(cluster_report.metrics()),
        "RECOVERY": recovery_report.tree(),
    }
    _, root = page(tmp_path, reports)
    assert root.by_id("recovery").all("table")
    for body in root.all("tbody"):
        assert body.children, body.parent and body.parent.children[0].said()


def test_all_fifty_checks_are_explained(tmp_path: Path) -> None:
    report, root = page(tmp_path, seed())
    text = root.by_id("results").text()
    for result in report.slices:
        for entry in result.checks:
            assert entry.check.id in text
            meaning = (entry.check.judge.__doc__ or "").split("\n")[0]
            assert meaning.split(". ")[0].rstrip(".") in text
    assert text.count("Not proved:") == 50


def test_commands_quote_whatever_the_path_is(tmp_path: Path) -> None:
    folder = tmp_path / "it's; $(touch x) `y`"
    report, root = page(folder, seed())
    commands = root.by_id("verifying").all("pre")
    quoted = "'" + report.proof.evidence_dir.replace("'", "'\\''") + "'"
    assert len(commands) == 3
    assert all(command.text().startswith(f"EVIDENCE={quoted}\n") for command in commands)


def test_hostile_text_is_shown_and_never_interpreted(tmp_path: Path) -> None:
    _, root = page(tmp_path, hostile())
    text = root.by_id("tested").text()
    assert visible(EVIL)[:100] in text
    assert "(1000000 characters)" in text or "characters)" in text
    assert "more lines" in text
    assert "\u202e" not in root.text()
    assert "\x1b" not in root.text()
    assert "\ufffe" not in root.text()
