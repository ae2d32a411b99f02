"""Signing: only what verifies is signed."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

from haproof.attest import examine, statement
from haproof.attest.inventory import ENVELOPE_NAME, TIMESTAMP_NAME
from haproof.attest.key_forms import Ask, load_private
from haproof.attest.recounting import recount_step
from haproof.attest.steps import StepLog, named
from haproof.attest.trust import trusted
from haproof.core import envelope as dsse
from haproof.core.house import House
from haproof.core.trust import NOBODY
from haproof.errors import IntegrityError, UsageError
from haproof.evidence import PROOF_FOLDER
from haproof.files import write_files
from haproof.kinds import HOUSE
from haproof.places import require_run


class Signed(Struct, frozen=True, kw_only=True):
    """An attestation that was written: its file, the key's keyid, how many files it vouches for, the verdict
    that it supports (a NOT READY can be signed as well), and the time that it gives.

    `warnings` are sentences for the signer.
    """

    path: str
    keyid: str
    subjects: int
    verdict: str
    signed_at: datetime
    warnings: tuple[str, ...] = ()


def sign(
    evidence_dir: str,
    key: str,
    *,
    signer: str | None = None,
    ask: Ask | None = None,
    at: datetime | None = None,
    trust: Sequence[str] = (),
    house: House = HOUSE,
) -> Signed:
    """Vouch for every file of an evidence directory and for its report with the private key in file `key`.

    `signer` is a line that says who signs, `ask` gets the passphrase of an encrypted key, `at` stands for
    the clock, `trust` are files of the keys that the report was made with. The report must be what the
    evidence gives today with this version: the same steps are taken as by `verify` without a signature.
    Raises IntegrityError where one fails, UsageError where the request cannot be carried out, OutputError
    where the envelope cannot be written (an older one is then intact).
    """
    require_run(evidence_dir, house)
    private = load_private(key, ask)
    keep_apart(evidence_dir, key)
    others = trusted(trust) if trust else NOBODY
    case = examine.examine(evidence_dir, house, signed=False, trusted=others)
    _require_sound(case)
    _, again = case.judged()
    digests = {name: found.sha256 for name, found in case.inventory.files.items()}
    signed_at = datetime.now(UTC).replace(microsecond=0) if at is None else at
    try:
        payload = statement.encode(statement.make_statement(again, digests, signed_at, signer))
    except ValueError as fault:
        raise UsageError(
            f"the signer is {fault}: give one short line, such as a name and an address"
        ) from None
    signature = private.sign(dsse.pae(payload))
    stale = _put(evidence_dir, dsse.encode(dsse.Envelope(payload, private.public.keyid, signature)))
    return Signed(
        path=os.path.join(evidence_dir, ENVELOPE_NAME),
        keyid=private.public.keyid,
        subjects=len(digests),
        verdict=again.proof.verdict,
        signed_at=signed_at,
        warnings=(*private.warnings, *stale),
    )


def _put(evidence_dir: str, envelope: bytes) -> tuple[str, ...]:
    """Write the envelope. A timestamp of the one that it replaces is removed, and that is reported."""
    folder, _, name = ENVELOPE_NAME.rpartition("/")
    stamp = os.path.basename(TIMESTAMP_NAME)
    removed = write_files(os.path.join(evidence_dir, folder), {name: envelope}, [stamp])
    return tuple(f"removed {path!r}: it was the timestamp of the envelope before" for path in removed)


def keep_apart(evidence_dir: str, key: str) -> None:
    """Raise UsageError for a private key in the evidence: it would be handed out with it."""
    place, root = os.path.realpath(key), os.path.realpath(evidence_dir)
    if os.path.commonpath([place, root]) == root:
        raise UsageError(
            f"key {key!r} lies inside the evidence directory and would be handed out with it: move it away"
        )


def _require_sound(case: examine.Case) -> None:
    """Refuse what `verify` would refuse, and what a statement cannot express."""
    if case.recorded and case.recorded.other_version:
        raise IntegrityError(f"not signed: another version of haproof wrote this report; {_ADVICE}")
    log = StepLog()
    log.run("digests", lambda: examine.recorded_digests(case))
    log.run("raw files", lambda: examine.raw_artifacts(case))
    log.run("judgement", lambda: examine.judgement_again(case))
    log.run("report files", lambda: examine.report_files(case, ()))
    log.run("recount", lambda: recount_step(case))
    for step in log.steps:
        nothing_to_count = step.name == "recount" and step.state == "NOT CHECKED"
        if step.state != "ok" and not nothing_to_count:
            raise IntegrityError(f"not signed, {step.name}: {step.detail}; {_ADVICE}")
    recorded, _ = case.judged()
    unwritable = [name for name in (recorded.proof.evidence_dir, *case.inventory.files) if not _is_text(name)]
    if unwritable:
        raise UsageError(f"not signed: a path is not UTF-8 ({named(unwritable)}): rename it and report again")


_ADVICE = f"put the evidence right, or run 'haproof report' again and look at {PROOF_FOLDER}/ before you sign"


def _is_text(name: str) -> bool:
    """Whether a path can be written as UTF-8."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
