import pytest

from transforms.date_doubts import ABOUT, dates_in, says_no_year, without_animal, without_words, year_of


@pytest.mark.parametrize(
    "plain",
    [
        "45 tuoi", "khoang 45 tuoi", "45t", "3 thang tuoi", "tuoi ty", "nam suu", "tuoi giap ty", "truoc 1945",
        "sau giai phong", "truoc cach mang thang tam", "194?", "19xx", "5/3/19..", "nhung nam 50", "thap nien 1950",
        "45", "< 1950", "36 tuoi (nam 1990)", "36 tuoi vao nam 1990",
    ],
)  # fmt: skip
def test_what_says_something_but_no_year(plain: str) -> None:
    assert says_no_year(plain)


@pytest.mark.parametrize("plain", ["1945", "5/3/1960", "sau tet", "hoi chay lut", "mua lua chin", "tu 1945 den 1950",
                                   "36 tuoi (1954)", "36 tuoi, sinh nam 1954"])  # fmt: skip
def test_what_is_another_thing(plain: str) -> None:
    assert not says_no_year(plain)


def test_two_dates_and_words_that_link_them() -> None:
    assert list(dates_in("5/3/1960 (khai sinh 6/4/1961)")) == ["5/3/1960", "6/4/1961"]
    assert list(dates_in("1950 (cmnd 1952)")) == ["1950", "1952"]
    assert list(dates_in("5/3/1960")) == []
    assert list(dates_in("cap 5/3/1960 tai ha noi 6/4/1961")) == []


def test_words_around_a_date() -> None:
    assert without_words("5/3/1960, son la") == "5/3/1960"
    assert without_words("gio ty ngay 5/3/1960") == "ngay 5/3/1960"
    assert without_words("5/3/1960 (mat)") == "5/3/1960 (mat)"
    assert without_animal("1950 (tuoi dan)") == ("1950", "dan")
    assert without_animal("tuoi mui (1967)") == ("1967", "mui")
    assert ABOUT.sub(" ", "quy ii/1950").strip() == "1950"


@pytest.mark.parametrize(
    ("plain", "year"),
    [
        ("sinh nam con trau 1961", 1961), ("tuoi rong 1964", 1964), ("nam doi 1945", 1945),
        ("sinh khoang mua gat nam 1955", 1955), ("nam 1955, nguoi nha noi the", 1955),
        # two years, another number, another animal, a pair of the cycle that does not exist
        ("sinh nam 1955, chu nam 1956", None), ("sinh nam 1955 quyen 3", None), ("sinh nam con trau 1960", None),
        ("nam giap suu 1985", None), ("thang 13 nam 1955 gi do", None),
        # another event, a bound, no word of a year
        ("chet nam 1955", None), ("sinh truoc nam 1955 it lau", None), ("vao ho nam 1990", None), ("gio to 1967", None),
        ("{{nam 1960}}", None), ("nam 19555", None), ("nam nay", None), ("sinh giao thua 1960", None),
    ],
)  # fmt: skip
def test_the_year_in_words_of_no_form(plain: str, year: int | None) -> None:
    assert year_of(plain) == year
