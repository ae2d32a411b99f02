"""haproof: the evidence of high-availability tests, judged into one proof report.

The public names below are resolved on first use, so that `python -m haproof.node` or `haproof --help`
never pays for what it does not need.
"""

from haproof.version import VERSION as __version__

__all__ = ["__version__", "assess", "compare", "read_evidence", "render", "sign", "verify"]

_HOMES = {
    "assess": "haproof.api",
    "compare": "haproof.api",
    "read_evidence": "haproof.api",
    "render": "haproof.render",
    "sign": "haproof.attest.sign",
    "verify": "haproof.attest.verify",
}


def __getattr__(name: str) -> object:
    """Import the module that a public name lives in, the first time somebody asks for it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'haproof' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
