"""How anybody can check a document against the evidence: from any folder, and without changing anything."""

import re

from haproof.core.report import Report
from haproof.render.document.blocks import Step, Steps

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+\Z")

OPENING = (
    "You don't have to trust this document: everything in it can be recomputed from the files. None of these "
    "steps changes a file. In each, EVIDENCE is the path of the evidence directory from where you are."
)


INSIDE = Steps(
    (
        Step(
            "Check that this document belongs to the machine-readable report, which is attached to it and "
            "whose SHA-256 is at the foot of every page.",
            ('sha256sum "$EVIDENCE/val26/val26-proof-report.json"',),
        ),
    )
)
"""How a document that carries the artifact inside is checked against it."""


def steps(report: Report) -> tuple[Step, ...]:
    """Strongest first."""
    version = report.proof.generator.version
    place = f"EVIDENCE={quoted(report.proof.evidence_dir)}"
    keys = len(report.proof.options.trusted_keys)
    trust = "".join(f" --trust issuer{n if keys > 1 else ''}.pub" for n in range(1, keys + 1))
    theirs = " Statements by others count by the issuers' public keys." if keys else ""
    return (
        Step(
            "Check that nothing changed since signing (if the envelope val26/val26-attestation.dsse.json is "
            "present), with the signer's public key:",
            (place, f'haproof verify "$EVIDENCE" --key signer.pub{trust}'),
        ),
        Step(
            "Check that the judgement follows from the evidence: it is judged again with the path, the time "
            "and the options that the report records. For the same path argument and time, haproof "
            f"{version} writes the same bytes:{theirs}",
            (place, f'haproof verify "$EVIDENCE" --unsigned{trust}', f'haproof show "$EVIDENCE"{trust}'),
        ),
        Step("Check that these are the files that were judged:", _sums(report, place)),
    )


def _sums(report: Report, place: str) -> tuple[str, ...]:
    """`sha256sum` over the files judged, as one paste."""
    sums = [f"{file.sha256}  {file.path}" for file in report.proof.evidence.files]
    if not sums:
        return (place, 'ls -R "$EVIDENCE"')
    return (place, "(cd \"$EVIDENCE\" && sha256sum --check) <<'END'", *sums, "END")


def quoted(path: str) -> str:
    """A path as one word of a POSIX shell, which runs nothing of it; never taken for an option."""
    word = f"./{path}" if path.startswith("-") else path
    return word if _PLAIN.match(word) else "'" + word.replace("'", "'\\''") + "'"
