"""Judge an evidence directory: read VAL13-VAL17, recompute every verdict, write the proof report.

A signed directory is judged and left as it is. To look without writing anything: haproof show.

Exit status 0: HA DESIGN PARTNER READY, or what --require asks for; 1: not ready; 3: inconclusive, because
evidence is missing or not coherent; 2: no report; 5: ready, but a format could not be made; 70: a fault of
haproof itself.
"""

import argparse
import os
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from haproof.cli.judging import (
    configure_judging,
    configure_write,
    directory_of,
    exit_status,
    generation_time,
    judged,
    made_of,
    options_of,
    print_report,
    warn_of_nothing,
)
from haproof.cli.output import warn
from haproof.cli.trust import trusted_of
from haproof.core.model import NO_OPTIONS, Options
from haproof.core.report import Report
from haproof.core.trust import NOBODY, Trusted
from haproof.evidence import PROOF_STEM, proof_folder, replace_proof
from haproof.extras import from_here
from haproof.places import attestation_over, signature_files
from haproof.render import ALWAYS, FORMATS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    configure_judging(parser)
    configure_write(parser)
    parser.add_argument("--output-dir", metavar="DIR", help="write there instead of EVIDENCE_DIR/val26")
    parser.add_argument(
        "--overwrite-signed",
        action="store_true",
        help="where the report is signed: replace it, and remove the signature",
    )


class Reported(Struct, frozen=True):
    """What came of a report: the judgement, the files by format (none where a signature kept them from being
    written), and the exit status."""

    report: Report
    files: dict[str, str]
    status: int


def run(args: argparse.Namespace) -> int:
    """The verb: everything that can go wrong before the judgement is status 2."""
    trusted = trusted_of(args)
    return run_report(
        directory_of(args),
        form=args.format,
        write=args.write,
        output_dir=args.output_dir,
        generated_at=generation_time(args.generated_at),
        options=options_of(args, trusted),
        trusted=trusted,
        required=args.require,
        overwrite_signed=args.overwrite_signed,
    ).status


def run_report(
    evidence_dir: str,
    *,
    form: str = "text",
    write: Sequence[str] = (),
    unasked: Sequence[str] = (),
    output_dir: str | None = None,
    generated_at: datetime | None = None,
    options: Options = NO_OPTIONS,
    trusted: Trusted = NOBODY,
    required: str = "design-partner",
    overwrite_signed: bool = False,
) -> Reported:
    """Read, judge, write the files, then print. The status is that of the proof contract.

    A format of `write` that cannot be made is status 5 in place of 0; one of `unasked` is only missing.
    """
    report = judged(evidence_dir, generated_at, options, trusted)
    folder = proof_folder(evidence_dir, output_dir)
    attestation = attestation_over(folder)
    if attestation is not None and not overwrite_signed:
        _left_alone(attestation)
        warn_of_nothing(report)
        printed = print_report(report, form)
        status = exit_status(report, required)
        return Reported(report, {}, 5 if status == 0 and not printed else status)
    wanted = dict.fromkeys((*ALWAYS, *write))
    every = wanted | dict.fromkeys(unasked)
    made = {name: content for name in every if (content := made_of(report, name)) is not None}
    _replace(evidence_dir, output_dir, made, attestation)
    warn_of_nothing(report)
    printed = print_report(report, form, made, kept="the report's files are complete")
    status = exit_status(report, required)
    files = {name: os.path.join(folder, f"{PROOF_STEM}.{FORMATS[name][1]}") for name in made}
    whole = printed and not wanted.keys() - made.keys()
    return Reported(report, files, 5 if status == 0 and not whole else status)


def _left_alone(attestation: str) -> None:
    """Why nothing was written, and what to do for it."""
    warn(
        f"signed files were left as they are (signature: {attestation!r}): to keep this judgement use "
        "--output-dir elsewhere, or --overwrite-signed to replace the report and remove the signature"
    )


def _replace(
    evidence_dir: str, output_dir: str | None, made: dict[str, bytes], attestation: str | None
) -> None:
    """Put the files in place; whatever is removed is named."""
    signature = [] if attestation is None else signature_files(attestation)
    files = {FORMATS[name][1]: content for name, content in made.items()}
    endings = [ending for _, ending in FORMATS.values()]
    for path in replace_proof(evidence_dir, output_dir, files, endings, signature):
        what = "it signed" if path in signature else "it belonged to"
        warn(f"removed {from_here(path)!r}: {what} the report before this one")
