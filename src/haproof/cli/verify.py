"""Verify an evidence directory and its report, offline, in numbered steps.

1 envelope, 2 signature, 3 statement, 4 digests, 5 raw files, 6 judgement (assessed again), 7 report files
(made again and compared byte for byte), 8 recount (figures derived again from the raw files), and the
timestamp where there is one. Exit status 0: no step failed; 4: one did, a signature that was asked for is not
there, or one is there and neither --key nor --unsigned was given; 2: usage error. Verified says nothing about
readiness: the report's verdict is printed with it.
"""

import argparse
from typing import TYPE_CHECKING

from haproof.cli.output import show
from haproof.cli.trust import configure_trust
from haproof.errors import UsageError

if TYPE_CHECKING:
    from haproof.attest.timestamp import Timestamp
    from haproof.attest.verify import Signature, Verification


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "evidence_dir", metavar="EVIDENCE_DIR", help="directory with the evidence and its report"
    )
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument(
        "--key", metavar="PUB", help="the signer's public key (PEM, OpenSSH, DER): a signature must be there"
    )
    trust.add_argument(
        "--unsigned",
        action="store_true",
        help="digests and a second assessment are enough: leave a signature unchecked",
    )
    configure_trust(parser)
    parser.add_argument(
        "--timestamp",
        metavar="TSR",
        help="RFC 3161 timestamp of the envelope (default: val26/val26-attestation.dsse.json.tsr)",
    )
    parser.add_argument(
        "--tsa-cert", metavar="CA", help="certificate of the CA that vouches for the timestamp's authority"
    )


def run(args: argparse.Namespace) -> int:
    """Verify, one line a step, then the outcome."""
    from haproof.attest.verify import verify
    from haproof.render.visible import visible

    found = verify(
        args.evidence_dir, args.key, unsigned=args.unsigned, trust=args.trust, timestamp=_timestamp(args)
    )
    lines = [step.line() for step in found.steps]
    lines.append(f"Verdict of the report: {found.verdict}" if found.verdict else "There is no report.")
    if found.signature:
        lines += _signature(found.signature)
    lines.append(_outcome(found))
    show("".join(f"{visible(line)}\n" for line in lines).encode(), plain=True)
    return 0 if found.ok else 4


def _timestamp(args: argparse.Namespace) -> "Timestamp | None":
    """The timestamp to check."""
    if args.tsa_cert is None:
        if args.timestamp is not None:
            raise UsageError("--timestamp needs --tsa-cert: the certificate of the timestamp authority's CA")
        return None
    from haproof.attest.timestamp import Timestamp

    return Timestamp(args.timestamp, args.tsa_cert)


def _signature(signature: "Signature") -> list[str]:
    """What the signature says, and what it does not show."""
    signer = f'"{signature.signer}" (as the signer wrote it)' if signature.signer else "not named"
    at = f"{signature.signed_at}, by the signer's clock" if signature.signed_at else "not recorded"
    when = "" if signature.stamped_at else ", when it was made"
    unshown = f"who holds the key{when}, that the evidence was measured honestly, that it is the newest"
    return [
        f"Signed by key {signature.keyid}",
        f"Signer: {signer}; signed at: {at}",
        f"The signature does not show: {unshown}",
    ]


def _outcome(found: "Verification") -> str:
    """The last line."""
    failed = _numbers(found, "FAILED")
    if failed:
        return f"NOT VERIFIED ({failed})"
    if found.unchecked:
        return "NOT VERIFIED: there is a signature, and it was not checked: pass --key PUB or --unsigned"
    aside = _numbers(found, "NOT CHECKED", first=4)
    rest = f"; not checked: {aside}" if aside else ""
    if found.signature is None:
        said = "the report is what this evidence gives; nobody vouches for it"
        return f"Verified, without a signature: {said}{rest}"
    return f"Verified: signed by key {found.signature.keyid}{rest}"


def _numbers(found: "Verification", state: str, first: int = 1) -> str:
    """`step 4`, `steps 4, 6`: the steps from `first` on that ended in this state."""
    numbers = [str(step.number) for step in found.steps if step.state == state and step.number >= first]
    return f"step{'s' * (len(numbers) > 1)} {', '.join(numbers)}" if numbers else ""
