"""EXTERNAL, Statements by Others."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="EXTERNAL",
    stem="external",
    folder="external",
    name="Statements by Others",
    rules="haproof.kinds.external.checks",
    gather="haproof.kinds.external.gather",
    ending=".dsse.json",
    view="haproof.kinds.external.view",
    making="haproof.kinds.external.making",
    about=Words(
        meaning=(
            "Statements that others signed about what this program cannot measure: an audit, a run across "
            "regions, a validation of the monitoring."
        ),
        why="Nobody audits themselves; a public claim rests on what somebody from outside looked at.",
        how=(
            "Each external/*.dsse.json (haproof attest writes one) is an in-toto Statement v1 in a DSSE "
            "envelope. It counts where a key that the reader names with --trust signed it, its document is "
            "next to it, unchanged, and its valid_until has not passed."
        ),
        not_proved=(
            "That the issuer is right, independent, or speaks of this system and build: read the scope, and "
            "decide whose key to trust."
        ),
    ),
    role="beyond",
)
