"""What the files of EXTERNAL hold: each statement, its document, and who signed it, whatever the day."""

from collections.abc import Iterator

from msgspec import Struct

from haproof.core import envelope as dsse
from haproof.core.figures import cut
from haproof.core.gathered import Folder, Unreadable
from haproof.core.in_toto import StatementFault, Subject
from haproof.core.trust import Signer
from haproof.kinds.external.statement import ExternalStatement, parse

LARGEST_STATEMENT_BYTES = 1024 * 1024
"""A larger file is no statement of two thousand characters."""

LARGEST_DOCUMENT_BYTES = 1024 * 1024 * 1024
"""A larger document is not digested."""


class Seen(Struct, frozen=True, kw_only=True):
    """One file. `hint` is the key that its envelope names (None where it names none), `signed_by` the id of
    the key among those at hand that signed it.

    `fault` says why it is no statement at all, `document_fault` what is wrong with its document.
    """

    path: str
    hint: str | None = None
    signed_by: str | None = None
    statement: ExternalStatement | None = None
    fault: str | None = None
    document_fault: str | None = None


def read(folder: Folder, signer: Signer) -> tuple[Seen, ...]:
    """Every statement, in the order of the names."""
    return tuple(_seen(folder, signer))


def _seen(folder: Folder, signer: Signer) -> Iterator[Seen]:
    for name in folder.names:
        path = folder.path(name)
        try:
            found = dsse.read(folder.read(name, LARGEST_STATEMENT_BYTES))
        except (Unreadable, dsse.EnvelopeFault) as fault:
            yield Seen(path=path, fault=str(fault))
            continue
        hint = found.keyid or None
        try:
            statement = parse(found.payload)
        except StatementFault as fault:
            yield Seen(path=path, hint=hint, fault=str(fault))
            continue
        yield Seen(
            path=path,
            hint=hint,
            signed_by=signer(found.signature, dsse.pae(found.payload)),
            statement=statement,
            document_fault=_document_fault(folder, statement.document),
        )


def _document_fault(folder: Folder, document: Subject) -> str | None:
    """What is wrong with the document of a statement; None where it is the one that was attested."""
    name = cut(document.name)
    try:
        found = folder.digest(document.name, LARGEST_DOCUMENT_BYTES, LARGEST_STATEMENT_BYTES)
    except Unreadable as fault:
        return (
            f"its document {name} is {fault}"
            if str(fault) == "not there"
            else f"its document {name}: {fault}"
        )
    if found.sha256 != document.digest.sha256:
        return f"its document {name} has another digest than the statement says"
    if found.content is not None and dsse.is_envelope(found.content):
        return f"its document {name} is a signed statement itself, which supports nothing"
    return None
