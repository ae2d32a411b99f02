"""What the text and JSON report must not import: start-up is most of its running time."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated, get_args, get_origin

from builders import seed, write
from haproof.core.described import declared
from haproof.kinds import HOUSE

FORBIDDEN = {
    *("asyncio", "email", "html", "http", "importlib.metadata", "logging", "multiprocessing", "pathlib"),
    *("shutil", "socket", "ssl", "statistics", "subprocess", "tempfile", "tomllib", "urllib", "xml"),
    *("_hashlib", "gettext", "hashlib", "locale"),
    *("cryptography", "jinja2", "markupsafe", "psycopg", "rich", "typing_extensions", "typst"),
    *(
        "haproof.attest",
        "haproof.core.histories",
        "haproof.core.making",
        "haproof.core.recount",
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


def test_what_makes_schemas_waits_until_it_is_asked_for() -> None:
    probe = (
        "import sys, haproof.cli as cli\n"
        "cli._start_quickly()\n"
        "late = [type(sys.modules[name]).__name__ for name in ('msgspec.inspect', 'textwrap')]\n"
        "import msgspec, textwrap\n"
        "print(late, msgspec.json.schema(int), textwrap.dedent('  x'), msgspec.inspect.type_info(int))"
    )
    run = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, timeout=30, check=True
    )
    waited, used = "['_LazyModule', '_LazyModule']", "{'type': 'integer'} x IntType("
    assert run.stdout.startswith(f"{waited} {used}")


def test_described_figures_have_hashes_of_their_own() -> None:
    """`typing` looks each `Annotated` type up by the hash of what it is annotated with: with one hash for
    all, that took most of the time in which the figures of a kind are declared."""
    hashes = [
        hash(said)
        for kind in HOUSE.window
        for name, group in declared(kind.record)
        if name == "metrics"
        for _, figure_type in declared(group)
        for said in get_args(figure_type)[1:]
        if get_origin(figure_type) is Annotated
    ]
    assert len(set(hashes)) == len(hashes) > 50
