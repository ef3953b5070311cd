import pytest

from readers.page_kinds import kind_of_start
from tests.readers.page_pictures import as_file, sheet


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "PDF"])
def test_a_file_is_known_by_its_first_bytes(kind: str) -> None:
    assert kind_of_start(as_file(sheet(), kind)[:1024]) == kind


def test_blanks_may_stand_before_a_pdf() -> None:
    assert kind_of_start(b"\xef\xbb\xbf\r\n%PDF-1.4") == "PDF"


@pytest.mark.parametrize("start", [b"", b"PDF", b"GIF89a", b"MZ\x90\0", b"<svg/>", b"so %PDF-1.4"])
def test_others_are_none(start: bytes) -> None:
    assert kind_of_start(start) is None
