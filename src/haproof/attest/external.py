"""A statement about a document: signed by its issuer, put into an evidence directory with the document."""

import os
from datetime import UTC, date, datetime

from msgspec import Struct

from haproof.attest.key_forms import Ask, load_private
from haproof.attest.sign import keep_apart
from haproof.core import envelope as dsse
from haproof.core.figures import cut
from haproof.core.in_toto import StatementFault
from haproof.errors import OutputError, UsageError
from haproof.files import write_files
from haproof.kinds import HOUSE
from haproof.kinds.external import KIND
from haproof.kinds.external.statement import ENDING, Predicate, encode
from haproof.named_file import NotAFile, descriptor, read_named
from haproof.places import refuse_signed, require_run

LARGEST_DOCUMENT_BYTES = 256 * 1024 * 1024
"""A larger document is not copied."""


class Attested(Struct, frozen=True, kw_only=True):
    """A statement that was written: its file, its document's, the key's id; `warnings` are sentences for its
    issuer."""

    path: str
    document: str
    keyid: str
    warnings: tuple[str, ...] = ()


def attest(
    evidence_dir: str,
    document: str,
    predicate: Predicate,
    key: str,
    *,
    name: str | None = None,
    ask: Ask | None = None,
) -> Attested:
    """Sign what `predicate` says of the file `document` with the private key in file `key`, and write both
    into the folder of statements.

    `name` is that of the statement's file without its ending (requirement and document unless given), `ask`
    gets the passphrase of an encrypted key. Raises UsageError where the statement would never count, the
    directory is signed, or a file of that name is there; OutputError where it cannot be written.
    """
    require_run(evidence_dir, HOUSE)
    folder = os.path.join(evidence_dir, KIND.folder)
    refuse_signed(folder, "attest first, then report and sign")
    content, title = _document(document)
    statement_name = f"{name or f'{predicate.requirement.lower()}-{title}'}{ENDING}"
    _free(folder, statement_name, title, content)
    today = datetime.now(UTC).date()
    payload = _payload(predicate, title, content, today)
    private = load_private(key, ask)
    keep_apart(evidence_dir, key)
    envelope = dsse.Envelope(payload, private.public.keyid, private.sign(dsse.pae(payload)))
    write_files(folder, {title: content, statement_name: dsse.encode(envelope)})
    return Attested(
        path=os.path.join(folder, statement_name),
        document=os.path.join(folder, title),
        keyid=private.public.keyid,
        warnings=(*private.warnings, *_expired(predicate, today)),
    )


def _document(path: str) -> tuple[bytes, str]:
    """The bytes and the name of the document."""
    title = os.path.basename(path)
    if descriptor(path) is not None:
        raise UsageError(f"document {path!r} has no name: give a file, a copy of which is kept")
    try:
        content = read_named(path, LARGEST_DOCUMENT_BYTES).content
    except NotAFile as fault:
        raise UsageError(
            f"document {path!r} is {fault.so('name the file that the statement is about')}"
        ) from None
    if dsse.is_envelope(content[: 1 << 20]):
        raise UsageError(
            f"document {path!r} is a signed statement itself: name the document that it is about"
        )
    return content, title


def _free(folder: str, statement: str, title: str, content: bytes) -> None:
    """Nothing is overwritten: neither a statement, nor another document under the same name."""
    if os.path.basename(statement) != statement or statement[0] == "." or not statement.isprintable():
        raise UsageError(f"{statement!r} is not the name of a file: choose another --name")
    if os.path.lexists(place := os.path.join(folder, statement)):
        raise UsageError(f"{place!r} exists, and a statement is never overwritten: choose another --name")
    if not os.path.lexists(place := os.path.join(folder, title)):
        return
    try:
        same = read_named(place, LARGEST_DOCUMENT_BYTES, may_be_empty=True).content == content
    except NotAFile as fault:
        raise OutputError(f"{place!r} is {fault}: move it away, or rename the document") from None
    if not same:
        raise UsageError(f"{place!r} is another document under the same name: rename yours")


def _payload(predicate: Predicate, title: str, content: bytes, today: date) -> bytes:
    """What is signed. Raises UsageError where no reader would count it."""
    import hashlib

    for name in ("issuer", "scope", "summary"):
        _visible(name, getattr(predicate, name))
    try:
        payload = encode(predicate, title, hashlib.sha256(content).hexdigest())
    except (StatementFault, UnicodeEncodeError) as fault:
        raise UsageError(f"this statement would never count: {fault}") from None
    if date.fromisoformat(predicate.performed_on) > today:
        raise UsageError(
            f"performed on {predicate.performed_on}, which is after today ({today}, UTC): give the day on "
            "which the work was done"
        )
    return payload


def _visible(name: str, text: str) -> None:
    """The rest of what Unicode knows would forge or hide text."""
    if not text.isprintable() or text != text.strip():
        raise UsageError(f"--{name} {cut(text)!r} is not one line of visible characters")


def _expired(predicate: Predicate, today: date) -> tuple[str, ...]:
    if date.fromisoformat(predicate.valid_until) >= today:
        return ()
    return (f"this statement expired on {predicate.valid_until}: it will not count",)
