"""The check of EXTERNAL."""

from haproof.core.findings import Facts, Findings
from haproof.core.kind import Rules, check
from haproof.kinds.external.record import ExternalRecord, incomplete, remarks


@check(
    "EXTERNAL-01",
    "a statement counts, and none that counts says FAIL",
    meaning="At least one statement counts, and every statement that counts says PASS.",
    why="An auditor who says FAIL is not outvoted by one who says PASS.",
    how="Over the statements that a trusted key signed, whose document is there, and that have not expired.",
    not_proved="That all of PUB-1 to PUB-3 are attested: each asks for a statement of its own.",
)
def none_says_fail(record: ExternalRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return facts.at_least("statements_counted", 1) + facts.none("statements_failed")


RULES = Rules(record=ExternalRecord, checks=(none_says_fail,), incomplete=incomplete, remarks=remarks)
