from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.rules import all_rules
from transforms.date_text import EARLIEST_YEAR, FAILED, DateReading, Order, plain_text, read_date

LATEST = date(2024, 5, 1)


def read(text: str, order: Order = "dmy") -> DateReading:
    return read_date(text, order, LATEST)


def ymd(reading: DateReading) -> tuple[int | None, int | None, int | None]:
    return reading.year, reading.month, reading.day


WHOLE = [
    # text, rules that fire
    ("05/03/1960", ()), ("5/3/1960", ()), ("05-03-1960", ()), ("05.03.1960", ()), ("5. 3. 1960", ()),
    ("05 / 03 / 1960", ()), ("05\\03\\1960", ()), ("05,03,1960", ()), ("5 3 1960", ()), ("05/03/1960.", ()),
    ("1960-03-05", ()), ("1960/03/05", ()), ("1960.3.5", ()), ("1960-03-05 00:00:00", ()),
    ("1960-03-05T00:00:00", ()), ("1960-03-05 00:00:00.000", ()), ("05/03/1960 12:00:00 AM", ()),
    ("1960-03-05T00:00:00+07:00", ("time_removed",)), ("1960-03-05T17:00:00Z", ("time_removed",)),
    ("1960-03-05T23:30:00-05:00", ("time_removed",)), ("1960-03-05Z", ("time_removed",)),
    ("05/03/1960 14:30", ("time_removed",)),
    ("05031960", ()), ("19600305", ()), ("5031960", ("leading_zero",)),
    ("sinh ngày 05/03/1960", ()), ("Thứ bảy, 05/03/1960", ()), ("05/03/1960 (dương lịch)", ()),
    ("５/３/１９６０", ("not_digits",)), ("٠٥/٠٣/١٩٦٠", ("not_digits",)),
    ("O5/O3/196O", ("not_digits",)), ("o5/03/l960", ("not_digits",)),
    ("ngày 5 tháng 3 năm 1960", ("in_words",)), ("NGÀY 05 THÁNG 03 NĂM 1960", ("in_words",)),
    ("5 tháng 3 1960", ("in_words",)), ("5 thg 3, 1960", ("in_words",)),
    ("ngày năm tháng ba năm một nghìn chín trăm sáu mươi", ("in_words",)),
    ("05-Mar-1960", ()), ("March 5, 1960", ()), ("5th March 1960", ()), ("5/III/1960", ()),
    ("5/3/60", ("two_digit_year",)), ("5-3-60", ("two_digit_year",)), ("05.03.60", ("two_digit_year",)),
    ("5/3/'60", ("two_digit_year",)), ("mồng 5 tháng 3 năm 1960", ("in_words", "calendar_unclear")),
    ("5/3/19 60", ("year_joined",)), ("Ng 5 th 3 n 1960", ("in_words",)), ("ng.05 t.3 n.1960", ("in_words",)),
    ("21980", ("excel_serial",)), ("21980.0", ("excel_serial",)), ("21980,75", ("excel_serial",)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "marks"), WHOLE)
def test_every_way_to_write_the_fifth_of_march_1960(text: str, marks: tuple[str, ...]) -> None:
    reading = read(text)
    assert ymd(reading) == (1960, 3, 5)
    assert set(reading.marks) == set(marks)
    assert not reading.is_lunar


PARTIAL = [
    ("1950", 1950, None, ("year_only",)), ("năm 1950", 1950, None, ("year_only",)),
    ("1950.0", 1950, None, ("year_only",)),
    ("00/00/1950", 1950, None, ("year_only",)), ("0/0/1950", 1950, None, ("year_only",)),
    ("--/--/1950", 1950, None, ("year_only",)), ("../../1950", 1950, None, ("year_only",)),
    ("__/__/1950", 1950, None, ("year_only",)), ("xx/xx/1950", 1950, None, ("year_only",)),
    ("?/?/1950", 1950, None, ("year_only",)), ("SN 1950", 1950, None, ("year_only",)),
    ("không rõ ngày tháng, 1950", 1950, None, ("year_only",)), ("5/00/1950", 1950, None, ("year_only",)),
    ("năm 50", 1950, None, ("two_digit_year", "year_only")), ("1950?", 1950, None, ("approximate", "year_only")),
    ("khoảng 1950", 1950, None, ("approximate", "year_only")), ("~1950", 1950, None, ("approximate", "year_only")),
    ("cuối năm 1950", 1950, None, ("approximate", "year_only")),
    ("đầu năm 1950", 1950, None, ("approximate", "year_only")),
    ("3/1950", 1950, 3, ("month_only",)), ("03-1950", 1950, 3, ("month_only",)), ("1950/03", 1950, 3, ("month_only",)),
    ("00/03/1950", 1950, 3, ("month_only",)), ("--/3/1950", 1950, 3, ("month_only",)),
    ("tháng 3 năm 1950", 1950, 3, ("in_words", "month_only")), ("tháng 3/1950", 1950, 3, ("in_words", "month_only")),
    ("ngày ... tháng 3 năm 1950", 1950, 3, ("in_words", "month_only")),
    ("T3/1950", 1950, 3, ("in_words", "month_only")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "year", "month", "marks"), PARTIAL)
def test_what_is_not_written_stays_unknown(text: str, year: int, month: int | None, marks: tuple[str, ...]) -> None:
    reading = read(text)
    assert ymd(reading) == (year, month, None)
    assert set(reading.marks) == set(marks)


LUNAR = [
    ("mồng 5 tháng giêng năm Ất Dậu 1945", (1945, 2, 17)),
    ("mùng 1 tháng giêng năm Giáp Tý 1984", (1984, 2, 2)),
    ("20.10.Giáp Tý 1984", (1984, 11, 12)),
    ("1/1/1985 âm lịch", (1985, 1, 21)),  # 20 February in the Chinese calendar
    ("1/1/2007 ÂL", (2007, 2, 17)),
    ("30 tháng chạp năm Quý Hợi 1983", (1984, 2, 1)),
    ("30 tháng chạp năm Quý Hợi 1984", (1984, 2, 1)),  # the solar year written beside the can-chi
    ("rằm tháng bảy năm 1960", (1960, 9, 5)),
    ("mùng 3 Tết năm 1970", (1970, 2, 8)),
    ("mùng 3 Tết 1970", (1970, 2, 8)),
    ("1943 ÂL", (1943, None, None)),
    ("Quý Mùi 1943 âm lịch", (1943, None, None)),
]


@pytest.mark.parametrize(("text", "expected"), LUNAR)
def test_lunar_dates_are_converted_and_always_looked_at(
    text: str, expected: tuple[int, int | None, int | None]
) -> None:
    reading = read(text)
    assert ymd(reading) == expected
    assert reading.is_lunar
    assert "lunar" in reading.marks


@pytest.mark.parametrize("text", ["Kỷ Mão 1939", "1939 (Kỷ Mão)", "sinh năm Kỷ Mão 1939", "tuổi Mão 1939"])
def test_the_name_of_a_year_is_no_lunar_date(text: str) -> None:
    reading = read(text)
    assert ymd(reading) == (1939, None, None)
    assert not reading.is_lunar
    assert set(reading.marks) == {"calendar_unclear", "year_only"}


REFUSED = [
    ("30/02/1975", "impossible"), ("31/04/1980", "impossible"), ("31/9/1950", "impossible"),
    ("29/02/1900", "impossible"), ("29/02/1975", "impossible"), ("1960-02-30", "impossible"),
    ("32/01/1960", "impossible"), ("13/13/1980", "impossible"), ("ngày 30 tháng 2 năm 1975", "impossible"),
    ("tháng 13 năm 1960", "impossible"), ("30 tháng giêng năm Ất Dậu 1945", "impossible"),
    ("mồng 5 tháng 3 năm Ất Dậu 1950", "impossible"),
    ("01/01/2150", "out_of_range"), ("02/05/2024", "out_of_range"), ("01/01/1849", "out_of_range"),
    ("01/01/0001", "out_of_range"), ("2030", "out_of_range"),
    ("5/3/12", "century_unknown"), ("1/1/00", "century_unknown"), ("mồng 5 tháng giêng năm Ất Dậu", "no_year"),
    ("Ất Dậu", "no_year"), ("05/03/Canh Tý", "no_year"),
    ("mùa lúa chín", "unreadable"), ("05/03/19600", "unreadable"), ("05/03", "unreadable"), ("60 tuổi", "no_year"),
    ("Nam", "unreadable"), ("nam.", "unreadable"), ("Nữ", "unreadable"), ("Năm", "missing"),
    ("36 tuổi (năm 1990)", "no_year"), ("5/3/19 6", "unreadable"),
    ("=1+1", "unreadable"), ("99999", "unreadable"), ("05/03/1960; 06/04/19600", "unreadable"),
    ("19??", "no_year"), ("1111960", "unreadable"), ("5/x/1960", "unreadable"),
    ("năm Giáp Sửu 1985", "unreadable"), ("trước 1945", "no_year"),
    ("", "missing"), ("-", "missing"), ("...", "missing"), ("null", "missing"), ("NaN", "missing"), ("\\N", "missing"),
    ("#N/A", "missing"), ("không", "missing"), ("0", "missing"), ("ngày      tháng     năm", "missing"),
    ("không rõ", "stated_unknown"), ("K rõ", "stated_unknown"), ("chưa xác định", "stated_unknown"),
    ("?", "stated_unknown"), ("??/??/????", "stated_unknown"), ("00/00/0000", "stated_unknown"),
    ("xx/xx/xxxx", "stated_unknown"), ("không nhớ ngày sinh", "stated_unknown"), ("chữ mờ", "stated_unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mark"), REFUSED)
def test_a_text_that_gives_no_date_says_why(text: str, mark: str) -> None:
    reading = read(text)
    assert reading.failed
    assert ymd(reading) == (None, None, None)
    assert [m for m in reading.marks if m in FAILED] == [mark]


@pytest.mark.parametrize("text", ["29/02/2000", "29/02/1960", "01/05/2024", "01/01/1850", "31/12/1899"])
def test_days_that_exist(text: str) -> None:
    day, month, year = map(int, text.split("/"))
    assert ymd(read(text)) == (year, month, day)
    assert read(text).marks == ()


ORDERS: list[tuple[str, Order, tuple[int, int | None, int | None], tuple[str, ...]]] = [
    ("03/04/1980", "dmy", (1980, 4, 3), ()),
    ("03/04/1980", "mdy", (1980, 3, 4), ("month_first",)),
    ("04/04/1980", "mdy", (1980, 4, 4), ()),
    ("03/04/1980", "unclear", (1980, None, None), ("order_unclear",)),
    ("04/04/1980", "unclear", (1980, 4, 4), ()),
    ("25/12/1980", "unclear", (1980, 12, 25), ()),
    ("12/25/1980", "unclear", (1980, 12, 25), ("month_first",)),
    ("03/04/80", "unclear", (1980, None, None), ("two_digit_year", "order_unclear")),
    ("1980-04-03", "mdy", (1980, 4, 3), ()),
    ("ngày 3 tháng 4 năm 1980", "mdy", (1980, 4, 3), ("in_words",)),
]


@pytest.mark.parametrize(("text", "order", "expected", "marks"), ORDERS)
def test_the_order_of_the_column_decides(
    text: str, order: Order, expected: tuple[int, int | None, int | None], marks: tuple[str, ...]
) -> None:
    assert (ymd(read(text, order)), set(read(text, order).marks)) == (expected, set(marks))


@given(st.dates(date(EARLIEST_YEAR, 1, 1), LATEST), st.sampled_from("/-."), st.booleans())
def test_a_whole_date_in_digits_is_read_back(day: date, sign: str, padded: bool) -> None:
    width = 2 if padded else 1
    text = f"{day.day:0{width}d}{sign}{day.month:0{width}d}{sign}{day.year}"
    for written in (text, day.isoformat(), f"ngày {day.day} tháng {day.month} năm {day.year}"):
        assert ymd(read(written)) == (day.year, day.month, day.day)


MIXED = st.lists(
    st.sampled_from(["0", "1", "19", "2", "60", "/", ".", " ", "-", "x", "?", "tháng", "năm", "Tý", "giáp", "o", "T"])
    | st.characters(max_codepoint=0x1EFF, exclude_categories=("Cs",)),
    max_size=14,
).map("".join)


@given(MIXED, st.sampled_from(["dmy", "mdy", "unclear"]))
def test_any_text_has_a_date_in_range_or_a_reason_and_never_an_invented_day(text: str, order: Order) -> None:
    reading = read(text, order)
    assert {f"birth_date.{m}" for m in reading.marks} <= set(all_rules())
    assert reading.failed == (reading.year is None)
    if reading.year is not None:
        assert EARLIEST_YEAR <= reading.year <= LATEST.year
        date(reading.year, reading.month or 1, reading.day or 1)
        assert reading.day is None or reading.month is not None
    if reading.day is not None:
        assert any(c.isdigit() for c in text) or "in_words" in reading.marks


def test_plain_text_has_no_marks_case_or_odd_digits() -> None:
    assert plain_text("  Mồng\u00a05 THÁNG Giêng, năm １９４５ ; ") == "mong 5 thang gieng, nam 1945"
