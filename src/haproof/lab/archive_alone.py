"""An archive on its own: restored by the lab into a database that holds nothing else.

The system under test has no part in it, so rows that it puts back from elsewhere do not count.
"""

from haproof.errors import LabError
from haproof.lab import app_data
from haproof.lab.app_data import Content
from haproof.lab.archive_file import ArchiveFile
from haproof.lab.command import NEVER_RAN
from haproof.lab.ground import ADMIN, NODE_ROLE, TOOL_SECONDS
from haproof.lab.postgres import Server
from haproof.lab.process import Overdue
from haproof.lab.progress import waiting_for
from haproof.lab.scenario import Stage

OWN_DATABASE = "haproof_archive"


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
