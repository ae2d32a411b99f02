"""Signing: only what verifies is signed."""

import os

from msgspec import Struct

from haproof.attest import envelope as dsse
from haproof.attest import examine, keys, statement
from haproof.attest.inventory import ENVELOPE_NAME
from haproof.attest.steps import StepLog, named
from haproof.errors import IntegrityError, UsageError
from haproof.evidence import PROOF_FOLDER
from haproof.files import write_files
from haproof.places import require_run


class Signed(Struct, frozen=True):
    """An attestation that was written: its file, the key's keyid, how many files it vouches for, and the
    verdict that it carries (a NOT READY can be signed as well)."""

    path: str
    keyid: str
    subjects: int
    verdict: str


def sign(evidence_dir: str, key: str) -> Signed:
    """Vouch for every file of an evidence directory and for its report with the private key in file `key`.

    The report must be what the evidence gives today with this version: the same steps are taken as by
    `verify` without a signature. Raises IntegrityError where one fails, UsageError where the request cannot
    be carried out, OutputError where the envelope cannot be written (an older one is then intact).
    """
    require_run(evidence_dir)
    private = keys.load_private(key)
    _keep_apart(evidence_dir, key)
    case = examine.examine(evidence_dir, signed=False)
    _require_sound(case)
    _, again = case.judged()
    digests = {name: found.sha256 for name, found in case.inventory.files.items()}
    payload = statement.encode(statement.make_statement(again, digests))
    signature = private.sign(dsse.pae(payload))
    content = dsse.encode(dsse.Envelope(payload, private.public.keyid, signature))
    folder, _, name = ENVELOPE_NAME.rpartition("/")
    write_files(os.path.join(evidence_dir, folder), {name: content})
    return Signed(
        os.path.join(evidence_dir, ENVELOPE_NAME), private.public.keyid, len(digests), again.proof.verdict
    )


def _keep_apart(evidence_dir: str, key: str) -> None:
    """A private key that lies in the evidence would be handed out with it."""
    place, root = os.path.realpath(key), os.path.realpath(evidence_dir)
    if os.path.commonpath([place, root]) == root:
        raise UsageError(
            f"key {key!r} lies inside the evidence directory and would be handed out with it: move it away"
        )


def _require_sound(case: examine.Case) -> None:
    """Refuse what `verify` would refuse, and what a statement cannot express."""
    log = StepLog()
    log.run("digests", lambda: examine.recorded_digests(case))
    log.run("raw files", lambda: examine.raw_artifacts(case))
    log.run("judgement", lambda: examine.judgement_again(case))
    log.run("report files", lambda: examine.report_files(case, ()))
    for step in log.steps:
        if step.state != "ok":
            raise IntegrityError(f"not signed, {step.name}: {step.detail}; {_ADVICE}")
    recorded, _ = case.judged()
    if recorded.other_version:
        raise IntegrityError(f"not signed: another version of haproof wrote this report; {_ADVICE}")
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
