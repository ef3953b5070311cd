import pytest

from readers.encoding import decode
from readers.legacy_sample import as_written


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii", "vps", "bkhcm1", "bkhcm2"])
def test_the_sample_before_decodes_to_the_sample_after(encoding: str) -> None:
    text = "nguyễn thị hồng đào, xã minh châu, huyện ba vì"
    before = as_written(text, encoding)
    assert before not in (None, text)
    assert decode(str(before), encoding) == text


def test_a_known_text_in_the_font_of_its_days() -> None:
    assert as_written("Nguyễn Văn", "tcvn3") == "NguyÔn V¨n"


def test_unicode_has_no_sample_before() -> None:
    assert as_written("Nguyễn", "utf-8") is None
