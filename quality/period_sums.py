"""Sums of counts: entries with the same key are one entry; the order of what is added never shows."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def together(entries: Iterable[T], *by: str) -> tuple[T, ...]:
    """Entries of one dataclass with the same values of those members as one; all other members are counts, added.

    They are sorted by the key; what is unknown (None) comes last.
    """
    sums: dict[tuple[Any, ...], list[int]] = {}
    kind: type[T] | None = None
    counted: tuple[str, ...] = ()
    for entry in entries:
        if kind is None:
            kind = type(entry)
            counted = tuple(f.name for f in fields(entry) if f.name not in by)  # type: ignore[arg-type]
        key = tuple(getattr(entry, name) for name in by)
        found = sums.setdefault(key, [0] * len(counted))
        for place, name in enumerate(counted):
            found[place] += getattr(entry, name)
    if kind is None:
        return ()
    ordered = sorted(sums.items(), key=lambda item: _order(item[0]))
    return tuple(kind(**dict(zip((*by, *counted), (*key, *found), strict=True))) for key, found in ordered)


def added_counts(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts by name, added and sorted."""
    sums: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            sums[name] = sums.get(name, 0) + count
    return dict(sorted(sums.items()))


def _order(key: tuple[Any, ...]) -> list[tuple[bool, Any]]:
    return [(part is None, part if part is not None else "") for part in key]
