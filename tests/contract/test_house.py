"""The architecture: what is listed is there, what is there is listed, and everything says why."""

import ast
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import haproof
import haproof.kinds
from haproof.cli import VERBS
from haproof.core.described import listed, metrics
from haproof.explain import explain
from haproof.explain.criteria import tied
from haproof.kinds import HOUSE, KINDS
from haproof.kinds.matrix import ABOVE, MATRIX
from haproof.render import ALWAYS, FORMATS


def test_every_folder_of_a_kind_is_listed() -> None:
    folders = {found.name for found in pkgutil.iter_modules(haproof.kinds.__path__) if found.ispkg}
    assert folders == {kind.stem for kind in KINDS}


def test_ids_are_in_order_and_used_once() -> None:
    (summary,) = (check for check in MATRIX if check.sums_up)
    assert (summary, summary.id) == (MATRIX[-1], "VAL26-10"), "a published id keeps its meaning"
    ids = [check.id for check in ABOVE]
    assert ids == sorted(ids)
    assert {*ids, summary.id} == {f"VAL26-{n:02}" for n in range(1, len(MATRIX) + 1)}
    assert len({kind.id for kind in KINDS}) == len({kind.folder for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        checks = kind.checks
        assert list(kind.check_ids) == [f"{kind.id}-{n:02}" for n in range(1, len(checks) + 1)]
        assert len({check.title for check in checks}) == len({check.judge for check in checks}) == len(checks)


def test_every_check_says_what_why_how_and_what_not() -> None:
    said = {check.id: check.about for check in MATRIX}
    said |= {kind.id: kind.about for kind in KINDS}
    said |= {check.id: check.about for kind in KINDS for check in kind.checks}
    for name, about in said.items():
        for words in (about.meaning, about.why, about.how, about.not_proved):
            assert words.endswith("."), name
            assert words[0].isupper() or "_" in words.split()[0] or words[0] == '"', name


def test_every_verb_has_its_module() -> None:
    for verb in VERBS:
        module = import_module(f"haproof.cli.{verb}")
        assert callable(module.configure)
        assert callable(module.run)
        assert module.__doc__


def test_every_format_has_its_module_and_its_own_ending() -> None:
    assert set(ALWAYS) <= set(FORMATS)
    assert len({ending for _, ending in FORMATS.values()}) == len(FORMATS)
    for module, _ in FORMATS.values():
        assert callable(import_module(module).render)


def test_public_names_resolve() -> None:
    import haproof

    for name in haproof.__all__:
        assert getattr(haproof, name) is not None


def test_what_is_said_of_a_figure_names_figures_that_there_are() -> None:
    for kind in KINDS:
        known = metrics(kind.record)
        named = {name for figure in known.values() for name in (figure.trials, *figure.under) if name}
        claims = [check.claim for check in kind.checks if check.claim is not None]
        named |= {name for claim in claims for name in (claim.figure, claim.trials, claim.also) if name}
        named |= {closes.figure for closes in kind.closes if closes.figure} | {*kind.alerts_by}
        assert named <= known.keys(), kind.id


def test_every_figure_says_what_it_is_where_it_is_declared() -> None:
    """Trials included; the objects of a kind that is many files are no figures, but what others wrote."""
    for kind in KINDS:
        figures = dict(metrics(kind.record))
        if kind.gathered is None:
            figures |= listed(kind.record)
        for name, figure in figures.items():
            assert figure.label, f"{kind.id} {name}: no label"
            assert figure.about.meaning.endswith("."), f"{kind.id} {name}: no meaning"
            entry = next(one for one in explain(name, HOUSE) if one.group.startswith(f"{kind.id} "))
            assert entry.meaning == figure.about.meaning or not entry.measured


def test_a_figure_of_trials_that_several_checks_look_at_says_itself_why_and_how() -> None:
    for kind in KINDS:
        for name, figure in listed(kind.record).items():
            if len(tied(kind, name)) > 1:
                assert figure.about.why, f"{kind.id} {name}"
                assert figure.about.how, f"{kind.id} {name}"


SOURCE = Path(haproof.__file__).parent
BY_POSITION = re.compile(r"(_id|\bid)\[:?\d\]|\bslices\[\d|VAL1\[|zip\([^)]*(KINDS|slices\b)")
"""Joins by the letters of an id, by position, or by a pattern of ids."""


def test_nothing_is_joined_by_position_or_by_the_letters_of_an_id() -> None:
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in SOURCE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if BY_POSITION.search(line)
    ]
    assert found == []


NAMES = re.compile(r"\bVAL1[3-8]\b|GA-\d|PUB-\d|DP-\d|public_production|design_partner")


def test_the_judgement_knows_what_a_kind_and_a_level_are_and_never_which_there_are() -> None:
    """`core` but for its histories, soak and limits, which are of single kinds, and `evidence`."""
    left = ("core/histories", "core/soak", "core/targets.py")
    paths = [*(SOURCE / "core").rglob("*.py"), SOURCE / "evidence.py", SOURCE / "raw_files.py"]
    for path in paths:
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(left):
            assert not NAMES.findall(path.read_text(encoding="utf-8")), name


BY_LETTERS = re.compile(r"startswith\(\(?[\"'](GAP|RUN|VAL)|\.when ==|re\.[a-z]+\([^)]*VAL")


def test_nothing_is_told_from_the_letters_of_an_id() -> None:
    """What a check, a risk or a kind is, is data of the house, never read off its name."""
    for path in SOURCE.rglob("*.py"):
        assert not BY_LETTERS.findall(path.read_text(encoding="utf-8")), path.relative_to(SOURCE)


def test_the_names_of_raw_files_are_in_one_place() -> None:
    for path in SOURCE.rglob("*.py"):
        if path.name != "raw_names.py":
            found = re.findall(r'"[a-z-]+\.jsonl"', path.read_text(encoding="utf-8"))
            assert found == [], path.relative_to(SOURCE)


LONGEST_MODULE, LONGEST_FUNCTION = 350, 40
"""Lines; of a function those of its statements, without signature, docstring and long texts."""


def _statement_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[1 if ast.get_docstring(function) is not None else 0 :]
    texts = [node for node in ast.walk(function) if isinstance(node, ast.JoinedStr | ast.Constant)]
    text_lines = {
        line for text in texts for line in range(text.lineno + 1, (text.end_lineno or text.lineno) + 1)
    }
    lines = {line for node in first for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return len(lines - text_lines)


def test_no_module_and_no_function_is_too_long_to_keep_in_mind() -> None:
    long = []
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        name, lines = path.relative_to(SOURCE).as_posix(), text.count("\n")
        if lines > LONGEST_MODULE:
            long.append(f"{name}: {lines} lines")
        functions = (
            node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )
        long += [f"{name}: {node.name}" for node in functions if _statement_lines(node) > LONGEST_FUNCTION]
    assert long == []
