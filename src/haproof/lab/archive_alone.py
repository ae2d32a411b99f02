"""An archive on its own: restored by the lab into a database that holds nothing else.

The system under test has no part in it, so rows that it puts back from elsewhere do not count.
"""

from pathlib import Path

from haproof.core.histories.restores import ALONE, LATER, LATER_ALONE
from haproof.errors import LabError
from haproof.lab import app_data
from haproof.lab.app_data import Content
from haproof.lab.archive_file import ArchiveFile, NoArchive, find
from haproof.lab.cluster import Node
from haproof.lab.command import NEVER_RAN
from haproof.lab.ground import ADMIN, NODE_ROLE, TOOL_SECONDS
from haproof.lab.inventory import Inventory
from haproof.lab.postgres import Server
from haproof.lab.process import Overdue
from haproof.lab.progress import waiting_for
from haproof.lab.scenario import Stage

OWN_DATABASE = "haproof_archive"


class Archives:
    """Archives of one slice, each against what the schema held when it was made."""

    def __init__(self, stage: Stage, server: Server, folder: Path) -> None:
        self._stage = stage
        self._server = server
        self._folder = folder

    def alone(self, before: Content, archive: ArchiveFile) -> None:
        """The archive by itself holds the rows: the database was never emptied, so a restore proves less."""
        self._stage.step("restore the archive alone into a database of the lab's own")
        found, words = rows_of(self._stage, self._server, archive)
        self._stage.journal.saw(ALONE, tables=app_data.listed(found))
        self._judge(app_data.differences(before, found), words)

    def later(self, inventory: Inventory, leader: Node) -> None:
        """A backup of the state now: in a file of its own that holds that state, not the one before.

        The restore has a choice from here on, and must bring back the backup that it is asked for.
        """
        self._stage.step("back up the changed state, and restore that archive alone")
        changed = self._stage.must(app_data.content(self._server), "the schema app cannot be read")
        self._stage.journal.saw(LATER, tables=app_data.listed(changed))
        made = inventory.create(leader)
        found: Content | None = None
        words = made.unlisted
        if made.entry is not None:
            try:
                archive = find(self._folder, made.entry.text("file"))
                found, words = rows_of(self._stage, self._server, archive)
            except NoArchive as fault:
                words = str(fault)
        self._stage.journal.saw(LATER_ALONE, tables=app_data.listed(found))
        self._judge(app_data.differences(changed, found), words)

    def _judge(self, differences: list[str], words: str) -> None:
        """Once an archive does not bring back what was there, it stays so."""
        draft = self._stage.draft
        if draft.metrics["archive_rows_match"] is False:
            return
        draft.metric("archive_rows_match", not differences)
        if differences:
            said = f"the archive alone does not bring back {', '.join(differences[:5])}"
            draft.quote("archive_rows_match", f"{said}; pg_restore: {words}" if words else said)


def rows_of(stage: Stage, server: Server, archive: ArchiveFile) -> tuple[Content | None, str]:
    """What the archive alone brings into an empty database, and the last words of `pg_restore`.

    Restored as the nodes' role, without owners and privileges: neither is part of the rows. None where the
    tables cannot be read. Raises LabError where pg_restore cannot be run.
    """
    server.execute(f"create database {OWN_DATABASE} owner {NODE_ROLE} template template0", ADMIN)
    try:
        words = _restore(stage, server, archive)
        return app_data.content(server, OWN_DATABASE), words
    finally:
        server.execute(f"drop database {OWN_DATABASE} with (force)", ADMIN)


def _restore(stage: Stage, server: Server, archive: ArchiveFile) -> str:
    ground = stage.ground
    argv = [
        str(ground.binaries.folder / "pg_restore"), "--no-password", "--no-owner", "--no-privileges",
        "-d", server.dsn(NODE_ROLE, OWN_DATABASE), str(archive.path),
    ]  # fmt: skip
    try:
        with waiting_for(ground.watcher, "pg_restore of the archive alone to end"):
            done = ground.children.run(
                "pg_restore-alone", argv, seconds=TOOL_SECONDS, env=ground.child_environment()
            )
    except Overdue as fault:
        return str(fault)
    if done.status in NEVER_RAN:
        raise LabError(f"pg_restore could not be run: {done.last_words}")
    stage.journal.act("archive.restore_alone", status=done.status, words=done.last_words)
    return done.last_words if done.status != 0 else ""
