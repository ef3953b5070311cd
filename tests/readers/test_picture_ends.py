from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.page_kinds import PageKind
from readers.picture_ends import end_of_png, has_more_behind
from schemas.errors import FileRefused
from tests.readers.page_pictures import as_file, sheet


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(("behind", "told"), [(b"", False), (b"\0" * 9, False), (b"PK\3\4" * 30, True)])
def test_only_what_lies_behind_is_told(tmp_path: Path, kind: PageKind, behind: bytes, told: bool) -> None:
    path = tmp_path / "a"
    path.write_bytes(as_file(sheet(), kind) + behind)
    assert has_more_behind(path, kind) is told


@given(st.data())
def test_every_changed_byte_of_a_chunk_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(as_file(sheet(20, 20), "PNG"))
    path = tmp_path_factory.mktemp("png") / "a.png"
    path.write_bytes(bytes(content))
    assert end_of_png(path) == len(content)
    content[data.draw(st.integers(8, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(content))
    with pytest.raises(FileRefused):
        end_of_png(path)
