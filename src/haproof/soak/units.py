"""systemd units and cron lines, filled in for one soak."""

import os
import shlex
import sys
from pathlib import Path

from haproof.files import write_files

TEMPLATES = Path(__file__).with_name("unit_files")
CRONTAB = "crontab"
LONGEST_MINUTES = 15


def write_units(folder: Path, interval_hours: float) -> None:
    """`units/` of a soak's folder. Raises OutputError."""
    minutes = max(min(int(interval_hours * 60 / 8), LONGEST_MINUTES), 1)
    path = os.path.abspath(folder)
    command = [sys.executable, "-m", "haproof"]
    files = {}
    for template in sorted(TEMPLATES.iterdir()):
        quote = _for_cron if template.name == CRONTAB else _for_systemd
        text = template.read_text(encoding="utf-8")
        text = text.replace("{minutes}", str(minutes))
        text = text.replace("{command}", " ".join(quote(word) for word in command))
        files[template.name] = text.replace("{folder}", quote(path)).encode()
    write_files(str(folder / "units"), files)


def _for_systemd(word: str) -> str:
    """A word of ExecStart: % begins a specifier and $ a variable there."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(mark in word for mark in " \t\"'\\") else escaped


def _for_cron(word: str) -> str:
    """A word for the shell; a bare % is a line feed to cron."""
    return shlex.quote(word).replace("%", "\\%")
