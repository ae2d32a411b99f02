"""The architecture: what is listed is there, what is there is listed, and everything says why."""

import pkgutil
from importlib import import_module

import haproof.kinds
from haproof.cli import VERBS
from haproof.kinds import KINDS
from haproof.kinds.matrix import MATRIX
from haproof.render import ALWAYS, FORMATS


def test_every_folder_of_a_kind_is_listed() -> None:
    folders = {found.name for found in pkgutil.iter_modules(haproof.kinds.__path__) if found.ispkg}
    assert folders == {kind.stem for kind in KINDS}


def test_ids_are_in_order_and_used_once() -> None:
    assert [check.id for check in MATRIX] == [f"VAL26-{n:02}" for n in range(1, len(MATRIX) + 1)]
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
