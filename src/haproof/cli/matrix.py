"""Show several PostgreSQL HA clusters side by side: what each fault did to each of them.

Each argument is an evidence directory with CLUSTER evidence (haproof lab run --target patroni, …).

Exit status 0: shown; 2: an argument cannot be used.
"""

import argparse
import os
from typing import TYPE_CHECKING

from haproof.cli.output import show
from haproof.cli.parser import one_of
from haproof.core.figures import cut
from haproof.errors import UsageError
from haproof.kinds.cluster.matrix import FORMATS, render

if TYPE_CHECKING:
    from haproof.kinds.cluster.record import ClusterRecord


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("directories", metavar="DIR", nargs="+", help="evidence directory with CLUSTER")
    parser.add_argument(
        "--format",
        type=one_of(FORMATS),
        default="text",
        metavar="FORMAT",
        help=f"{', '.join(FORMATS)} (default: text)",
    )


def run(args: argparse.Namespace) -> int:
    """Show the clusters of all directories side by side."""
    from haproof.kinds.cluster.sides import side_by_side

    sides = side_by_side([(path, record(path)) for path in args.directories])
    if not sides.faults:
        raise UsageError("no fault was tried in any of these directories, so there is nothing to show")
    show(render(sides, args.format), plain=args.format != "text")
    return 0


def record(path: str) -> "ClusterRecord":
    """The CLUSTER report of a directory. Raises UsageError where there is none that can be used."""
    from haproof.evidence import read_evidence
    from haproof.kinds import HOUSE, cluster
    from haproof.kinds.cluster.record import ClusterRecord
    from haproof.places import require_run

    if os.path.isdir(path):
        require_run(path, HOUSE)
    evidence = read_evidence(path, HOUSE)
    source = next((one for one in evidence.sources if one.kind.id == cluster.KIND.id), None)
    if source is None:
        raise UsageError(
            f"{cut(path)!r} holds no CLUSTER evidence: name a directory that "
            "haproof lab run --target patroni (or another cluster) has written"
        )
    if not isinstance(source.record, ClusterRecord):
        raise UsageError(f"{cut(source.path)}: {source.fault}")
    return source.record
