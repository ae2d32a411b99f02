"""What the text and JSON report must not import: start-up is most of its running time."""

import subprocess
import sys
from pathlib import Path

from builders import seed, write
from haproof.kinds import HOUSE

FORBIDDEN = {
    *("asyncio", "email", "html", "http", "importlib.metadata", "logging", "multiprocessing", "pathlib"),
    *("shutil", "socket", "ssl", "statistics", "subprocess", "tempfile", "tomllib", "urllib", "xml"),
    *("_hashlib", "gettext", "hashlib", "locale"),
    *("cryptography", "jinja2", "markupsafe", "psycopg", "rich", "typing_extensions", "typst"),
    *(
        "haproof.attest",
        "haproof.core.histories",
        "haproof.lab",
        "haproof.node",
        "haproof.raw_files",
        "haproof.render.charts",
        "haproof.render.document.blocks",
        "haproof.render.writers.html",
        "haproof.schema",
    ),
}


def test_the_report_imports_only_what_it_needs(tmp_path: Path) -> None:
    probe = (
        "import sys, haproof.cli as cli\n"
        "cli._start_quickly()\n"
        f"status = cli.main(['report', {str(write(tmp_path, seed()))!r}])\n"
        "print('\\n'.join(sys.modules), file=sys.stderr); sys.exit(status)"
    )
    run = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, timeout=30, check=True
    )
    imported = set(run.stderr.split())
    assert imported & FORBIDDEN == set()
    without_evidence = tuple(f"{kind.rules.rpartition('.')[0]}." for kind in HOUSE.beyond)
    assert [name for name in imported if name.startswith(without_evidence)] == []
    assert imported & {kind.recount for kind in HOUSE.kinds} == set()


def test_importing_the_package_imports_nothing_else() -> None:
    probe = "import haproof, sys; print([m for m in sys.modules if m.startswith(('haproof.', 'msgspec'))])"
    run = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, timeout=30, check=True
    )
    assert run.stdout.strip() == "['haproof.version']"
