import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.sounds import sound, sound_hashes

SYLLABLES = st.text("abceghiklmnopqrstuvxy", min_size=1, max_size=7)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("trang", "chang"), ("sinh", "xinh"), ("lam", "nam"), ("giang", "dang"), ("ruong", "duong"), ("my", "mi"),
        ("thanh", "thahn"), ("thanh", "thanhh"), ("hoang", "hoagn"), ("linh", "lin"), ("bich", "bit"), ("phuc", "phut"),
    ],
)  # fmt: skip
def test_usual_slips_keep_the_code(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("lan", "hoa"), ("hung", "dung"), ("mai", "mo"), ("thi", "van")])
def test_other_syllables_have_other_codes(one: str, other: str) -> None:
    assert sound(one) != sound(other)


@given(SYLLABLES)
def test_a_doubled_last_letter_changes_nothing(syllable: str) -> None:
    assert sound(syllable + syllable[-1] * 2) == sound(syllable + syllable[-1])


@given(st.lists(SYLLABLES | st.just("")))
def test_hashes_are_those_of_the_codes(syllables: list[str]) -> None:
    hashes = sound_hashes(syllables).tolist()
    codes = [sound(s) for s in syllables]
    assert [h == 0 for h in hashes] == [c == "" for c in codes]
    assert len(set(hashes)) == len(set(codes))
