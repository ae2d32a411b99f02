"""Print a JSON Schema (draft 2020-12): of a slice report, of the proof artifact, of the signed predicate."""

import argparse
import sys

from haproof.cli.parser import one_of

NAMES = ("VAL13", "VAL14", "VAL15", "VAL16", "VAL17", "proof", "predicate")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", type=one_of(NAMES), metavar="NAME", help=f"one of {', '.join(NAMES)}")


def run(args: argparse.Namespace) -> int:
    """Print the schema, indented."""
    import json

    from haproof.schema import schema

    sys.stdout.write(json.dumps(schema(args.name), indent=2, ensure_ascii=False) + "\n")
    return 0
