"""The optional packages, and the command that brings them to this very installation.

The name of this distribution is registered on no index, so a command that names it would fetch somebody
else's program, or nothing. What is named are the packages that the extra asks for, in the form that works
for how haproof was installed: a virtual environment, pipx, `uv tool`, `uvx`.
"""

import os
import sys

NAME = "haproof"


def install_command(extra: str) -> str:
    """One line for a POSIX shell that installs the packages of an extra."""
    import shlex
    from importlib.util import find_spec

    packages = [shlex.quote(package) for package in packages_of(extra)]
    if os.path.exists(os.path.join(sys.prefix, "pipx_metadata.json")):
        words = ["pipx", "inject", NAME, *packages]
    elif f"{os.sep}archive-v0{os.sep}" in sys.prefix:  # uvx: the environment lasts as long as uv's cache
        words = ["uvx", *(word for package in packages for word in ("--with", package)), "…"]
    elif find_spec("pip") is not None:
        words = [interpreter(), "-m", "pip", "install", *packages]
    elif _made_by_uv():
        words = ["uv", "pip", "install", "--python", interpreter(), *packages]
    else:
        words = ["pip", "--python", interpreter(), "install", *packages]
    return " ".join(words)


def packages_of(extra: str) -> list[str]:
    """What an extra asks for, such as `markupsafe>=3.0`: as the checkout says that this runs from (what was
    installed of it may be older), else as the installed package says."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    try:
        return _declared(os.path.join(root, "pyproject.toml"))[extra]
    except (OSError, KeyError, ValueError):
        return _installed(extra)


def _declared(path: str) -> dict[str, list[str]]:
    """The extras of a checkout. Raises OSError, KeyError or ValueError where it is none of ours."""
    import tomllib

    with open(path, "rb") as stream:
        project = tomllib.load(stream)["project"]
    if project["name"] != NAME:
        raise KeyError(path)
    extras: dict[str, list[str]] = project["optional-dependencies"]
    return extras


def _installed(extra: str) -> list[str]:
    from importlib.metadata import requires

    marks = (f"extra == '{extra}'", f'extra == "{extra}"')
    halves = (requirement.partition(";") for requirement in requires(NAME) or ())
    return [package.strip() for package, _, marker in halves if marker.strip() in marks]


def interpreter() -> str:
    """The Python that runs this, as a person in this folder would call it."""
    import shlex

    return shlex.quote(from_here(sys.executable or "python3"))


def from_here(path: str) -> str:
    """A path below the working folder relative to it, any other as it is."""
    try:
        relative = os.path.relpath(path)
    except (OSError, ValueError):  # the working folder is gone
        return path
    return path if relative.startswith(os.pardir) else relative


def _made_by_uv() -> bool:
    """Whether uv made this environment: its pip is outside."""
    try:
        with open(os.path.join(sys.prefix, "pyvenv.cfg"), encoding="utf-8") as stream:
            return any(line.startswith("uv =") for line in stream)
    except (OSError, UnicodeDecodeError):
        return False
