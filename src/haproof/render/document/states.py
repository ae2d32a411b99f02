"""The words of states, and what each means to a reader."""

from haproof.render.document.blocks import State, Tone

TONES: dict[str, Tone] = {
    "PASS": "pass",
    "MET": "pass",
    "READY": "pass",
    "MEASURED": "pass",
    "FAIL": "fail",
    "NOT MET": "fail",
    "NOT READY": "fail",
    "NOT COHERENT": "unknown",
    "CONTRADICTION": "fail",
    "DATA LOSS": "fail",
    "MISSING": "unknown",
    "INCONCLUSIVE": "unknown",
    "NO EVIDENCE": "unknown",
    "NOT YET": "open",
    "OPEN": "open",
    "informational": "none",
}


def state(word: str, unsure: bool = False) -> State:
    """A state; a word that a newer version wrote says nothing good.

    `unsure` is set where nothing that was found fails: then no state says that something does.
    """
    tone = TONES.get(word, "unknown")
    return State(word, "unknown" if unsure and tone == "fail" else tone)
