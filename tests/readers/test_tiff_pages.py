import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.reading import ReadLimits
from readers.tiff_pages import check_pages
from schemas.errors import FileRefused
from tests.readers.page_pictures import as_pages, sheet


def _chain(order: str, following: list[int]) -> bytes:
    """A TIFF of empty directories: at 8, 14, 20 ..., each saying which comes next."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + b"".join(struct.pack(order + "HI", 0, at) for at in following)


@given(st.integers(1, 6))
def test_all_pages_are_counted(tmp_path_factory: pytest.TempPathFactory, count: int) -> None:
    path = tmp_path_factory.mktemp("tiff") / "a.tif"
    path.write_bytes(as_pages([sheet(20, 20)] * count, "TIFF"))
    assert check_pages(path, ReadLimits()) == count


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("following", [[8], [14, 8], [14, 14], [9999], [14, 4_000_000_000], []])
def test_a_chain_that_does_not_end_is_refused(tmp_path: Path, order: str, following: list[int]) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(_chain(order, following))
    with pytest.raises(FileRefused) as refused:
        check_pages(path, ReadLimits())
    assert refused.value.code == "file.damaged"


def test_a_chain_may_not_be_too_long(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(_chain("<", [14, 20, 26, 0]))
    assert check_pages(path, ReadLimits(pages=4)) == 4
    with pytest.raises(FileRefused) as refused:
        check_pages(path, ReadLimits(pages=3))
    assert refused.value.code == "file.too_many_pages"
