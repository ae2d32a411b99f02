"""Sign an evidence directory and its report: every file's digest and the whole judgement.

Writes EVIDENCE_DIR/val26/val26-attestation.dsse.json, an in-toto Statement v1 in a DSSE envelope, with the
time of this machine's clock. Signs only a report that is what the evidence gives, READY or NOT READY, and
says which. Exit status 0: signed; 4: the evidence or the report is not what it says; 2: usage error, no such
key, the envelope cannot be written.
"""

import argparse

from haproof.cli import passphrase
from haproof.cli.output import show, warn
from haproof.cli.trust import configure_trust


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "evidence_dir", metavar="EVIDENCE_DIR", help="directory with the evidence and its report"
    )
    parser.add_argument(
        "--key",
        required=True,
        metavar="KEY",
        help="private key: PEM (PKCS #8), OpenSSH or DER, encrypted or not; or a pipe such as /dev/stdin",
    )
    passphrase.declare(parser)
    configure_trust(parser)
    parser.add_argument(
        "--signer",
        metavar="LINE",
        help="who signs, as one line that 'haproof verify' shows (signed, not proved)",
    )


def run(args: argparse.Namespace) -> int:
    """Sign, and say what was signed."""
    from haproof.attest.sign import sign
    from haproof.render.visible import visible

    signed = sign(
        args.evidence_dir, args.key, signer=args.signer, ask=passphrase.asker(args), trust=args.trust
    )
    for sentence in signed.warnings:
        warn(sentence)
    lines = (
        f"signed {signed.subjects} files and the judgement with key {signed.keyid}: {signed.path}",
        f"Verdict of the report: {signed.verdict}",
    )
    show("".join(f"{visible(line)}\n" for line in lines).encode(), plain=True)
    return 0
