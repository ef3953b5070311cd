"""Frozen dataclasses as short JSON and back: each one a list of its members in their order.

New members come last and with a default, so that what was written before can be read.
"""

import json
from collections.abc import Callable, Mapping
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
    reader: Callable[[Any], Any] = _reader(cast(Any, kind))
    return cast(T, reader(json.loads(text)))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return [_plain(getattr(value, f.name)) for f in fields(value)]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of that kind of what JSON gave; worked out once a kind, since a month has millions."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        inner = _reader(next(a for a in get_args(kind) if a is not type(None)))
        return inner if inner is _same else lambda value: None if value is None else inner(value)
    if origin is tuple:
        inner = _reader(get_args(kind)[0])
        if inner is _same:
            return tuple
        return lambda value: tuple(map(inner, value))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        readers = [_reader(hints[f.name]) for f in fields(kind)]
        if all(reader is _same for reader in readers):
            return lambda value: kind(*value)
        return lambda value: kind(*(reader(each) for reader, each in zip(readers, value, strict=False)))
    return _same


def _same(value: Any) -> Any:
    return value
