"""From a soak's target to the system, and whether it is still the one that the soak was set up with."""

from haproof.core.soak.lines import Plan
from haproof.errors import UsageError
from haproof.soak.folder import Target
from haproof.soak.system import Identity, System


def system_of(target: Target, soak: str) -> System:
    """The system that a target names; nothing is connected yet. Raises UsageError."""
    if target.file:
        from haproof.soak.nodes import Nodes

        return Nodes(target.file, target.nodes, target.token_file, target.dsn, soak, target.failover_command)
    from haproof.soak.database import Database

    return Database(target.dsn, soak, target.failover_command)


def same_system(identity: Identity, agreed: Plan) -> None:
    """Raises UsageError where another system answers than the one that the soak began with."""
    known, found = agreed.cluster_id, identity.cluster_id
    if known and found and known != found:
        raise UsageError(
            f"{identity.database} is another database cluster (system identifier {found}, the soak was set "
            f"up with {known}): a soak observes one system; set up a new one for another"
        )
