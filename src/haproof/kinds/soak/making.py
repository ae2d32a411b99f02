"""VAL18: how its evidence is made, and how long a soak that is under way has still to go."""

from haproof.core.making import Blank, Making, Way
from haproof.kinds.soak.gap import falls_short
from haproof.kinds.soak.limits import GOAL_DAYS
from haproof.kinds.soak.record import SoakRecord
from haproof.kinds.ways import DSN, REFERENCE, TARGET_FILE

DAY_SECONDS = 86_400

SOAK = Way(
    id="soak",
    title="Begin the 30-day soak",
    commands=(
        "haproof soak setup {part}{target} --node URL --node URL --token-file TOKEN --dsn DSN",
        "sudo cp {part}/units/haproof-soak-* /etc/systemd/system/",
        "sudo systemctl enable --now haproof-soak-probe.service haproof-soak-round.timer",
    ),
    watch=("haproof soak status {part}",),
    collect=("haproof soak report {part} --evidence {next}",),
    going_on=("haproof soak status SOAK",),
    going_on_collect=("haproof soak report SOAK --evidence {next}",),
    needs="the system that is to be sold, left running, and a second machine that stays up to probe it",
    place="elsewhere",
    blanks=(
        Blank("URL", "address of a node, once for each (docs/soak.md; a database alone needs none)"),
        Blank("TOKEN", "file that holds the nodes' token"),
        DSN,
        TARGET_FILE,
        Blank("SOAK", "the folder of the soak that is under way"),
    ),
    targets=((REFERENCE, "reference"),),
    usual="reference",
)


def seconds_left(record: SoakRecord) -> float | None:
    """How long a soak has still to be observed; None where it could not meet GA-1 however long it went on."""
    days = record.metrics.days
    if days is None or falls_short(record) is not None:
        return None
    return max(GOAL_DAYS - days, 0) * DAY_SECONDS


MADE = Making(
    way=SOAK,
    seconds=GOAL_DAYS * DAY_SECONDS,
    source="Gate D asks for 30 observed days; what is not observed (gaps, reboots) comes on top",
    completes=("VAL18-01", "VAL18-02"),
    left=seconds_left,
)
