"""Items taken ahead are the same items (ahead)."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.ahead import ahead


@given(st.lists(st.none() | st.integers(), max_size=20), st.integers(1, 3))
def test_the_same_items_in_the_same_order(items: list[int | None], depth: int) -> None:
    assert list(ahead(iter(items), depth)) == items


def test_an_exception_comes_in_its_place() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise MemoryError

    taken = ahead(failing())
    assert next(taken) == 1
    with pytest.raises(MemoryError):
        next(taken)


def test_who_stops_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    taken = ahead(iter(range(1_000)))
    assert next(taken) == 0
    taken.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
