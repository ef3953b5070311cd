"""What other cells of a page say is offered to a cell that says nearly the same, and to no other."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from readers.page_echoes import echoes

_HOME = "xã Tân Hưng, huyện Cầu Ngang, tỉnh Trà Vinh"


def _offered(text: str, kind: str, *others: str) -> list[str]:
    return list(echoes(text, kind, Counter(others)))


def test_a_text_that_is_nearly_the_same_is_offered() -> None:
    assert _HOME in _offered("xã Tân Hưng huyện Tàu Ngang, tỉnh Trà Vinh", "place", _HOME, "Hà Nội")
    assert _offered("Lâm Độc", "name", "Lâm Sóc", "Nguyễn Thị Hồng Ngọc") == ["Lâm Sóc"]


def test_an_address_may_end_as_another_does() -> None:
    assert "xã Tân Mỹ, huyện Cầu Ngang, tỉnh Trà Vinh" in _offered(
        "xã Tân Mỹ, huyện Câu Ngàng, tỉnh Tra Vinh", "place", _HOME
    )
    assert _offered("Tổ 9, Quận 1, Huế", "place", _HOME) == []


def test_other_columns_hear_nothing() -> None:
    assert _offered("Làm ruộng", "text", "Làm ruộng") == []


@given(st.text(max_size=40), st.sampled_from(["name", "place", "date"]), st.lists(st.text(max_size=40), max_size=20))
def test_few_texts_are_offered_and_nothing_is_invented(text: str, kind: str, others: list[str]) -> None:
    offered = _offered(text, kind, *others)
    assert len(offered) <= 12
    parts = {part for said in (text, *others) for part in said.split(", ")}
    assert all(set(told.split(", ")) <= parts for told in offered)
