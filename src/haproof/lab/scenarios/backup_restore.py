"""VAL15: a backup by the target's command line, every restore that must be refused, and one that must not."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from haproof.core.histories.restores import (
    AFTER,
    BEFORE,
    BESIDE,
    CHANGED,
    DAMAGED,
    FORBIDDEN,
    OUTSIDE,
    UNCONFIRMED,
)
from haproof.core.targets import RESTORE_MS
from haproof.kinds import backup_restore
from haproof.lab import app_data, archive_file, command
from haproof.lab.archive_alone import Archives
from haproof.lab.archive_file import ArchiveFile, NoArchive
from haproof.lab.audit import Trail
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.inventory import CREATED, MARGIN_SECONDS, Inventory
from haproof.lab.leadership_around import LeadershipAround
from haproof.lab.postgres import HONEST, Server
from haproof.lab.scenario import Profile, Scenario, Stage, SystemFailed

RESTORE_SECONDS = RESTORE_MS / 1000 + MARGIN_SECONDS
PROTECTED_ROWS = 10
RESTORED = "ha.backup.restored"


@dataclass(frozen=True)
class Size:
    """Rows of the two fixture tables."""

    accounts: int
    entries: int


SIZES: dict[Profile, Size] = {
    "quick": Size(500, 2_000),
    "default": Size(10_000, 50_000),
    "full": Size(100_000, 500_000),
}


def run(stage: Stage) -> None:
    """The slice, from the first start to the audit events."""
    size = SIZES[stage.options.profile]
    stage.step("start PostgreSQL and two nodes")
    server = stage.server("postgres")
    server.start()
    stage.settings.update(server.settings(*HONEST))
    stage.settings["fixture_rows"] = f"{size.accounts} + {size.entries}"
    scene = _Scene(stage, server, stage.cluster(server))
    scene.cluster.start()
    settled = scene.settled("at the start")
    leader = settled.leader
    stage.journal.saw("leader at the start", holder=leader.name)
    scene.fixture(leader, size)
    backup = scene.backup(leader)
    archives = Archives(stage, server, scene.cluster.backup_dir)
    archives.alone(scene.before, backup.archive)
    scene.change()
    archives.later(scene.inventory, leader)
    settled = scene.leadership.next_leader(settled)
    scene.outside_maintenance(settled.leader, backup)
    scene.beside_leader(settled, backup)
    node = scene.maintenance()
    scene.unconfirmed(node, backup)
    scene.corrupted(node, backup)
    scene.leadership.led_in_maintenance()
    scene.restore(node, backup)
    scene.last_backup()


@dataclass(frozen=True)
class Backup:
    """A backup that the inventory lists, and its file."""

    backup_id: str
    archive: ArchiveFile


class _Scene:
    """The database, the nodes, and what was in the schema when the backup was made."""

    def __init__(self, stage: Stage, server: Server, cluster: Cluster) -> None:
        self.stage = stage
        self.draft = stage.draft
        self.server = server
        self.cluster = cluster
        self.before: app_data.Content = {}
        self.trail = Trail(stage, cluster, CREATED, RESTORED)
        self.inventory = Inventory(stage, self.trail)
        self.leadership = LeadershipAround(stage, cluster)
        self.unchanged: list[bool] = []

    def fixture(self, leader: Node, size: Size) -> None:
        """Two tables of the lab beside the protected rows, and the state that a restore must bring back."""
        self.stage.step(f"create two tables of {size.accounts:,} and {size.entries:,} rows")
        app_data.create_fixture(self.server, size.accounts, size.entries)
        if self.stage.target.writes_through_node:
            written = [
                leader.client.call("protected_write", id=f"row-{number}", payload=f"payload {number}").ok
                for number in range(PROTECTED_ROWS)
            ]
            self.stage.journal.act("protected writes", acknowledged=sum(written))
        self.before = self.stage.must(app_data.content(self.server), "the schema app cannot be read")
        self.stage.journal.saw(BEFORE, tables=app_data.listed(self.before))
        self.draft.metric("rows", app_data.rows_in(self.before))

    def backup(self, leader: Node) -> Backup:
        """Create a backup and hold its metadata against its file."""
        self.stage.step("create a backup")
        self.inventory.count(leader)
        made = self.inventory.create(leader)
        if made.done is not None and command.succeeded(made.done):
            self.draft.metric("backup_ms", made.done.elapsed_ms)
        self.draft.metric("checksum_cli", command.checksum(made.done, self.stage.target))
        backup_id = made.entry.text("backup_id") if made.entry is not None else None
        if made.entry is None or backup_id is None:
            raise SystemFailed(made.unlisted)
        return Backup(backup_id, self.examine(made.entry))

    def examine(self, entry: Answer) -> ArchiveFile:
        """An entry of the inventory, and the file that it is about."""
        self.stage.step("examine the backup")
        self.stage.journal.saw("metadata", **entry.summary())
        self.draft.observe("metadata_status", entry.text("status"))
        self.draft.observe("metadata_bytes", entry.count("bytes"))
        self.draft.observe("metadata_checksum", command.digest(entry.text("checksum")))
        for name in ("status", "bytes", "checksum"):
            self.draft.quote(f"metadata_{name}", f"the inventory gives {name} {entry.quoted(name)}")
        try:
            archive = archive_file.find(self.cluster.backup_dir, entry.text("file"))
            self.draft.observe("file_bytes", archive.size)
            self.draft.metric("backup_bytes", archive.size)
            self.draft.metric("checksum_file", archive.sha256())
            contents = archive.contents(self.stage.ground)
        except (NoArchive, OSError) as fault:
            raise SystemFailed(f"there is no archive of the backup: {fault}") from fault
        self.stage.save("archive-contents.txt", contents)
        self.draft.observe("archive_entries", archive_file.entries(contents))
        return archive

    def change(self) -> None:
        """Whatever a restore brings back, or should not have, differs from this state."""
        self.stage.step("change rows, delete rows, add a table")
        app_data.change(self.server)

    def outside_maintenance(self, leader: Node, backup: Backup) -> None:
        """A confirmed restore on a node that leads."""
        refused = self.refusal("backup_restore", leader, backup, "outside maintenance mode", OUTSIDE)
        self.draft.observe("out_of_maintenance_restore_refused", refused)

    def beside_leader(self, settled: Settled, backup: Backup) -> None:
        """A confirmed restore on a node in maintenance mode, while the other one still leads."""
        self.stage.step("restart one node in maintenance mode, beside the leader")
        self.restart((settled.follower,), maintenance=True)
        how = f"in maintenance mode while {settled.leader.name} leads"
        refused = self.refusal("backup_restore", settled.follower, backup, how, BESIDE)
        if (change := settled.changed()) is None:
            self.draft.observe("restore_beside_leader_refused", refused)
        else:  # nothing was tried then: there was no leader beside it
            self.stage.journal.saw(CHANGED, why=change)
            self.draft.quote("restore_beside_leader_refused", change)

    def maintenance(self) -> Node:
        """Every node restarted in maintenance mode; the one that is asked from then on."""
        self.stage.step("restart every node in maintenance mode")
        self.restart(self.cluster.nodes, maintenance=True)
        return self.cluster.nodes[0]

    def unconfirmed(self, node: Node, backup: Backup) -> None:
        """In maintenance mode, so that nothing but the confirmation is missing."""
        operation, how = "backup_restore_unconfirmed", "without confirmation"
        refused = self.refusal(operation, node, backup, how, UNCONFIRMED)
        self.draft.observe("unconfirmed_restore_refused", refused)
        self.draft.observe("database_unchanged_by_refusals", all(self.unchanged))

    def refusal(self, name: str, node: Node, backup: Backup, how: str, kind: str) -> bool:
        """Whether a restore was refused; whether the data stayed as it was is kept."""
        refused, unchanged = self.tried(name, node, backup, how, kind)
        self.unchanged.append(unchanged)
        return refused

    def corrupted(self, node: Node, backup: Backup) -> None:
        """One bit flipped, once where pg_restore would not notice and once anywhere."""
        results = []
        for place, offset in backup.archive.places_to_damage(self.stage.random).items():
            with backup.archive.damaged(self.stage.journal, offset):
                how = f"with a flipped bit in {place}"
                results.append(self.tried("backup_restore", node, backup, how, DAMAGED))
        self.draft.observe("corrupt_restore_refused", all(refused for refused, _ in results))
        self.draft.observe("database_unchanged_by_corrupt", all(unchanged for _, unchanged in results))

    def tried(self, name: str, node: Node, backup: Backup, how: str, kind: str) -> tuple[bool, bool]:
        """A restore that must not happen: whether it was refused, and whether the data stayed as it was."""
        self.stage.step(f"try a restore {how}")
        before = app_data.content(self.server)
        began_s = time.monotonic()
        done = command.operate(self.stage, name, node, RESTORE_SECONDS, backup_id=backup.backup_id)
        refused = command.refused(self.stage, done, node)
        if command.succeeded(done):  # a deed that should not be, and an audit event of it is none too many
            self.trail.done(RESTORED, began_s=began_s)
            self.trail.look()
        unchanged = before is not None and app_data.content(self.server) == before
        self.stage.journal.saw(FORBIDDEN, of=kind, how=how, refused=refused, unchanged=unchanged)
        return refused, unchanged

    def restore(self, node: Node, backup: Backup) -> None:
        """The restore itself: everything as before the backup, the added table gone."""
        self.stage.step("restore the backup")
        with self.trail.deed(RESTORED):
            done = command.operate(
                self.stage, "backup_restore", node, RESTORE_SECONDS, backup_id=backup.backup_id
            )
        if done is not None and command.succeeded(done):
            self.draft.metric("restore_ms", done.elapsed_ms)
        after = app_data.content(self.server)
        self.stage.journal.saw(AFTER, tables=app_data.listed(after))
        self.draft.metric("row_counts_match", app_data.same_counts(self.before, after))
        differences = app_data.differences(self.before, after)
        self.draft.metric("payload_match", not differences)
        self.draft.quote("payload_match", f"not as before: {', '.join(differences[:5])}")

    def last_backup(self) -> None:
        """Back in normal service: what the audit log reports, another backup, the inventory."""
        self.stage.step("restart every node for normal service")
        self.restart(self.cluster.nodes, maintenance=False)
        settled = self.settled("after the restore")
        self.leadership.compare_epochs(settled)
        self.audit()
        self.stage.step("create another backup")
        self.inventory.create(settled.leader)
        self.draft.observe("audit_follows_deeds", self.trail.follows())

    def audit(self) -> None:
        """The trace of the backup and the restore, read before another backup leaves an event of its own.

        A restore that took the history along would hide behind that one.
        """
        self.stage.step("read the audit events")
        self.trail.await_more(RESTORED)
        self.draft.observe("audit_events", self.trail.names)

    def restart(self, nodes: Sequence[Node], maintenance: bool) -> None:
        """These nodes ended first, then started, all at once."""
        for node in nodes:
            node.stop()
        for node in nodes:
            node.start(maintenance)
        ready = self.cluster.await_ready(nodes)
        mode = "maintenance mode" if maintenance else "normal service"
        self.stage.must(ready == len(nodes) or None, f"not every node came up in {mode}")

    def settled(self, when: str) -> Settled:
        """The cluster with one leader, or the end of the slice."""
        return self.stage.must(self.cluster.settle(), f"no leader that all nodes agree on {when}")


SCENARIO = Scenario(
    slice=backup_restore.KIND,
    needs=(
        "api.status",
        "api.audit_events",
        "node.maintenance",
        "cli.backup_create",
        "cli.backup_list",
        "cli.backup_restore",
        "cli.backup_restore_unconfirmed",
        "cli.checksum",
    ),
    metrics=(
        "backup_ms",
        "restore_ms",
        "checksum_cli",
        "checksum_file",
        "row_counts_match",
        "payload_match",
        "rows",
        "backup_bytes",
        "archive_rows_match",
    ),
    observations=(
        "archive_entries",
        "metadata_status",
        "metadata_bytes",
        "file_bytes",
        "metadata_checksum",
        "unconfirmed_restore_refused",
        "out_of_maintenance_restore_refused",
        "database_unchanged_by_refusals",
        "restore_beside_leader_refused",
        "inventory_counts",
        "corrupt_restore_refused",
        "database_unchanged_by_corrupt",
        "audit_events",
        "audit_follows_deeds",
    ),
    run=run,
)
