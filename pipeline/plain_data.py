"""Frozen dataclasses as short JSON and back: each one a list of its members in their order.

New members come last and with a default, so that what was written before can be read.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def written(value: object) -> str:
    """A dataclass as JSON without blanks."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def read(kind: type[T], text: str) -> T:
    """The dataclass of a text that `written` made.

    Raises:
        ValueError, TypeError, KeyError: the text is not of that kind.
    """
    return cast(T, _made(kind, json.loads(text)))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return [_plain(getattr(value, f.name)) for f in fields(value)]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _made(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _made(next(a for a in get_args(kind) if a is not type(None)), value)
    if origin is tuple:
        (inner, _) = get_args(kind)
        return tuple(_made(inner, each) for each in value)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(*(_made(of, each) for of, each in zip(_kinds(kind), value, strict=False)))
    return value


@cache
def _kinds(kind: type) -> tuple[Any, ...]:
    hints = get_type_hints(kind)
    return tuple(hints[f.name] for f in fields(kind))
