"""Verify an evidence directory and its report, offline, in numbered steps.

1 envelope, 2 signature, 3 statement, 4 digests, 5 raw files, 6 judgement (assessed again), 7 report files
(made again and compared byte for byte). Exit status 0: verified; 4: the evidence or the report is not what
was signed or reported, or the asked-for signature is not there; 2: usage error. Verified says nothing about
readiness: the report's verdict is printed beside it.
"""

import argparse

from haproof.cli.output import show


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "evidence_dir", metavar="EVIDENCE_DIR", help="directory with the evidence and its report"
    )
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument(
        "--key", metavar="PUB", help="the signer's public key (PEM): a signature must be there"
    )
    trust.add_argument(
        "--unsigned",
        action="store_true",
        help="digests and re-assessment are enough: do not fail on a signature that is not checked",
    )


def run(args: argparse.Namespace) -> int:
    """Verify, one line a step, then the outcome."""
    from haproof.attest.verify import verify
    from haproof.render.visible import visible

    found = verify(args.evidence_dir, args.key, unsigned=args.unsigned)
    lines = [step.line() for step in found.steps]
    lines.append(
        f"Verdict of the report: {visible(found.verdict)}" if found.verdict else "There is no report."
    )
    failed = ", ".join(str(step.number) for step in found.steps if step.state == "FAILED")
    if not found.ok:
        lines.append(
            f"NOT VERIFIED (step {failed})" if "," not in failed else f"NOT VERIFIED (steps {failed})"
        )
    elif found.keyid is None:
        lines.append(
            "Verified, without a signature: the report is what this evidence gives; no one vouches for it"
        )
    else:
        lines.append(f"Verified: signed by key {found.keyid}")
    show("".join(f"{line}\n" for line in lines).encode(), plain=True)
    return 0 if found.ok else 4
