"""Evidence with raw files, its report, a key pair and a signature, made for tests."""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from builders import NOON, EvidenceSet, full, write
from haproof.api import assess, read_evidence
from haproof.attest import key_forms, keys
from haproof.attest.inventory import ENVELOPE_NAME
from haproof.attest.sign import sign
from haproof.core import envelope as dsse
from haproof.core.model import NO_OPTIONS, Options
from haproof.evidence import replace_proof
from haproof.render import ALWAYS, FORMATS, render

JOURNAL = b'{"kind": "act", "what": "SIGTERM"}\n{"kind": "saw", "what": "new holder"}\n'
LOG = b"node1: leader\nnode2: follower\n"
RAW_NAMES = ("val13/journal.jsonl", "val13/logs/node1.log", "val17/journal.jsonl")
UNLISTED_NAME = "val15/notes.txt"


class Signed(NamedTuple):
    """A signed evidence directory and the public key's file; the private one lies beside it."""

    directory: Path
    public: str

    @property
    def private(self) -> str:
        """The private key's file."""
        return self.public.removesuffix(".pub")

    @property
    def envelope(self) -> Path:
        """The attestation."""
        return self.directory / ENVELOPE_NAME


def add_raw_files(folder: Path, reports: EvidenceSet) -> None:
    """Raw files beside the reports, each listed in its slice's `artifacts`; and one that nobody lists."""
    for name in RAW_NAMES:
        slice_folder, _, path = name.partition("/")
        content = LOG if path.endswith(".log") else JOURNAL
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        entry = {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        if slice_folder.upper() in reports:
            reports[slice_folder.upper()].setdefault("artifacts", []).append(entry)
    (folder / UNLISTED_NAME).parent.mkdir(parents=True, exist_ok=True)
    (folder / UNLISTED_NAME).write_bytes(b"seen on the console\n")


def reported(folder: Path, reports: EvidenceSet | None = None, forms: tuple[str, ...] = ALWAYS) -> Path:
    """An evidence directory with raw files and its report."""
    chosen = full() if reports is None else reports
    add_raw_files(folder, chosen)
    write(folder, chosen)
    report_again(folder, forms)
    return folder


def report_again(folder: Path, forms: tuple[str, ...] = ALWAYS, options: Options = NO_OPTIONS) -> None:
    """Judge the evidence and replace its report."""
    report = assess(read_evidence(str(folder)), NOON, options)
    made = {FORMATS[form][1]: render(report, form) for form in forms}
    replace_proof(str(folder), None, made, [ending for _, ending in FORMATS.values()])


def key_pair(folder: Path, name: str = "test.key") -> str:
    """The public key's file of a new pair."""
    keys.generate(str(folder / name))
    return str(folder / f"{name}.pub")


def signed(folder: Path, reports: EvidenceSet | None = None, forms: tuple[str, ...] = ALWAYS) -> Signed:
    """A signed evidence directory below `folder`."""
    found = Signed(reported(folder / "evidence", reports, forms), key_pair(folder))
    sign(str(found.directory), found.private, at=NOON)
    return found


def statement_of(found: Signed) -> dict[str, Any]:
    """The statement in the envelope, as plain JSON."""
    tree: dict[str, Any] = json.loads(dsse.decode(found.envelope.read_bytes()).payload)
    return tree


def sign_payload(found: Signed, payload: bytes) -> None:
    """Replace the envelope by one that the right key signed over another payload."""
    private = key_forms.load_private(found.private)
    signature = private.sign(dsse.pae(payload))
    found.envelope.write_bytes(dsse.encode(dsse.Envelope(payload, private.public.keyid, signature)))


def files_below(folder: Path) -> list[str]:
    """Every file, by POSIX name, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
