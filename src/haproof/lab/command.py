"""The target's own command line, run as an operator would: its refusals, and its output as an answer."""

import json
import re
from typing import Any

from haproof.errors import LabError
from haproof.lab.client import Answer
from haproof.lab.cluster import Node
from haproof.lab.process import LARGEST_OUTPUT_BYTES, Done, Overdue
from haproof.lab.progress import waiting_for
from haproof.lab.scenario import Stage
from haproof.lab.target import Target
from haproof.lab.transport import Reply

NEVER_RAN = (126, 127)
"""As a shell ends where there is no such program."""


def operate(stage: Stage, command: str, node: Node, seconds: float, **names: str) -> Done | None:
    """Run one command of `[cli]` against a node; None where it did not end in time.

    Raises LabError where its program cannot be run at all.
    """
    argv = getattr(stage.target.cli, command)
    if argv is None:
        raise LabError(f"the scenario uses [cli] {command} but does not list it in its needs")
    try:
        with waiting_for(stage.ground.watcher, f"{command} at {node.name} to end"):
            done = node.command(argv, seconds, **names)
    except Overdue as fault:
        stage.journal.saw("cli.overdue", command=command, node=node.name, deadline_s=seconds, why=str(fault))
        return None
    if done.status in NEVER_RAN:
        raise LabError(f"[cli] {command} could not be run: {done.last_words}")
    return done


def succeeded(done: Done | None) -> bool:
    """It did what it was told."""
    return done is not None and done.status == 0


def ended(done: Done | None) -> str:
    """How a command ended, in words that follow its name."""
    if done is None:
        return "did not end in time"
    if done.cut:
        return f"printed more than {LARGEST_OUTPUT_BYTES >> 20} MiB"
    words = f": {done.last_words}" if done.status != 0 else ""
    return f"ended with status {done.status}{words}"


def refused(stage: Stage, done: Done | None, node: Node) -> bool:
    """It said no, and the node is still there to say it: a crash is no refusal, nor is a hang."""
    if done is None or done.status <= 0:
        return False
    seconds = stage.target.timing.start_deadline_s
    answers = stage.waits.until(f"{node.name} to answer after its refusal", seconds, node.is_ready)
    return answers is not None and answers.value


def printed(done: Done | None, target: Target) -> Answer:
    """A command's output as an answer of the HTTP contract; one without any field where it is no JSON."""
    try:
        return answer(None if done is None or done.cut else json.loads(done.output), target)
    except (ValueError, RecursionError):
        return answer(None, target)


def answer(body: Any, target: Target) -> Answer:
    """A JSON value (a whole output, or one entry of a list) as an answer, with the target's field names."""
    return Answer(Reply(None, body, None, 0.0, 0.0), target.fields)


def checksum(done: Done | None, target: Target) -> str | None:
    """The SHA-256 that `backup_create` printed, found by `[cli] checksum`; None where there is none."""
    where = target.cli.checksum
    if done is None or where is None:
        return None
    if where.startswith("/"):
        found = Answer(printed(done, target).reply, {"checksum": where})
        return digest(found.text("checksum"))
    match = re.search(where, done.output)
    return digest(match[1]) if match else None


def digest(text: str | None) -> str | None:
    """The text if it is a SHA-256 in hex."""
    return text if text is not None and re.fullmatch(r"[0-9A-Fa-f]{64}", text) else None
