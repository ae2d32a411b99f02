"""A record in which nothing could be measured: every rule applies to it, so it says which rules there are."""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Struct, UnsetType
from msgspec.structs import fields

from haproof.core.described import plain
from haproof.core.kind import Kind


def every_key_null(kind: Kind) -> Any:
    """A record of the kind in which everything was tried and nothing could be measured."""
    groups = {field.name: field.type for field in fields(kind.record)}
    given = {"metrics": _null(groups["metrics"])}
    for option in get_args(groups.get("observations", NoneType)):
        if isinstance(option, type) and issubclass(option, Struct):
            given["observations"] = _null(option)
    return kind.record(
        schema_version="1",
        slice=kind.id,
        name=kind.name,
        generated_at=None,
        checks=[],
        summary=None,
        **given,
    )


def _null(struct: type[Struct], **known: Any) -> Struct:
    return struct(**{field.name: _nothing(field.type) for field in fields(struct)} | known)


def _nothing(kind: Any) -> Any:
    """Null where a key may be null; else the least that its type allows. Of trials one for each fault."""
    if get_origin(kind) is Annotated:
        return _nothing(get_args(kind)[0])
    options = _options(kind)
    if NoneType in options or UnsetType in options:
        return None
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is list:
        return _each(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, Struct):
        return _null(kind)
    return {str: "", dict: {}}.get(get_origin(kind) or kind, 0)


def _options(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def _each(kind: Any) -> list[Any]:
    """Elements of a list: of objects one for each value of the first word that they may hold."""
    if not (isinstance(kind, type) and issubclass(kind, Struct)):
        return []
    for field in fields(kind):
        for option in _options(plain(field.type)):
            if get_origin(option) is Literal:
                return [_null(kind, **{field.name: value}) for value in get_args(option)]
    return [_null(kind)]
