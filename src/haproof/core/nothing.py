"""A record in which nothing could be measured: every rule applies to it, so it says which rules there are."""

from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from haproof.core.check import AnySlice


def every_key_null(slice_: AnySlice) -> Any:
    """A record of the slice in which everything was tried and nothing could be measured."""
    groups = {field.name: field.type for field in fields(slice_.record)}
    observations = next(kind for kind in groups["observations"].__args__ if kind is not type(None))
    return slice_.record(
        schema_version="1",
        slice=slice_.id,
        name=slice_.name,
        generated_at=None,
        checks=[],
        summary=None,
        metrics=_null(groups["metrics"]),
        observations=_null(observations),
    )


def _null(kind: type[Struct]) -> Struct:
    return kind(**dict.fromkeys(kind.__struct_fields__))
