"""Sign a statement about a document, so that a report can count what only somebody else can attest.

For whoever audited, ran the slices across regions, or validated the monitoring (PUB-1 to PUB-3). Writes the
document and EVIDENCE_DIR/external/NAME.dsse.json, an in-toto Statement v1 in a DSSE envelope, signed by the
key of its issuer. It counts for whoever gives that key's public half: haproof report EVIDENCE_DIR --trust
KEY.pub. Exit status 0: written; 2: usage error, no such document or key, the statement cannot be written.
"""

import argparse

from haproof.cli import passphrase
from haproof.cli.output import show, warn
from haproof.cli.parser import one_of

RESULTS = ("PASS", "FAIL")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    from haproof.kinds.external.statement import REQUIREMENTS

    parser.add_argument(
        "evidence_dir",
        metavar="EVIDENCE_DIR",
        help="evidence directory, or any folder from which external/ is handed over",
    )
    parser.add_argument("document", metavar="DOCUMENT", help="what the statement is about, such as audit.pdf")
    parser.add_argument(
        "--requirement",
        required=True,
        type=one_of(REQUIREMENTS),
        metavar="ID",
        help="PUB-1 (several zones or regions), PUB-2 (security audit) or PUB-3 (monitoring)",
    )
    parser.add_argument("--issuer", required=True, metavar="LINE", help="who attests it")
    parser.add_argument("--scope", required=True, metavar="TEXT", help="what was looked at, and what was not")
    parser.add_argument(
        "--performed-on", required=True, metavar="DATE", help="the day on which the work was done (UTC)"
    )
    parser.add_argument(
        "--valid-until",
        required=True,
        metavar="DATE",
        help="the last day on which the statement counts (UTC)",
    )
    parser.add_argument(
        "--result", required=True, type=one_of(RESULTS), metavar="RESULT", help="PASS or FAIL"
    )
    parser.add_argument(
        "--summary", required=True, metavar="TEXT", help="what was found, in a sentence or two"
    )
    parser.add_argument(
        "--key",
        required=True,
        metavar="KEY",
        help="the issuer's private key: PEM (PKCS #8), OpenSSH or DER, encrypted or not; or a pipe",
    )
    passphrase.declare(parser)
    parser.add_argument("--name", metavar="NAME", help="name of the statement's file, without .dsse.json")


def run(args: argparse.Namespace) -> int:
    """Sign, and say what was written."""
    from haproof.attest.external import attest
    from haproof.kinds.external.statement import Predicate
    from haproof.render.visible import visible

    predicate = Predicate(
        requirement=args.requirement,
        issuer=args.issuer,
        scope=args.scope,
        performed_on=args.performed_on,
        valid_until=args.valid_until,
        result=args.result,
        summary=args.summary,
    )
    made = attest(
        args.evidence_dir, args.document, predicate, args.key, name=args.name, ask=passphrase.asker(args)
    )
    for sentence in made.warnings:
        warn(sentence)
    lines = (
        f"statement  {made.path}  ({args.requirement} {args.result}, by {args.issuer})",
        f"document   {made.document}",
        f"keyid      {made.keyid}",
        "It counts for whoever trusts that key: haproof report EVIDENCE_DIR --trust KEY.pub",
    )
    show("".join(f"{visible(line)}\n" for line in lines).encode(), plain=True)
    return 0
