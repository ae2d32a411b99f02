"""Print a JSON Schema (draft 2020-12): of a slice report, of the proof artifact, of the signed predicate."""

import argparse
import sys

from haproof.cli.parser import one_of
from haproof.kinds import HOUSE


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    from haproof.schema import names

    known = names(HOUSE)
    parser.add_argument("name", type=one_of(known), metavar="NAME", help=f"one of {', '.join(known)}")


def run(args: argparse.Namespace) -> int:
    """Print the schema, indented."""
    import json

    from haproof.schema import schema

    sys.stdout.write(json.dumps(schema(args.name, HOUSE), indent=2, ensure_ascii=False) + "\n")
    return 0
