"""The second way: pgBackRest, with a repository of its own, where it is there and knows this PostgreSQL.

Its archive and its backups are one folder, the repository, so a copy of that is what gets damaged. What it
says of damage is read from the text of its `verify`, which ends with status 0 whatever it found; and because
that text counts no segment as missing behind the last backup, the segments are listed as well.
"""

import json
import os
import re
import shlex
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from haproof.core.histories.pgbackrest import read_verify
from haproof.core.histories.point_in_time import position
from haproof.core.histories.point_in_time_lines import Until
from haproof.errors import LabError, NotRun
from haproof.lab.ground import ADMIN, TOOL_SECONDS, Ground, clean_environment, passable
from haproof.lab.pitr.archive import Inspection, Segments
from haproof.lab.pitr.manifest import Manifest, checksum
from haproof.lab.pitr.procedure import Procedure, flat
from haproof.lab.ports import LOOPBACK
from haproof.lab.postgres import Server, template
from haproof.lab.process import Done
from haproof.lab.systems.debian import find_program

STANZA = "lab"
STORED = re.compile(r"([0-9A-F]{24})-[0-9a-f]{40}(\.\w+)?")
"""The name of a segment's file in a repository: the segment, the SHA-1 of its content, the compression."""

TYPES = {"base": "full", "incremental": "incr"}
LONGEST_WORDS = 300
UNKNOWN_SERVER = "unexpected control version"
SETTINGS = {
    "log-level-file": "off",
    "log-level-console": "off",
    "log-level-stderr": "warn",
    "start-fast": "y",
    "repo1-bundle": "y",
    "repo1-retention-full": "9999999",
    "job-retry": "0",
}
"""Bundled, because thousands of small files take seconds; not tried again, because damage stays damage."""


class PgBackRest(Procedure):
    """Backups, archive and restores by pgBackRest. Raises NotRun where it is not there, or is too old."""

    prefix = "pgbackrest-"
    verify_method = "pgbackrest verify, its text"

    def __init__(self, ground: Ground, work: Path) -> None:
        super().__init__(ground)
        self.work = passable(work)
        self._program = self.work / "pgbackrest"
        shutil.copy(find_program("pgbackrest"), self._program)  # where the servers' account can run it
        self._program.chmod(0o755)
        self._config = self.work / "pgbackrest.conf"
        self._labels: dict[str, str] = {}
        self.version = self._asked_version()
        self._try_this_server()

    def _asked_version(self) -> str:
        done = self._run("version", [])
        found = re.search(r"pgBackRest (\S+)", done.output)
        if done.status != 0 or found is None:
            raise NotRun(f"pgBackRest cannot be run here: {flat(done.last_words)[:LONGEST_WORDS]}")
        return found[1]

    def _try_this_server(self) -> None:
        """A stanza of a server that nobody needs: an older pgBackRest does not know a newer PostgreSQL."""
        trial = passable(self.work / "trial")
        self.ground.rung.give(trial)
        self._configure(template(self.ground), 0, trial)
        done = self._run("stanza-create", ["--no-online"])
        shutil.rmtree(trial, ignore_errors=True)
        if UNKNOWN_SERVER in done.last_words + done.errors:
            known = f"PostgreSQL {self.ground.binaries.version}"
            raise NotRun(f"pgBackRest {self.version} does not know {known}: use a newer one, or --pg-bin")
        self._must("stanza-create", done)

    def _configure(self, data: Path, port: int, repository: Path) -> None:
        folders = {f"{name}-path": str(self.work / name) for name in ("lock", "spool", "log")}
        lines = ["[global]", f"repo1-path={repository}"]
        lines += [f"{name}={value}" for name, value in (folders | SETTINGS).items()]
        lines += [f"[{STANZA}]", f"pg1-path={data}", f"pg1-user={ADMIN}"]
        lines += [f"pg1-port={port}"] if port else []
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._config.chmod(0o644)
        for folder in folders.values():
            if not os.path.exists(folder):
                self.ground.rung.give(passable(Path(folder)))

    def archive_command(self, archive: Path) -> str:
        """The primary's `archive_command`."""
        words = [str(self._program), f"--config={self._config}", f"--stanza={STANZA}", "archive-push"]
        return f"{shlex.join(words).replace('%', '%%')} %p"

    def prepare(self, server: Server, archive: Path) -> None:
        """Make the stanza, from the data folder: it has to be there before the first segment comes."""
        self._configure(server.data, server.port, archive)
        self._must("stanza-create", self._run("stanza-create", ["--no-online"]))

    def backups(self) -> tuple[str, ...]:
        """A full and an incremental backup, whatever the version of PostgreSQL."""
        return tuple(TYPES)

    def primary_settings(self) -> dict[str, str]:
        """None: incremental backups are its own."""
        return {}

    def back_up(self, name: str, server: Server, backups: Path) -> None:
        """By `pgbackrest backup`, which waits until the WAL that it needs is archived."""
        self._must("backup", self._run("backup", [f"--type={TYPES[name]}"]))
        self._labels[name] = str(self._listed_backups()[-1]["label"])

    def label(self, name: str) -> str | None:
        """What pgBackRest calls a backup."""
        return self._labels.get(name)

    def manifest(self, backup: Path) -> Manifest:
        """Where the WAL of a backup begins and ends; its files pgBackRest verifies by itself."""
        label = self._labels[backup.name]
        found = next(one for one in self._listed_backups() if one["label"] == label)
        timeline = int(str(found["archive"]["start"])[:8], 16)
        return Manifest((), timeline, str(found["lsn"]["start"]), str(found["lsn"]["stop"]))

    def _listed_backups(self) -> list[dict[str, Any]]:
        done = self._must("info", self._run("info", ["--output=json"]))
        try:
            return list(json.loads(done.output)[0]["backup"])
        except (ValueError, LookupError, TypeError):
            raise LabError(f"pgbackrest info cannot be read: {flat(done.output)[:LONGEST_WORDS]}") from None

    def tables(self, backup: Path) -> Iterable[Path]:
        """The files that the full backup is stored in."""
        return (backup / "backup" / STANZA / self._labels["base"]).glob("*/**/*")

    def listing(self, archive: Path) -> Iterator[tuple[str, int, str]]:
        """Every file of the repository's archive; a segment under its own name."""
        folder = archive / "archive" / STANZA
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                stored = STORED.fullmatch(path.name)
                name = stored[1] if stored else str(path.relative_to(folder))
                yield name, path.stat().st_size, checksum(path, "SHA256") or ""

    def segment(self, archive: Path, name: str) -> Path:
        """The file of a segment, which may be missing."""
        found = sorted((archive / "archive" / STANZA).glob(f"*/{name[:16]}/{name}-*"))
        return found[0] if found else archive / name

    def inspect(
        self, ground: Ground, archive: Path, backup: Manifest, last: str, segments: Segments
    ) -> Inspection:
        """What `verify` says, and the segments that are not in the list."""
        wanted = segments.between(backup.timeline, position(backup.start), last)
        listed = {name for name, _, _ in self.listing(archive)}
        missing = [name for name in wanted if name not in listed]
        done = self._run("verify", [f"--repo1-path={archive}", "--output=text", "--verbose"])
        fault = read_verify(done.output).wal_fault()
        end = self.archive_end(last, segments) or ""
        return Inspection(missing, fault, end, done.output, abs(done.status))

    def lay(self, server: Server, backup: Path, archive: Path, until: Until, time: str | None) -> str | None:
        """By `pgbackrest restore`; the words with which it refuses, else None."""
        repository = backup if backup.exists() else archive
        label = self._labels.get(backup.name, self._labels["base"])
        words = [f"--pg1-path={server.data}", f"--repo1-path={repository}", f"--set={label}"]
        if until == "end" or time is None:
            words += ["--type=default"]
        else:
            words += ["--type=time", f"--target={time}", "--target-action=promote"]
        done = self._run("restore", [*words, "--archive-mode=off"])
        if done.status != 0:
            return flat(done.errors or done.output)[:LONGEST_WORDS] or f"status {done.status}"
        self.ground.rung.give(server.data)
        server.configure({})
        return None

    def _run(self, command: str, words: list[str]) -> Done:
        """Run a command of pgBackRest, as the account that PostgreSQL runs as."""
        names = {"PGHOST": LOOPBACK, "PGSSLMODE": "disable", "PGGSSENCMODE": "disable"}
        env = clean_environment() | names | {"PGPASSFILE": str(self.passfile(self.work))}
        common = [] if command == "version" else [f"--config={self._config}", f"--stanza={STANZA}"]
        return self.ground.children.run(
            f"pgbackrest-{command}",
            [str(self._program), command, *common, *words],
            seconds=TOOL_SECONDS,
            env=env,
            mode=self.ground.rung.mode,
        )

    def _must(self, command: str, done: Done) -> Done:
        if done.status != 0:
            said = self.ground.secrets.redact(flat(done.errors or done.output))[:LONGEST_WORDS]
            raise LabError(f"pgbackrest {command} ended with status {done.status}: {said}")
        return done
