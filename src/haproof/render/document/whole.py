"""A whole document of blocks: one that opens with a verdict, or a sheet that only has a title."""

from msgspec import Struct

from haproof.render.document.blocks import Block, Fact, Reason, Tone


class Opening(Struct, frozen=True, kw_only=True):
    """What a document opens with: whose it is, the verdict with its tone and the ids behind it, a sentence,
    the reasons, and the facts that it is based on."""

    subject: str
    tone: Tone
    words: str
    ids: tuple[str, ...]
    lead: str
    reasons: tuple[Reason, ...]
    facts: tuple[Fact, ...]


class Part(Struct, frozen=True):
    """Sections for one kind of reader, under the name that a list of contents gives them."""

    name: str
    blocks: tuple[Block, ...]


class Document(Struct, frozen=True, kw_only=True):
    """A whole document: what it says of itself, the opening, and the parts.

    `made` is the time it states (RFC 3339), `generator` the program; `digest` is that of the data it was made
    from, under the words `digest_label`; these may be inside it, as a file of the name `attachment`.
    `imprint` says so at its end; `cover` follows the opening where a document has a first page.
    """

    title: str
    kind: str
    description: str
    made: str
    generator: str
    digest_label: str
    digest: str
    attachment: str
    keywords: tuple[str, ...]
    opening: Opening
    parts: tuple[Part, ...]
    imprint: tuple[Fact, ...]
    cover: tuple[Block, ...] = ()


class Sheet(Struct, frozen=True, kw_only=True):
    """A document without a verdict to open with, such as a comparison: a title, blocks, and what closes it.

    `closing` is never left out, however little room there is for the rest.
    """

    title: str
    generator: str
    blocks: tuple[Block, ...]
    closing: tuple[Block, ...] = ()
