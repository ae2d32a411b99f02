"""Whose statements the judging verbs count: `--trust KEY`, as often as there are keys."""

import argparse

from haproof.core.trust import NOBODY, Trusted


def configure_trust(parser: argparse.ArgumentParser) -> None:
    """Declare the argument."""
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="KEY",
        help="public key of somebody whose signed statements (external/*.dsse.json) count; may be repeated",
    )


def trusted_of(args: argparse.Namespace) -> Trusted:
    """The keys that were named; what reads keys is loaded only where there is one. Raises UsageError."""
    if not args.trust:
        return NOBODY
    from haproof.attest.trust import trusted

    return trusted(args.trust)
