"""What an evidence directory says of itself: its files, what its report records, what it gives today.

Everything here needs no signature. `verify` takes these steps after those of the envelope, and `sign` takes
them before it vouches for anything.
"""

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from haproof.attest import judgement
from haproof.attest.inventory import (
    ARTIFACT_NAME,
    EMPTY,
    Inventory,
    read_document,
    take_inventory,
)
from haproof.attest.steps import MOST_NAMES, Failed, NotChecked, counted, named
from haproof.core.artifact import understood
from haproof.core.assess import assess
from haproof.core.figures import cut
from haproof.core.foreign import not_judged
from haproof.core.house import House
from haproof.core.instant import parse_instant
from haproof.core.model import Proof
from haproof.core.report import Report
from haproof.core.source import Evidence
from haproof.core.trust import NOBODY, Trusted
from haproof.core.type_words import mismatch
from haproof.errors import FormatError
from haproof.evidence import PROOF_FOLDER, PROOF_STEM, read_evidence
from haproof.named_file import NotAFile
from haproof.raw_files import recount
from haproof.render import ALWAYS, FORMATS, render
from haproof.version import VERSION


class Recorded(Struct, frozen=True):
    """The JSON artifact as it lies in the directory. `unread` are the paths of what only a newer version of
    this program knows the form of."""

    proof: Proof
    tree: Any
    unread: tuple[str, ...] = ()

    @property
    def other_version(self) -> bool:
        """Whether another version of this program says that it wrote the artifact."""
        return self.proof.generator.version != VERSION


class Case(Struct, frozen=True):
    """One directory under examination. Without a usable report, `recorded` and `again` are None and `fault`
    says why. `trusted` are the ids of the keys at hand for statements by others."""

    directory: str
    inventory: Inventory
    evidence: Evidence
    recorded: Recorded | None = None
    again: Report | None = None
    fault: str = ""
    trusted: tuple[str, ...] = ()

    def judged(self) -> tuple[Recorded, Report]:
        """What was recorded and what the evidence gives. Raises Failed where there is no usable report."""
        if self.recorded is None or self.again is None:
            raise Failed(self.fault)
        return self.recorded, self.again


def examine(directory: str, house: House, *, signed: bool, trusted: Trusted = NOBODY) -> Case:
    """Read the evidence and the report, judge again as recorded, digest the files. `trusted` are the keys at
    hand for statements by others; which of them count is recorded.

    A directory with neither a statement (`signed`) nor a report nor a slice is not searched: it may be any.
    """
    evidence = read_evidence(directory, house, trusted)
    known = signed or any(source.read for source in evidence.sources)
    try:
        recorded = _load(directory, house)
        again = _assess_again(evidence, house, recorded)
    except Failed as fault:
        return Case(directory, take_inventory(directory) if known else EMPTY, evidence, fault=str(fault))
    return Case(directory, take_inventory(directory), evidence, recorded, again, trusted=trusted.ids)


def _load(directory: str, house: House) -> Recorded:
    """Read the JSON artifact. Raises Failed."""
    try:
        content = read_document(directory, ARTIFACT_NAME)
    except NotAFile as fault:
        raise Failed(f"no report to compare with: {ARTIFACT_NAME} is {fault}") from None
    try:
        tree = json.loads(content)
        json.dumps(tree)
        known, unread = understood(tree, house)
        return Recorded(msgspec.convert(known, Proof), tree, unread)
    except (ValueError, RecursionError) as fault:
        reason = cut(": ".join(mismatch(fault)) if isinstance(fault, msgspec.ValidationError) else str(fault))
        raise Failed(f"no report to compare with: {ARTIFACT_NAME} is no VAL26 artifact: {reason}") from None


def _assess_again(evidence: Evidence, house: House, recorded: Recorded) -> Report:
    """Judge what lies there now, with the path, time, options and program's name of the artifact."""
    try:
        at = parse_instant(recorded.proof.generated_at)
    except ValueError as fault:
        raise Failed(f"{ARTIFACT_NAME}: generated_at is {fault}") from None
    proof = recorded.proof
    if proof.options.recount:
        evidence = recount(evidence)
    report = assess(replace(evidence, directory=proof.evidence_dir), house, at, proof.options)
    return replace(report, proof=replace(report.proof, generator=recorded.proof.generator))


def differences(expected: Mapping[str, str], inventory: Inventory, added: Collection[str]) -> list[str]:
    """How the files differ from their expected digests (name to SHA-256); empty where they do not."""
    files, faults = inventory.files, inventory.faults
    modified = [name for name, sha in expected.items() if name in files and files[name].sha256 != sha]
    hidden = tuple(f"{name}/" for name in faults)
    gone = [name for name in expected if name not in files and name not in faults]
    removed = [name for name in gone if not name.startswith(hidden)] if hidden else gone
    unusable = [f"{name} ({reason})" for name, reason in faults.items()]
    kinds = {"modified": modified, "added": sorted(added), "removed": removed, "unusable": unusable}
    return [f"{kind}: {named(names)}" for kind, names in kinds.items() if names]


def recorded_digests(case: Case) -> tuple[None, str]:
    """The slice reports against the digests that the JSON artifact records."""
    recorded, again = case.judged()
    expected = {file.path: file.sha256 for file in recorded.proof.evidence.files}
    if not expected:
        raise Failed(f"{ARTIFACT_NAME} records no slice report: nothing was digested")
    read = {file.path for file in again.proof.evidence.files}
    found = differences(expected, case.inventory, read - expected.keys())
    if found:
        raise Failed("; ".join(found))
    reports = f"{counted(len(expected), 'slice report')} as recorded in {ARTIFACT_NAME}"
    unlisted = len(set(case.inventory.files) - _listed(case.evidence) - expected.keys() - _report_names(case))
    note = f"; no report lists {counted(unlisted, 'other file')}, so nothing is said of them"
    return None, reports + (note if unlisted else "")


def raw_artifacts(case: Case) -> tuple[None, str]:
    """The raw files that the slice reports list, against the digest and the size listed there."""
    listed = _artifacts(case.evidence)
    faults = [fault for entry in listed if (fault := _raw_fault(case.inventory, *entry))]
    if faults:
        more = f"; and {len(faults) - MOST_NAMES} more" if len(faults) > MOST_NAMES else ""
        raise Failed("; ".join(faults[:MOST_NAMES]) + more)
    if not any(source.generated_at for source in case.evidence.sources):
        raise Failed("no slice report could be read, so none says which raw files belong to it")
    if not listed:
        return None, "the slice reports list no raw files"
    return None, f"{counted(len(listed), 'raw file')} as listed in the slice reports"


def _raw_fault(inventory: Inventory, name: str, sha256: str, size: int) -> str | None:
    """How one raw file differs from what its slice report says."""
    found = inventory.files.get(name)
    if found is None:
        return f"{cut(name)} is {inventory.faults.get(name, 'not there')}"
    if found.sha256 != sha256.lower():
        return f"{cut(name)} has another digest than its slice report says"
    if found.size != size:
        return f"{cut(name)} has {found.size} bytes; its slice report says {size}"
    return None


def judgement_again(case: Case) -> tuple[None, str]:
    """The evidence, judged again with the recorded path and time, against the JSON artifact."""
    recorded, again = case.judged()
    _need_trusted_keys(case)
    if not again.proof.evidence.files:
        raise Failed("no slice report was read, so there is nothing that a judgement could rest on")
    when = f"assessed again as of {recorded.proof.generated_at}"
    changed = judgement.differing_keys(recorded.tree, msgspec.to_builtins(again.proof))
    if not changed:
        return None, f"{when}: the same judgement"
    version = cut(recorded.proof.generator.version)
    if not recorded.other_version:
        raise Failed(f"{when}, the evidence gives another report: differs in {named(changed)}")
    parts = judgement.differing_parts(recorded.proof, again.proof, again.house)
    if parts:
        raise Failed(f"{when}, haproof {VERSION} judges otherwise than {version}: differs in {named(parts)}")
    said = f"{when}: written by haproof {version}, this is {VERSION}; judgements compared, not words"
    unknown = [f"{name} ({state})" for name, state in not_judged(recorded.proof, again.house).items()]
    unknown += recorded.unread
    return None, f"{said}; not judged by this version: {named(unknown)}" if unknown else said


def _need_trusted_keys(case: Case) -> None:
    """Raise NotChecked where the judgement depends on statements by others, whose keys are not here."""
    recorded, _ = case.judged()
    keys = [key for key in recorded.proof.options.trusted_keys if key not in case.trusted]
    if keys:
        raise NotChecked(
            f"made with statements that {named(keys)} signed; without these keys it cannot be made again "
            "(--trust KEY)"
        )


def report_files(case: Case, vouched: Collection[str]) -> tuple[None, str]:
    """Every report file, made again and compared byte for byte.

    A file that cannot be made here (a missing package, not one of ours) passes only where a checked signature
    covers it (`vouched`). Those of another version are skipped.
    """
    recorded, again = case.judged()
    forms = {f"{PROOF_FOLDER}/{PROOF_STEM}.{ending}": form for form, (_, ending) in FORMATS.items()}
    always = (name for name, form in forms.items() if form in ALWAYS)
    wrong = [f"{name} is missing" for name in always if name not in case.inventory.files]
    if recorded.other_version:
        raise _skipped(case, vouched, wrong)
    _need_trusted_keys(case)
    same, aside = [], []
    for name in sorted(_report_names(case)):
        fault = _compared(name, forms.get(name), again, case)
        if fault is None:
            same.append(forms[name])
        elif fault.final or name not in vouched:
            wrong.append(
                f"{cut(name)} {fault.words}" + ("" if fault.final else ", and no signature covers it")
            )
        else:
            aside.append(f"{cut(name)} {fault.words}: signed, but not compared")
    if wrong:
        raise Failed("; ".join(wrong + aside))
    made = f"{', '.join(same)}: the same bytes" if same else "none could be compared"
    return None, "; ".join([made, *aside])


def _skipped(case: Case, vouched: Collection[str], wrong: list[str]) -> Failed | NotChecked:
    """What can be found out about the report files of another version, which may word its report differently:
    whether they are its files at all, and whether the text ends with the verdict of the artifact."""
    recorded, _ = case.judged()
    names = _report_names(case)
    stem = f"{PROOF_FOLDER}/{PROOF_STEM}."
    wrong += [
        f"{cut(name)} is not a file that 'haproof report' writes, and no signature covers it"
        for name in sorted(names)
        if not name.startswith(stem) and name not in vouched
    ]
    if not wrong and _last_line(case, f"{stem}txt") != f"Verdict: {recorded.proof.verdict}":
        wrong.append(f"{stem}txt does not end with the verdict of {ARTIFACT_NAME}")
    if wrong:
        return Failed("; ".join(wrong))
    version = cut(recorded.proof.generator.version)
    cover = "the signature covers them" if names <= set(vouched) else "nobody vouches for their words"
    return NotChecked(
        f"skipped: haproof {version} wrote them, and {VERSION} may word its report differently; {cover}"
    )


def _last_line(case: Case, name: str) -> str:
    """The last line of a text that was digested; empty where it cannot be read."""
    try:
        content = read_document(case.directory, name)
    except NotAFile:
        return ""
    return content.rstrip(b"\n").rpartition(b"\n")[2].decode("utf-8", "replace")


class _Fault(Struct, frozen=True):
    """Why a report file is not the one made again; `final` where no signature can excuse it."""

    words: str
    final: bool = False


def _compared(name: str, form: str | None, again: Report, case: Case) -> _Fault | None:
    """One report file against the same format made again."""
    if form is None:
        return _Fault("is not a file that 'haproof report' writes")
    try:
        content = render(again, form)
    except FormatError as fault:
        return _Fault(f"could not be made again ({fault})")
    if hashlib.sha256(content).hexdigest() == case.inventory.files[name].sha256:
        return None
    return _Fault("is not what this evidence gives", final=True)


def _report_names(case: Case) -> set[str]:
    """The files in the report's folder."""
    return {name for name in case.inventory.files if name.startswith(f"{PROOF_FOLDER}/")}


def _listed(evidence: Evidence) -> set[str]:
    """The files that some report vouches for."""
    documents = {file.path for source in evidence.sources for file in source.digested}
    return documents | {name for name, _, _ in _artifacts(evidence)}


def _artifacts(evidence: Evidence) -> list[tuple[str, str, int]]:
    """Name in the evidence directory, SHA-256 and bytes of every raw file that a slice report lists."""
    listed = []
    for source in evidence.sources:
        record = source.record or source.not_run
        for artifact in (record.artifacts if record else None) or ():
            name = os.path.normpath(f"{source.kind.folder}/{artifact.path}")
            listed.append((name, artifact.sha256, artifact.bytes))
    return listed
