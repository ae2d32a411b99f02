"""The check that sums up says which checks and how many it is based on, whatever these are."""

from msgspec.structs import replace

from haproof.kinds.matrix import ABOVE, _named, _sums_up

NINE = ABOVE[:9]


def test_nine_checks() -> None:
    last = _sums_up(NINE)
    assert last.criterion == "VAL26-01..09 all PASS + 6-hour window"
    assert last.about.meaning == (
        "HA design partner readiness: all nine checks above pass and the evidence is coherent."
    )
    assert last.about.how == "The nine outcomes, and the window of the embedded timestamps."


def test_one_check_more_is_counted_and_named() -> None:
    last = _sums_up((*NINE, replace(NINE[-1], id="VAL26-11")))
    assert last.criterion == "VAL26-01..09, VAL26-11 all PASS + 6-hour window"
    assert "all ten checks above" in last.about.meaning
    assert last.about.how.startswith("The ten outcomes")


def test_ids_in_a_row_are_named_as_one() -> None:
    assert _named(["VAL26-01"]) == "VAL26-01"
    assert _named(["VAL26-01", "VAL26-02", "VAL26-04", "VAL26-11", "VAL26-12"]) == (
        "VAL26-01..02, VAL26-04, VAL26-11..12"
    )
