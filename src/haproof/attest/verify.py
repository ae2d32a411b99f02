"""Verification in numbered steps, offline, from the files alone.

1. envelope       the attestation is there, in its canonical encoding, with exactly one signature
2. signature      that signature is the given key's, over the payload bytes as received
3. statement      the payload is an in-toto Statement v1 with our predicate, and names its subjects
4. digests        every file is as signed; nothing was modified, added or removed
5. raw files      what the slice reports list as raw evidence is there, with digest and size
6. judgement      the evidence, assessed again with the recorded path and time, gives the same judgement
7. report files   each format, made again, has the same bytes
8. recount        the figures that raw files yield, derived again, are those of the slice reports

A timestamp of the envelope (RFC 3161), where there is one, is one step more. All steps are taken, whatever
the earlier ones found; one FAILED is enough to fail. Without an envelope steps 1 to 3 have nothing to check,
and step 4 compares the slice reports with the JSON artifact.
"""

import os
from collections.abc import Sequence

from msgspec import Struct

from haproof.attest import examine, statement
from haproof.attest.inventory import ENVELOPE_NAME, read_document
from haproof.attest.judgement import differing_keys
from haproof.attest.key_forms import load_public
from haproof.attest.keys import PublicKey
from haproof.attest.recounting import recount_step
from haproof.attest.statement import SignedStatement
from haproof.attest.steps import Failed, NotChecked, Step, StepLog, counted, named
from haproof.attest.timestamp import Timestamp, timestamp_step
from haproof.attest.trust import trusted
from haproof.core import envelope as dsse
from haproof.core.house import House
from haproof.core.in_toto import StatementFault
from haproof.core.trust import NOBODY
from haproof.errors import UsageError
from haproof.kinds import HOUSE
from haproof.named_file import NotAFile
from haproof.places import require_run


class Signature(Struct, frozen=True, kw_only=True):
    """A signature that was checked and is right.

    `signed_at` is by the signer's clock, `signer` as the signer wrote it, both None where the statement does
    not say; `stamped_at` is a timestamp authority's time. Times are RFC 3339.
    """

    keyid: str
    signed_at: str | None
    signer: str | None
    stamped_at: str | None = None


class Verification(Struct, frozen=True, kw_only=True):
    """What a verification found.

    `signature` is set only where one was checked and is right; `unchecked` is true where there is one, and it
    was neither to be checked (a key) nor to be left unchecked (`unsigned`).
    """

    steps: tuple[Step, ...]
    verdict: str | None
    signature: Signature | None = None
    unchecked: bool = False

    @property
    def ok(self) -> bool:
        """No step failed, and no signature was passed over: absence is no success."""
        failed = any(step.state == "FAILED" for step in self.steps)
        return bool(self.steps) and not failed and not self.unchecked

    @property
    def keyid(self) -> str | None:
        """The key whose signature was checked and is right."""
        return self.signature.keyid if self.signature else None


def verify(
    evidence_dir: str,
    key: str | None = None,
    *,
    unsigned: bool = False,
    trust: Sequence[str] = (),
    timestamp: Timestamp | None = None,
    house: House = HOUSE,
) -> Verification:
    """Verify an evidence directory with its report, and its signature by the public key in the file `key`.

    `unsigned` says that digests and a second assessment are enough, even where an envelope is there. `trust`
    are files of the keys that the report was made with, for statements by others. Raises UsageError where the
    request itself cannot be carried out.
    """
    if key is not None and unsigned:
        raise UsageError("a key and 'unsigned' contradict each other: give one of them")
    require_run(evidence_dir, house)
    public = load_public(key) if key is not None else None
    others = trusted(trust) if trust else NOBODY
    stamped = timestamp_step(evidence_dir, timestamp)
    log = StepLog()
    found = log.run("envelope", lambda: _envelope(evidence_dir, public is not None))
    keyid = log.run("signature", lambda: _signature(_need(found), public, unsigned))
    signed = log.run("statement", lambda: _statement(_need(found)))
    case = examine.examine(evidence_dir, house, signed=signed is not None, trusted=others)
    log.run("digests", lambda: _digests(case, signed))
    log.run("raw files", lambda: examine.raw_artifacts(case))
    log.run("judgement", lambda: _judgement(case, signed))
    log.run("report files", lambda: examine.report_files(case, _vouched(case, signed) if keyid else ()))
    log.run("recount", lambda: recount_step(case))
    stamped_at = log.run("timestamp", stamped) if stamped else None
    return Verification(
        steps=tuple(log.steps),
        verdict=case.recorded.proof.verdict if case.recorded else None,
        signature=_described(keyid, signed, stamped_at),
        unchecked=found is not None and public is None and not unsigned,
    )


def _described(keyid: str | None, signed: SignedStatement | None, stamped_at: str | None) -> Signature | None:
    """What a signature that is right says of itself."""
    if keyid is None:
        return None
    return Signature(
        keyid=keyid,
        signed_at=signed.signed_at if signed else None,
        signer=signed.predicate.signer if signed else None,
        stamped_at=stamped_at,
    )


def _envelope(directory: str, wanted: bool) -> tuple[dsse.Envelope, str]:
    """Step 1. A missing envelope fails only where a signature is wanted; a damaged one always does."""
    if not wanted and not os.path.lexists(os.path.join(directory, ENVELOPE_NAME)):
        raise NotChecked(f"{ENVELOPE_NAME} is not there: nobody signed this evidence")
    try:
        found = dsse.decode(read_document(directory, ENVELOPE_NAME))
    except NotAFile as fault:
        raise Failed(f"{ENVELOPE_NAME} is {fault}") from None
    except dsse.EnvelopeFault as fault:
        raise Failed(f"{ENVELOPE_NAME}: {fault}") from None
    return found, f"{ENVELOPE_NAME}: canonical encoding, one signature"


def _need(found: dsse.Envelope | None) -> dsse.Envelope:
    """The envelope that steps 2 and 3 look into; where it had to be there, step 1 has failed already."""
    if found is None:
        raise NotChecked("there is no usable envelope")
    return found


def _signature(found: dsse.Envelope, public: PublicKey | None, unsigned: bool) -> tuple[str, str]:
    """Step 2."""
    if unsigned:
        raise NotChecked("--unsigned: digests and a second assessment are enough")
    if public is None:
        raise NotChecked("no key was given: pass --key PUB or --unsigned")
    if found.keyid != public.keyid:
        raise Failed(f"names key {found.keyid} as its signer, not the given key {public.keyid}")
    if not public.verifies(found.signature, dsse.pae(found.payload)):
        raise Failed(f"not a signature of key {public.keyid} over this payload")
    return public.keyid, f"Ed25519, by key {public.keyid}"


def _statement(found: dsse.Envelope) -> tuple[SignedStatement, str]:
    """Step 3."""
    try:
        made = statement.decode(found.payload)
    except StatementFault as fault:
        raise Failed(str(fault)) from None
    subjects = counted(len(made.subject), "subject")
    return made, f"in-toto Statement v1, predicate {made.predicate_type}, {subjects}"


def _digests(case: examine.Case, signed: SignedStatement | None) -> tuple[None, str]:
    """Step 4: against the statement's subjects, or without one against the JSON artifact."""
    if signed is None:
        return examine.recorded_digests(case)
    expected = signed.digests
    found = examine.differences(expected, case.inventory, case.inventory.files.keys() - expected.keys())
    if found:
        raise Failed("; ".join(found))
    return None, f"{counted(len(expected), 'file')} as in the statement; none modified, added or removed"


def _judgement(case: examine.Case, signed: SignedStatement | None) -> tuple[None, str]:
    """Step 6: the artifact says what the evidence gives, and the statement says what the artifact says."""
    outcome = examine.judgement_again(case)
    if signed is not None:
        recorded, again = case.judged()
        changed = differing_keys(signed.predicate.judgement, recorded.tree)
        if changed:
            raise Failed(f"the statement's judgement is not the JSON artifact's: differs in {named(changed)}")
        result = statement.test_result(again)
        if signed.predicate.test_result != result and not recorded.other_version:
            raise Failed("the statement's test result is not what the evidence gives")
    return outcome


def _vouched(case: examine.Case, signed: SignedStatement | None) -> set[str]:
    """The files whose bytes a checked signature covers."""
    if signed is None:
        return set()
    subjects = signed.digests
    return {name for name, found in case.inventory.files.items() if subjects.get(name) == found.sha256}
