"""One output format at a time: one that cannot be made costs itself, never the verdict or the others."""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from haproof.errors import FormatError
from haproof.extras import install_command

EXTRAS = ("html", "pdf")
"""Formats that need optional packages; the extra of each has the format's name."""


def made(what: str, form: str, module: str, subject: object) -> bytes:
    """What `render(subject)` of a writer's module gives, imported only now.

    Raises FormatError with a sentence that begins with `what` for whatever goes wrong: a writer that is
    broken, an optional package that is not installed, or one that is and cannot be loaded (for another
    processor, without a C library).
    """
    try:
        render: Callable[[Any], bytes] = import_module(module).render
        return render(subject)
    except (FormatError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:
        # Not only Exception: a panic of a compiled package is none.
        if os.environ.get("HAPROOF_DEBUG"):
            import traceback

            traceback.print_exception(fault)
        said = next(iter(str(fault).splitlines()), "")
        named = f"{type(fault).__name__}: {said}" if said else type(fault).__name__
        raise FormatError(f"{what} was not made ({named}); {_advice(form, fault)}") from fault


def _advice(form: str, fault: BaseException) -> str:
    """What to do: a package that cannot be loaded is installed anew; anything else is a fault of ours."""
    if form in EXTRAS and isinstance(fault, ImportError | OSError):
        return f"the other formats are not affected; install its packages anew:  {install_command(form)}"
    return "the other formats are not affected; please report it (HAPROOF_DEBUG=1 shows the whole trace)"
