"""The report as a PDF that one would hand to an auditor: PDF/A-3a (archival) and PDF/UA-1 (accessible).

Typst sets it, from a template that never changes and from data that reaches it as JSON: no string of the
evidence is ever Typst source. Fonts are those inside the typst package, so every machine gives the same
bytes. The data that the document was made from is attached inside, and its SHA-256 stands on every page.
"""

import os
from datetime import datetime

from haproof.core.report import Report
from haproof.errors import FormatError
from haproof.extras import install_command
from haproof.render.document.whole import Document

STANDARDS = ["a-3a", "ua-1"]

TEMPLATE = ("main.typ", "style.typ", "cover.typ", "blocks.typ")
"""The files of the template; `main.typ` is compiled."""


def render(report: Report) -> bytes:
    """The document: the same bytes for the same report. Raises FormatError without its packages."""
    from haproof.render import proof_json
    from haproof.render.document.plans import paper

    return write(paper(report), proof_json.render(report))


def write(document: Document, attached: bytes) -> bytes:
    """Any document as a PDF, with the data that it was made from inside."""
    try:
        import markupsafe  # noqa: F401 - the charts need it
        import typst
    except ModuleNotFoundError as fault:
        raise FormatError(
            f"the PDF report was not made, because the package {fault.name} is not installed: "
            f"run  {install_command('pdf')}"
        ) from None
    return _compiled(typst, document, attached)


def _compiled(typst: object, document: Document, attached: bytes) -> bytes:
    """Template and data, nothing else: no system font, no file of the machine, no package, no clock."""
    from haproof.render.writers.pdf.data import data

    folder = os.path.join(os.path.dirname(__file__), "template")
    files = {name: _read(os.path.join(folder, name)) for name in TEMPLATE}
    files[document.attachment] = attached
    made: bytes = typst.compile(  # type: ignore[attr-defined]
        files,
        sys_inputs={"data": data(document)},
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=STANDARDS,
        timestamp=int(datetime.fromisoformat(document.made).timestamp()),
    )
    return made


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
