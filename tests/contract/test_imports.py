"""What is imported only when it is asked for can be the first that is: no circle is hidden by the order."""

import subprocess
import sys

from haproof.kinds import KINDS
from haproof.render import FORMATS, ON_SCREEN
from haproof.render.diff import FORMATS as OF_COMPARISONS
from haproof.render.history import FORMATS as OF_HISTORIES

EACH_ALONE = """
import importlib, sys
for name in sys.argv[1:]:
    for known in [known for known in sys.modules if known.split(".")[0] == "haproof"]:
        del sys.modules[known]
    importlib.import_module(name)
"""

LATE = [
    *(module for module, _ in FORMATS.values()),
    *(*ON_SCREEN.values(), *OF_COMPARISONS.values(), *OF_HISTORIES.values()),
    *(module for kind in KINDS for module in (kind.rules, kind.recount, kind.view) if module),
    *("haproof.render.document.plans", "haproof.render.document.plain.document", "haproof.render.views"),
]


def test_each_late_module_can_be_imported_first() -> None:
    run = subprocess.run(
        [sys.executable, "-c", EACH_ALONE, *LATE], capture_output=True, text=True, timeout=60
    )
    assert run.stderr == ""
