"""What guessers try first is told from what they do not come to, in Vietnamese with and without its marks."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import guessable, passwords
from pipeline.guessable import is_guessable, plain


@pytest.mark.parametrize(
    "given",
    [
        "iloveyou1234", "1q2w3e4r5t6y", "qwertyuiop12", "football12345", "matkhau123456", "Mật khẩu 2024",
        "Anh yêu em 123", "NguyenVanA1990!", "Nguyễn Văn An 1975", "chucmungnammoi", "2701198527011985",
        "aaaaaaaaaaaaaaaa", "abcabcabcabcabc", "x" * 128, "password2024!", "hanoi19541954",
    ],
)  # fmt: skip
def test_common_leaked_and_patterned_ones_are_guessable(given: str) -> None:
    assert is_guessable(given)
    assert is_guessable(unicodedata.normalize("NFD", given))


@pytest.mark.parametrize(
    "given",
    [
        "một câu dài dễ nhớ lắm",
        "đi chợ mua rau muống",
        "correct horse battery",
        "8fJ2-kQ9x-Lm3p-Zt7w",
        "bốn con vịt xanh",
    ],
)
def test_sentences_and_random_letters_are_not(given: str) -> None:
    assert not is_guessable(given, ("nga.ha-noi", "Phường Trúc Bạch"))


def test_the_three_thousand_commonest_are_all_refused() -> None:
    """Of the list of leaked ones, whatever their length (ASVS 6.2.4); and with marks a keyboard adds."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    commonest = FREQUENCY_LISTS["passwords"][:3000]
    assert len(commonest) == 3000
    assert [word for word in commonest if not is_guessable(word)] == []


@pytest.mark.parametrize("given", ["minh.chau.1985", "minhchau1985", "Minh-Châu 1985"])
def test_what_is_made_of_the_own_name_is_refused(given: str) -> None:
    assert is_guessable(given, ("minh.chau",))


def test_temporary_passwords_are_never_refused() -> None:
    assert not any(is_guessable(passwords.temporary(), ("nga",)) for _ in range(50))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=3))
def test_law_whatever_is_typed_has_an_answer(given: str, words: list[str]) -> None:
    assert is_guessable(given, words) in (True, False)


def test_the_words_of_one_person_are_not_those_of_another() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: is_guessable("trucbachxyw 77", ("trucbachxyw",) if n % 2 else ()), range(40)))
    assert found == [bool(n % 2) for n in range(40)]


def test_marks_and_case_are_taken_away() -> None:
    assert plain("Đường Trần HƯNG Đạo") == "duong tran hung dao"
    assert guessable.plain("") == ""
