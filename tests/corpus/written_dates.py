"""Items 77 to 94: dates of birth as ledgers write them."""

from datetime import date, timedelta

from tests.corpus.cases import Case, Dice, Ledger, Line, item
from tests.corpus.writers import add_part, book_parts, package, sheet_xml, styles

SECTION = "dates"
_WITHOUT = ("personal",)


def _birth(year: int | None, month: int | None = None, day: int | None = None) -> dict[str, object]:
    return {"birth_year": year, "birth_month": month, "birth_day": day}


def _one(
    rng: Dice,
    text: str,
    rules: tuple[str, ...],
    birth: dict[str, object] | None,
    *,
    letter: str = "",
    exact: bool = True,
) -> Case:
    """One date written so: kept with exactly these parts, or kept out (birth None)."""
    ledger = Ledger(rng, without=_WITHOUT)
    row = next(i for i, p in enumerate(ledger.people) if p.relation == "Con") if rng.random() < 0.5 else ledger.pick()
    home = [i for i, p in enumerate(ledger.people) if p.household == ledger.people[row].household]
    ledger.put(row, birth=text)
    lines = ledger.clean(*home) | {2 + i: ledger.good(i, exact=False) for i in home if i != row}
    if birth is None:
        return ledger.case(lines | {2 + row: Line(False, rules)}, letter=letter)
    values = {**ledger.people[row].values("birth", "personal"), **birth}
    line = Line(True, rules, values, {"birth_date_raw": text}, exact=False)
    return ledger.case(lines | {2 + row: line}, letter=letter)


def _year(rng: Dice, low: int = 1930, high: int = 1990) -> int:
    return rng.randrange(low, high)


@item(77, "30 February, 31 April", "R", SECTION)
def _(rng: Dice) -> Case:
    day, month = rng.choice(((30, 2), (31, 4), (31, 6), (31, 9), (31, 11), (32, 1), (31, 2)))
    mark = rng.choice("/-.")
    return _one(rng, f"{day}{mark}{month:02d}{mark}{_year(rng)}", ("birth_date.impossible",), None)


@item(78, "29 February of 1900 and other common years", "R", SECTION)
def _(rng: Dice) -> Case:
    year = rng.choice((1900, 1901, 1950, 1970, 1998))
    return _one(rng, f"29/{rng.choice(('02', '2'))}/{year}", ("birth_date.impossible",), None)


@item(79, "29 February of 2000 and other leap years", "A", SECTION)
def _(rng: Dice) -> Case:
    year = rng.choice((2000, 1960, 1976, 1988, 1992))
    ledger = Ledger(rng, without=_WITHOUT)
    row = next(i for i, p in enumerate(ledger.people) if p.relation == "Con")
    ledger.put(row, birth=f"29/{rng.choice(('02', '2'))}/{year}")
    values = {**ledger.people[row].values("birth", "personal"), **_birth(year, 2, 29)}
    return ledger.case(ledger.clean(row) | {2 + row: Line(True, values=values, exact=False)}, letter="A/W")


@item(80, "Month first", "R/W", SECTION)
def _(rng: Dice) -> Case:
    """A whole file that writes the month first; or one such date in a file that does not."""
    ledger = Ledger(rng, 12, without=_WITHOUT)
    if rng.random() < 0.6:
        ledger.put_all("birth", lambda p: "{1}/{0}/{2}".format(*p.birth.split("/")))
        return ledger.case({2 + i: ledger.good(i, exact=False) for i in range(len(ledger.rows))}, letter="W")
    row = ledger.pick()
    day, month, year = ledger.people[row].birth.split("/")
    ledger.put(row, birth=f"{month}/{day}/{year}")
    lines = ledger.clean(row)
    return ledger.case(lines | {2 + row: Line(None, values=ledger.people[row].values("personal"))})


@item(81, "Year only", "W", SECTION)
def _(rng: Dice) -> Case:
    year = _year(rng)
    text = rng.choice((f"{year}", f"năm {year}", f"{year}.", f"Sinh năm {year}"))
    return _one(rng, text, ("birth_date.year_only",), _birth(year))


@item(82, "Month and year", "W", SECTION)
def _(rng: Dice) -> Case:
    year, month = _year(rng), rng.randrange(1, 13)
    text = rng.choice(
        (
            f"{month}/{year}",
            f"{month:02d}/{year}",
            f"{month:02d}-{year}",
            f"tháng {month} năm {year}",
            f"T{month}/{year}",
        )
    )
    return _one(rng, text, ("birth_date.month_only",), _birth(year, month))


@item(83, "00/00/yyyy", "W", SECTION)
def _(rng: Dice) -> Case:
    year, month = _year(rng), rng.randrange(1, 13)
    text, rule, birth = rng.choice(
        (
            (f"00/00/{year}", "birth_date.year_only", _birth(year)),
            (f"0/0/{year}", "birth_date.year_only", _birth(year)),
            (f"--/--/{year}", "birth_date.year_only", _birth(year)),
            (f"../../{year}", "birth_date.year_only", _birth(year)),
            (f"00/{month:02d}/{year}", "birth_date.month_only", _birth(year, month)),
            (f"00-00-{year}", "birth_date.year_only", _birth(year)),
            (f"??/??/{year}", "birth_date.year_only", _birth(year)),
        )
    )
    return _one(rng, text, (rule,), birth)


@item(84, "Stated as unknown", "W", SECTION)
def _(rng: Dice) -> Case:
    text = rng.choice(("không rõ", "Không rõ", "KHÔNG RÕ", "khong ro", "không nhớ", "chưa rõ", "ko rõ", "không biết"))
    return _one(rng, text, ("birth_date.stated_unknown",), _birth(None))


@item(85, "Two-digit year", "R/W", SECTION)
def _(rng: Dice) -> Case:
    day, month, mark = rng.randrange(13, 29), rng.randrange(1, 13), rng.choice("/-.")
    if rng.random() < 0.6:
        year = rng.randrange(40, 99)
        return _one(
            rng,
            f"{day}{mark}{month}{mark}{year}",
            ("birth_date.two_digit_year",),
            _birth(1900 + year, month, day),
            letter="W",
        )
    return _one(
        rng, f"{day}{mark}{month}{mark}{rng.randrange(5, 23):02d}", ("birth_date.century_unknown",), None, letter="R"
    )


_MONTHS = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")


@item(86, "In words", "W", SECTION)
def _(rng: Dice) -> Case:
    day, month, year = rng.randrange(13, 29), rng.randrange(1, 13), _year(rng)
    text = rng.choice(
        (
            f"ngày {day} tháng {month} năm {year}",
            f"Ngày {day} tháng {month:02d} năm {year}",
            f"{day} tháng {month}, {year}",
            f"ngày {day} tháng {_MONTHS[month - 1]} năm {year}",
            f"sinh ngày {day} tháng {month} năm {year}",
            f"ngày {day} thg {month} năm {year}",
        )
    )
    return _one(rng, text, ("birth_date.in_words",), _birth(year, month, day))


@item(87, "Lunar", "R/W", SECTION)
def _(rng: Dice) -> Case:
    text, year = rng.choice(
        (
            ("mồng 5 tháng giêng năm Ất Dậu 1945", 1945),
            ("mùng 3 tháng chạp năm Giáp Thân 1944", None),
            ("20.10.Giáp Tý 1984", 1984),
            ("15/8 âm lịch 1960", 1960),
            ("rằm tháng bảy năm Canh Tý (1960)", 1960),
            ("12/3/1955 (ÂL)", 1955),
            ("Canh Tý 1960", 1960),
        )
    )
    return _one(rng, text, ("birth_date.lunar",), {} if year is None else {"birth_year": year})


@item(88, "Excel serial", "W", SECTION)
def _(rng: Dice) -> Case:
    day = date(1930, 1, 1) + timedelta(rng.randrange(20_000))
    serial = (day - date(1899, 12, 30)).days
    text = rng.choice((f"{serial}", f"{serial}.0", f"{serial}"))
    return _one(rng, text, ("birth_date.excel_serial",), _birth(day.year, day.month, day.day))


@item(89, "Workbook that counts from 1904", "A", SECTION)
def _(rng: Dice) -> Case:
    """Date cells of a 1904 workbook: no shift of four years and a day."""
    ledger = Ledger(rng)
    cells, at = {}, ledger.at("birth")
    for i, p in enumerate(ledger.people):
        day, month, year = map(int, p.birth.split("/"))
        cells[i + 1, at] = f'<c r="{{r}}" s="1"><v>{(date(year, month, day) - date(1904, 1, 1)).days}</v></c>'
    parts = book_parts({"Sheet1": sheet_xml([ledger.headings, *ledger.rows], cells=cells)})
    number = rng.choice((14, 15))
    add_part(
        parts,
        "xl/styles.xml",
        styles([0, number]),
        "styles",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
    )
    book = parts["xl/workbook.xml"].decode()
    flag = rng.choice(("1", "true"))
    parts["xl/workbook.xml"] = book.replace("<sheets>", f'<workbookPr date1904="{flag}"/><sheets>').encode()
    return Case(package(parts), "so.xlsx", lines=ledger.clean(), secrets=ledger.secrets)


@item(90, "In the future or before 1850", "R", SECTION)
def _(rng: Dice) -> Case:
    year = rng.choice((2150, 2099, 2026, 1849, 1750, 1066, 1700))
    return _one(rng, f"{rng.randrange(13, 28)}/0{rng.randrange(1, 9)}/{year}", ("birth_date.out_of_range",), None)


@item(91, "ISO with time and zone", "W", SECTION)
def _(rng: Dice) -> Case:
    year, month, day = _year(rng), rng.randrange(1, 13), rng.randrange(1, 29)
    tail = rng.choice(("T17:00:00Z", "T00:00:00+07:00", "T23:59:59.999Z", "T00:00:00.000+0000", "T17:30:00-08:00"))
    return _one(rng, f"{year}-{month:02d}-{day:02d}{tail}", ("birth_date.time_removed",), _birth(year, month, day))


@item(92, "Letters for digits", "W", SECTION)
def _(rng: Dice) -> Case:
    year, day = rng.choice((1950, 1960, 1961, 1970)), rng.choice((20, 21, 10))
    text = f"{day}/01/{year}".translate(str.maketrans(rng.choice(({"0": "O"}, {"1": "l", "0": "O"}, {"1": "I"}))))
    return _one(rng, text, ("birth_date.not_digits",), _birth(year, 1, day))


@item(93, "Born after the day of entry", "W/R", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row = ledger.pick()
    year = int(ledger.people[row].birth[-4:])
    ledger.headings.append(rng.choice(("Ngày vào sổ", "Ngày đăng ký")))
    for i, cells in enumerate(ledger.rows):
        cells.append(f"20/11/{rng.randrange(year - 9, year)}" if i == row else f"15/06/{rng.randrange(1993, 1999)}")
    lines = ledger.clean(row) | {2 + row: Line(False, ("birth_date.after_entry",))}
    return ledger.case(lines)


@item(94, "No single order fits the file", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, 16, without=_WITHOUT)
    lines: dict[int | tuple[str, int], Line] = {}
    for i, p in enumerate(ledger.people):
        day, month, year = p.birth.split("/")
        kind = i % 3
        text = (p.birth, f"{month}/{day}/{year}", f"0{rng.randrange(1, 5)}/0{rng.randrange(5, 9)}/{year}")[kind]
        ledger.put(i, birth=text)
        values = p.values("personal") if kind < 2 else {**p.values("birth", "personal"), "birth_year": int(year)}
        rules = ("birth_date.order_unclear",) if kind == 2 else ()
        lines[2 + i] = Line(True, rules, values)
    return ledger.case(lines)
