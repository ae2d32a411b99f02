"""Do the tests notice a fault? Small faults are put into modules, one at a time; each must make a test fail.

Called by scripts/mutants.sh, which says how. A mutant is one change of the syntax tree: a comparison swapped,
a limit moved by one, a rule dropped from a sum or a conjunction, a condition turned or fixed, a statement
left out, a result replaced by None. Types and docstrings are left alone. Each mutant runs in a process that
is forked after pytest was loaded and before the modules are, and that is given the changed source in place of
the file.
"""

import argparse
import ast
import contextlib
import copy
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

SURVIVED, KILLED, TOO_LONG, UNKNOWN = "survived", "killed", "killed by the clock", "not decided"

SWAPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
NAMES = {"min": "max", "max": "min", "all": "any", "any": "all"}
LIMIT_FACTOR, LIMIT_SECONDS = 5.0, 20.0
"""A mutant may compute so many times as long as the tests do without one, and so much more. It is processor
time: a machine that is busy with other things would else kill mutants that no test noticed."""
PATIENCE = 10.0
"""After so many times that limit on the wall clock a mutant is ended, and what becomes of it is not known."""


@dataclass(frozen=True)
class Mutant:
    """One change: the module, the line, what was done, the whole source."""

    path: Path
    line: int
    what: str
    source: str


# Where, and what --------------------------------------------------------------------------------------------


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    """What may stand in place of an expression; None leaves a statement out."""
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            other = copy.deepcopy(node)
            other.ops[place] = SWAPS[type(op)]()
            yield "comparison swapped", other
    elif isinstance(node, ast.BoolOp):
        other = copy.deepcopy(node)
        other.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and and or swapped", other
        yield from _without_one(node, "values", "condition dropped")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.BitOr):
        yield "right part dropped", node.left
        yield "left part dropped", node.right
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        yield "minus made plus", ast.BinOp(node.left, ast.Add(), node.right)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv):
        yield "factor dropped", node.left
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Name) and node.id in NAMES:
        yield f"{node.id} made {NAMES[node.id]}", ast.Name(NAMES[node.id], node.ctx)
    elif isinstance(node, ast.IfExp):
        yield "always the first", node.body
        yield "always the second", node.orelse
    elif isinstance(node, ast.Tuple | ast.List | ast.Set) and len(node.elts) > 1:
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Store):
            yield from _without_one(node, "elts", "element dropped")
    elif isinstance(node, ast.Dict) and len(node.keys) > 1:
        for place in range(len(node.keys)):
            other = copy.deepcopy(node)
            del other.keys[place], other.values[place]
            yield "entry dropped", other
    elif isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            other = copy.deepcopy(node)
            del other.ifs[place]
            yield "filter dropped", other


def _constants(node: ast.Constant) -> Iterator[tuple[str, ast.AST | None]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} made {not value}", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield f"{value} made {value + 1}", ast.Constant(value + 1)
        yield f"{value} made {value - 1}", ast.Constant(value - 1)
    elif isinstance(value, str):
        yield f"{value!r} made another text", ast.Constant(f"{value}-")


def _without_one(node: ast.AST, field: str, what: str) -> Iterator[tuple[str, ast.AST | None]]:
    parts = getattr(node, field)
    for place in range(len(parts)):
        left = [part for index, part in enumerate(parts) if index != place]
        if len(left) == 1 and field == "values":
            yield what, left[0]
        else:
            other = copy.deepcopy(node)
            setattr(other, field, copy.deepcopy(left))
            yield what, other


def statements(node: ast.stmt) -> Iterator[tuple[str, ast.AST | None]]:
    """What may stand in place of a statement."""
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "None returned", ast.Return(ast.Constant(None))
    elif isinstance(node, ast.If | ast.While):
        for fixed in (True, False):
            if isinstance(node, ast.While) and fixed:
                continue
            other = copy.deepcopy(node)
            other.test = ast.Constant(fixed)
            yield f"condition fixed at {fixed}", other
    elif isinstance(node, ast.Expr | ast.AugAssign | ast.Continue | ast.Break | ast.Raise | ast.Delete):
        yield "statement left out", ast.Pass()


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node that may be changed: its parent, the field, the place in it, the node."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if field in (
                "annotation",
                "returns",
                "decorator_list",
                "bases",
                "keywords_of_class",
                "type_params",
            ):
                continue
            children = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            for place, node in children:
                if isinstance(node, ast.AST) and not _of_words(parent, node):
                    yield parent, field, place, node


def _of_words(parent: ast.AST, node: ast.AST) -> bool:
    """Whether it is a docstring, a part of a formatted text, an import, or a type alias."""
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    inside = isinstance(parent, ast.Expr | ast.JoinedStr | ast.FormattedValue) and isinstance(
        node, ast.Constant
    )
    return text or inside or isinstance(node, ast.Import | ast.ImportFrom)


def _in_a_type(tree: ast.Module) -> set[int]:
    """The nodes inside annotations and type aliases, which run but mean nothing at run time."""
    found: set[int] = set()
    for node in ast.walk(tree):
        inside: list[ast.AST] = []
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            inside = [node.annotation]
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            inside = [node.returns]
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id[:1].isupper()
        ):
            inside = [node]
        elif isinstance(node, ast.ClassDef):
            inside = [*node.bases, *node.keywords]
        elif isinstance(node, ast.Assign) and _is_alias(node):
            inside = [node.value]
        for part in inside:
            found |= {id(child) for child in ast.walk(part)}
    return found


def _is_alias(node: ast.Assign) -> bool:
    """`Name = A | B` and `Name = tuple[…]` at the top of a module."""
    return isinstance(node.value, ast.BinOp | ast.Subscript) and all(
        isinstance(target, ast.Name) and target.id[:1].isupper() and not target.id.isupper()
        for target in node.targets
    )


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    types = _in_a_type(tree)
    for parent, field, place, node in list(places(tree)):
        if id(node) in types or id(parent) in types:
            continue
        found = list(statements(node)) if isinstance(node, ast.stmt) else list(changes(node))
        for what, other in found:
            line = getattr(node, "lineno", getattr(parent, "lineno", 0))
            with _in_place(parent, field, place, other):
                yield Mutant(path, line, what, ast.unparse(ast.fix_missing_locations(tree)))


@contextlib.contextmanager
def _in_place(parent: ast.AST, field: str, place: int | None, other: ast.AST | None) -> Iterator[None]:
    if place is None:
        before = getattr(parent, field)
        setattr(parent, field, other)
        yield
        setattr(parent, field, before)
    else:
        values = getattr(parent, field)
        before = values[place]
        values[place] = other
        yield
        values[place] = before


# Running ----------------------------------------------------------------------------------------------------


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source than its file has."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        self._name = name
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module itself, by this loader."""
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._mutant.path))

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        module.__file__ = str(self._mutant.path)
        exec(compile(self._mutant.source, str(self._mutant.path), "exec"), module.__dict__)


def module_name(path: Path) -> str:
    """`haproof.core.histories.table` for its file below `src`."""
    parts = path.with_suffix("").parts
    return ".".join(parts[parts.index("src") + 1 :]).removesuffix(".__init__")


def run_tests(tests: Sequence[str]) -> int:
    """pytest's exit status, of tests that stop at the first failure and are given as long as they need."""
    import pytest

    class Untimed:
        """Keeps pytest-timeout's own timer out: it would take the place of a mutant's, and count a busy
        machine's delay as a failure."""

        @pytest.hookimpl(tryfirst=True, optionalhook=True)
        def pytest_timeout_set_timer(self) -> bool:
            return True

        @pytest.hookimpl(tryfirst=True, optionalhook=True)
        def pytest_timeout_cancel_timer(self) -> bool:
            return True

    quiet = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "--tb=no"]
    return int(pytest.main([*quiet, "--hypothesis-seed=0", *tests], plugins=[Untimed()]))


def begin(mutant: Mutant, tests: Sequence[str], seconds: float) -> int:
    """Fork a process that runs the tests on the mutant; its number."""
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, seconds * PATIENCE)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        sys.meta_path.insert(0, Changed(module_name(mutant.path), mutant))
        status = run_tests(tests)
    finally:
        os._exit(status)


def word(status: int) -> str:
    """What became of a mutant, by the status of its process."""
    if os.WIFSIGNALED(status):
        return {signal.SIGPROF: TOO_LONG, signal.SIGALRM: UNKNOWN}.get(os.WTERMSIG(status), KILLED)
    return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else KILLED


def run_all(
    chosen: Sequence[Mutant], tests: Sequence[str], jobs: int, seconds: float
) -> list[tuple[Mutant, str]]:
    """Every mutant, so many side by side; each survivor is printed the moment it is known."""
    waiting, running, done = list(reversed(chosen)), dict[int, Mutant](), list[tuple[Mutant, str]]()
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[begin(mutant, tests, seconds)] = mutant
        pid, status = os.wait()
        mutant = running.pop(pid)
        done.append((mutant, word(status)))
        if done[-1][1] in (SURVIVED, UNKNOWN):
            note = "" if done[-1][1] == SURVIVED else " (not decided: out of time)"
            sys.stdout.write(f"{mutant.path}:{mutant.line}: {mutant.what}{note}\n")
            sys.stdout.flush()
    return done


def chosen_of(paths: Sequence[Path], sample: int | None, seed: int) -> list[Mutant]:
    """All mutants of the modules, or a random sample of them."""
    files = sorted(file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py")))
    found = [mutant for file in files for mutant in mutants(file)]
    return found if sample is None else random.Random(seed).sample(found, min(sample, len(found)))


def main(arguments: Sequence[str]) -> int:
    """Run the mutants; 0 where enough of them were noticed."""
    parser = argparse.ArgumentParser(prog="scripts/mutants.sh")
    parser.add_argument("--sample", type=int, help="so many of them, by chance (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--at-least", type=float, default=98.0, help="percent that must be killed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("modules", nargs="+", type=Path, help="files and folders below src")
    parser.add_argument("--tests", nargs="+", required=True, help="what pytest is given")
    options = parser.parse_args(arguments)
    chosen = chosen_of(options.modules, options.sample, options.seed)
    pid = os.fork()
    if not pid:
        os._exit(run_tests(options.tests))
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.stderr.write("the tests fail without a mutant: mend them first\n")
        return 2
    limit_s = (used.ru_utime + used.ru_stime) * LIMIT_FACTOR + LIMIT_SECONDS
    sys.stdout.write(f"{len(chosen)} mutants, {limit_s:.0f} s of a processor each at most; survivors:\n")
    sys.stdout.flush()
    done = run_all(chosen, options.tests, options.jobs, limit_s)
    killed = sum(what in (KILLED, TOO_LONG) for _, what in done)
    percent = 100 * killed / len(done) if done else 0.0
    by_clock = sum(what == TOO_LONG for _, what in done)
    sys.stdout.write(f"{killed} of {len(done)} killed ({percent:.1f} %), {by_clock} of them by the clock\n")
    return 0 if percent >= options.at_least else 1


if __name__ == "__main__":
    for library in ("msgspec", "pytest"):  # loaded once, before the processes are forked
        importlib.import_module(library)
    sys.exit(main(sys.argv[1:]))
