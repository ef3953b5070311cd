import unicodedata

import pytest

from schemas import code_lists


@pytest.mark.parametrize("name", code_lists.NAMES)
def test_codes_are_unique_labelled_sourced_and_in_nfc(name: str) -> None:
    codes = code_lists.code_list(name).codes
    assert len({c.code for c in codes}) == len(codes)
    for code in codes:
        assert code.code
        assert code.label == unicodedata.normalize("NFC", code.label)
        assert code.source


def test_the_two_ethnic_numberings_are_two_lists() -> None:
    of_1979 = code_lists.code_list("ethnic_groups_121_1979")
    of_2008 = code_lists.code_list("ethnic_groups_1019_2008")
    assert of_1979.label("04") == "Hoa"
    assert of_2008.label("04") == "Mường"
    assert of_1979.label("17") == "Chăm"
    assert of_2008.label("14") == "Chăm"


@pytest.mark.parametrize("name", ["ethnic_groups_121_1979", "ethnic_groups_1019_2008"])
def test_each_numbering_has_54_groups(name: str) -> None:
    groups = [c for c in code_lists.code_list(name).codes if c.code.isdigit() and int(c.code) <= 54]
    assert len(groups) == 54


def test_no_accepted_spelling_means_two_codes() -> None:
    for name in code_lists.NAMES:
        seen: dict[str, str] = {}
        for code in code_lists.code_list(name).codes:
            for spelling in (code.label, *code.accepted):
                assert seen.setdefault(spelling.casefold(), code.code) == code.code, (name, spelling)


def test_the_63_provinces_become_the_34() -> None:
    now = {row["code"] for row in code_lists.rows("provinces_34")}
    before = code_lists.rows("provinces_63")
    assert len(now) == 34
    assert len(before) == 63
    assert {row["successor_code_34"] for row in before} == now


def test_an_unknown_list_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        code_lists.code_list("star_signs")
