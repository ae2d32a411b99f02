"""Which control plane's nodes RECOVERY puts on a cluster."""

from dataclasses import dataclass
from pathlib import Path

from haproof.errors import UsageError
from haproof.lab.environment import System, system_under_test
from haproof.lab.sandbox.enter import PRIVATE
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target


@dataclass(frozen=True)
class Nodes:
    """A target file, and the system that it names, which is asked before anything starts."""

    file: Path
    system: System


def of_file(file: Path) -> Nodes:
    """Raises UsageError where it cannot be used, or lies where the sandbox has a folder of its own."""
    target = load_target(file)
    if str(target.folder) in (folder for folder, _ in PRIVATE):
        raise UsageError(
            f"--nodes {file}: the clusters have a {target.folder} of their own: put the file, and what it "
            "starts, into a folder below it"
        )
    return Nodes(file.absolute(), system_under_test(target, target.on_cluster.start))


def reference() -> Nodes:
    """The reference node's."""
    return of_file(REFERENCE)
