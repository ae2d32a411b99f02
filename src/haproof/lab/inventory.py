"""VAL15's backups by the target's command line: made, listed, and found in the list."""

from dataclasses import dataclass

from haproof.core.targets import BACKUP_MS
from haproof.lab import command
from haproof.lab.audit import Trail
from haproof.lab.client import Answer
from haproof.lab.cluster import Node
from haproof.lab.process import Done
from haproof.lab.scenario import Stage

MARGIN_SECONDS = 5.0
BACKUP_SECONDS = BACKUP_MS / 1000 + MARGIN_SECONDS
LIST_SECONDS = 15.0
CREATED = "ha.backup.created"


@dataclass(frozen=True)
class Made:
    """What became of a backup: the command's end (None where it had to be killed), and its new entry."""

    done: Done | None
    entry: Answer | None
    before: int
    after: int

    @property
    def unlisted(self) -> str:
        """That the inventory does not list it, in a sentence."""
        return (
            f"the inventory does not list the backup that was made: backup_create {command.ended(self.done)},"
            f" and backup_list lists {self.before} backups before and {self.after} after it"
        )


class Inventory:
    """The list of backups as the command line prints it; its length is a step of `inventory_counts`."""

    def __init__(self, stage: Stage, trail: Trail) -> None:
        self._stage = stage
        self._trail = trail
        self._counts: list[int | None] = []
        self._known: list[str | None] = []

    def create(self, node: Node) -> Made:
        """Make a backup, and find the new entry that is its own; the inventory was counted before."""
        known = self._known
        with self._trail.deed(CREATED):
            done = command.operate(self._stage, "backup_create", node, BACKUP_SECONDS)
        printed_id = command.printed(done, self._stage.target).text("backup_id")
        listed = self.count(node)
        for entry in listed:
            backup_id = entry.text("backup_id")
            if backup_id is not None and backup_id not in known and printed_id in (None, backup_id):
                self._trail.await_more(CREATED)
                return Made(done, entry, len(known), len(listed))
        return Made(done, None, len(known), len(listed))

    def count(self, node: Node) -> list[Answer]:
        """The entries now."""
        done = command.operate(self._stage, "backup_list", node, LIST_SECONDS)
        listed = command.printed(done, self._stage.target).items("backups")
        listable = done is not None and command.succeeded(done) and not done.cut
        if not listable:
            self._stage.draft.quote("inventory_counts", f"backup_list {command.ended(done)}")
        self._counts.append(len(listed) if listable else None)
        self._stage.draft.observe("inventory_counts", self._counts)
        entries = [command.answer(entry, self._stage.target) for entry in listed]
        self._known = [entry.text("backup_id") for entry in entries]
        return entries
