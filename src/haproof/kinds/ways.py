"""The ways of making evidence that several kinds share; what stands for a system in their commands."""

from haproof.core.making import Blank, Making, Way

REFERENCE = "haproof reference node"
CONTROL_PLANES = ((REFERENCE, ""),)
DATABASES = (("Patroni", "patroni"), ("pg_auto_failover", "pg_auto_failover"), ("repmgr", "repmgr"))
"""How the evidence names the systems that the lab brings, and what --target calls them."""

QUIET = "expected for the reference node on a quiet machine of two cores; a slower system takes longer"

TARGET_FILE = Blank("FILE", "the target file of the system under test (docs/target-file.md)")
DSN = Blank("DSN", "connection string over all members of the database; no password in it (PGPASSFILE)")

SLICES = Way(
    id="slices",
    title="Run the five slices",
    commands=("haproof lab run{target} --evidence {part}",),
    needs="a machine of its own for that time: what runs beside it is in its figures",
    place="lab",
    blanks=(TARGET_FILE,),
    targets=CONTROL_PLANES,
    whole=True,
)

CLUSTERS = Way(
    id="cluster",
    title="Put the PostgreSQL HA cluster through every fault",
    commands=("haproof lab run{target} --mode sync --profile full --slices {kinds} --evidence {part}",),
    needs=(
        "Linux, private namespaces, iproute2 and the extra [all]; RECOVERY is measured with the reference "
        "node, or with your own control plane by --nodes FILE; on a cluster that already runs its report is "
        "yours to write (haproof schema RECOVERY)"
    ),
    place="lab",
    blanks=(TARGET_FILE,),
    named_by=("CLUSTER",),
    targets=DATABASES,
    usual="patroni",
)

STATEMENTS = Way(
    id="statements",
    title="Ask for a statement by others",
    commands=(
        "mkdir -p {part}",
        (
            "haproof attest {part} DOCUMENT --requirement {requirement} --issuer NAME --scope TEXT "
            "--performed-on DATE --valid-until DATE --result RESULT --summary TEXT --key KEY"
        ),
    ),
    needs="somebody else who does the work and signs with a key of their own; the reader trusts KEY.pub",
    place="others",
    blanks=(
        Blank("DOCUMENT", "their report, such as audit.pdf"),
        Blank("KEY", "the issuer's private key; its public half goes to whoever reads the report"),
        Blank("NAME, TEXT, DATE, RESULT", "who attests what, when, until when, and PASS or FAIL"),
    ),
    each=True,
)

ATTESTED = Making(way=STATEMENTS, seconds=None, source="up to whoever attests it")
"""How a statement by others is made."""


def of_a_slice(seconds: float) -> Making:
    """How one of the five is made; `seconds` of the default profile."""
    return Making(way=SLICES, seconds=seconds, source=QUIET)
