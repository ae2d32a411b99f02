"""VAL15: a backup by the target's command line, every restore that must be refused, and one that must not."""

from dataclasses import dataclass

from haproof.core.slices import backup_restore
from haproof.core.targets import BACKUP_MS, RESTORE_MS
from haproof.lab import app_data, archive_file, command
from haproof.lab.archive_file import ArchiveFile
from haproof.lab.audit import await_events
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.postgres import HONEST, Server
from haproof.lab.scenario import Profile, Scenario, Stage, SystemFailed

MARGIN_SECONDS = 5.0
BACKUP_SECONDS = BACKUP_MS / 1000 + MARGIN_SECONDS
RESTORE_SECONDS = RESTORE_MS / 1000 + MARGIN_SECONDS
LIST_SECONDS = 15.0
PROTECTED_ROWS = 10


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
    leader = scene.settled("at the start").leader
    scene.fixture(leader, size)
    backup = scene.backup(leader)
    scene.change()
    scene.outside_maintenance(leader, backup)
    node = scene.maintenance()
    scene.unconfirmed(node, backup)
    scene.corrupted(node, backup)
    scene.restore(node, backup)
    scene.second_backup()


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
        self.inventory: list[int | None] = []
        self.unchanged = False

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
        self.stage.journal.saw("before the backup", tables=_rows(self.before))
        self.draft.metric("rows", app_data.rows_in(self.before))

    def backup(self, leader: Node) -> Backup:
        """Create a backup and hold its metadata against its file."""
        self.stage.step("create a backup")
        known = [entry.text("backup_id") for entry in self.count(leader)]
        done = command.operate(self.stage, "backup_create", leader, BACKUP_SECONDS)
        if done is not None and command.succeeded(done):
            self.draft.metric("backup_ms", done.elapsed_ms)
        self.draft.metric("checksum_cli", command.checksum(done, self.stage.target))
        printed_id = command.printed(done, self.stage.target).text("backup_id")
        for entry in self.count(leader):
            backup_id = entry.text("backup_id")
            if backup_id is not None and backup_id not in known and printed_id in (None, backup_id):
                return Backup(backup_id, self.examine(entry))
        raise SystemFailed("the inventory does not list the backup that was made")

    def examine(self, entry: Answer) -> ArchiveFile:
        """An entry of the inventory, and the file that it is about."""
        self.stage.step("examine the backup")
        self.stage.journal.saw("metadata", **entry.summary())
        self.draft.observe("metadata_status", entry.text("status"))
        self.draft.observe("metadata_bytes", entry.count("bytes"))
        self.draft.observe("metadata_checksum", command.digest(entry.text("checksum")))
        archive = archive_file.find(self.cluster.backup_dir, entry.text("file"))
        archive = self.stage.must(archive, "the backup's file is not there")
        self.draft.observe("file_bytes", archive.size)
        self.draft.metric("backup_bytes", archive.size)
        self.draft.metric("checksum_file", archive.sha256())
        contents = archive.contents(self.stage.ground)
        self.stage.save("archive-contents.txt", contents)
        self.draft.observe("archive_entries", archive_file.entries(contents))
        return archive

    def change(self) -> None:
        """Whatever a restore brings back, or should not have, differs from this state."""
        self.stage.step("change rows, delete rows, add a table")
        app_data.change(self.server)

    def outside_maintenance(self, leader: Node, backup: Backup) -> None:
        """A confirmed restore on a node that leads."""
        refused, self.unchanged = self.tried("backup_restore", leader, backup, "outside maintenance mode")
        self.draft.observe("out_of_maintenance_restore_refused", refused)

    def maintenance(self) -> Node:
        """Every node restarted in maintenance mode; the one that is asked from then on."""
        self.stage.step("restart every node in maintenance mode")
        self.restart(maintenance=True)
        return self.cluster.nodes[0]

    def unconfirmed(self, node: Node, backup: Backup) -> None:
        """In maintenance mode, so that nothing but the confirmation is missing."""
        refused, unchanged = self.tried("backup_restore_unconfirmed", node, backup, "without confirmation")
        self.draft.observe("unconfirmed_restore_refused", refused)
        self.draft.observe("database_unchanged_by_refusals", unchanged and self.unchanged)

    def corrupted(self, node: Node, backup: Backup) -> None:
        """One bit flipped, once where pg_restore would not notice and once anywhere."""
        results = []
        for place, offset in backup.archive.places_to_damage(self.stage.random).items():
            with backup.archive.damaged(self.stage.journal, offset):
                results.append(self.tried("backup_restore", node, backup, f"with a flipped bit in {place}"))
        self.draft.observe("corrupt_restore_refused", all(refused for refused, _ in results))
        self.draft.observe("database_unchanged_by_corrupt", all(unchanged for _, unchanged in results))

    def tried(self, name: str, node: Node, backup: Backup, how: str) -> tuple[bool, bool]:
        """A restore that must not happen: whether it was refused, and whether the data stayed as it was."""
        self.stage.step(f"try a restore {how}")
        before = app_data.content(self.server)
        done = command.operate(self.stage, name, node, RESTORE_SECONDS, backup_id=backup.backup_id)
        refused = command.refused(self.stage, done, node)
        unchanged = before is not None and app_data.content(self.server) == before
        self.stage.journal.saw("restore that must not happen", how=how, refused=refused, unchanged=unchanged)
        return refused, unchanged

    def restore(self, node: Node, backup: Backup) -> None:
        """The restore itself: everything as before the backup, the added table gone."""
        self.stage.step("restore the backup")
        done = command.operate(
            self.stage, "backup_restore", node, RESTORE_SECONDS, backup_id=backup.backup_id
        )
        if done is not None and command.succeeded(done):
            self.draft.metric("restore_ms", done.elapsed_ms)
        after = app_data.content(self.server)
        self.stage.journal.saw("after the restore", tables=_rows(after))
        self.draft.metric("row_counts_match", app_data.same_counts(self.before, after))
        self.draft.metric("payload_match", app_data.same_payload(self.before, after))

    def second_backup(self) -> None:
        """Back in normal service: what the audit log tells, another backup, the inventory."""
        self.stage.step("restart every node for normal service")
        self.restart(maintenance=False)
        leader = self.settled("after the restore").leader
        self.audit(leader)
        self.stage.step("create a second backup")
        command.operate(self.stage, "backup_create", leader, BACKUP_SECONDS)
        self.count(leader)

    def audit(self, leader: Node) -> None:
        """The trace of the backup and the restore, read before another backup leaves an event of its own.

        A restore that took the history along would hide behind that one.
        """
        self.stage.step("read the audit events")
        names = await_events(self.stage, leader, "ha.backup.created", "ha.backup.restored")
        self.draft.observe("audit_events", None if names is None else list(dict.fromkeys(names)))

    def restart(self, maintenance: bool) -> None:
        """Every node ended first, then every node started."""
        for node in self.cluster.nodes:
            node.stop()
        ready = self.cluster.start(maintenance=maintenance)
        mode = "maintenance mode" if maintenance else "normal service"
        self.stage.must(ready == len(self.cluster.nodes) or None, f"not every node came up in {mode}")

    def settled(self, when: str) -> Settled:
        """The cluster with one leader, or the end of the slice."""
        return self.stage.must(self.cluster.settle(), f"no leader that all nodes agree on {when}")

    def count(self, node: Node) -> list[Answer]:
        """The inventory as the command line lists it; its length is one more step of `inventory_counts`."""
        done = command.operate(self.stage, "backup_list", node, LIST_SECONDS)
        listed = command.printed(done, self.stage.target).items("backups")
        self.inventory.append(len(listed) if command.succeeded(done) else None)
        self.draft.observe("inventory_counts", self.inventory)
        return [command.answer(entry, self.stage.target) for entry in listed]


def _rows(content: app_data.Content | None) -> dict[str, list[object]] | None:
    """For the journal: rows and digest of each table."""
    return None if content is None else {name: [table.rows, table.sha256] for name, table in content.items()}


SCENARIO = Scenario(
    slice=backup_restore.SLICE,
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
        "inventory_counts",
        "corrupt_restore_refused",
        "database_unchanged_by_corrupt",
        "audit_events",
    ),
    run=run,
)
