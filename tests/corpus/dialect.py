"""Items 41 to 70: how delimited files separate, quote, head and frame their rows. Many hold for workbooks too."""

from collections.abc import Callable, Mapping

from tests.corpus.cases import Case, Dice, Ledger, Line, item
from tests.corpus.people import FIELDS
from tests.corpus.writers import csv_text, quoted, workbook

SECTION = "dialect"
_FEW, _MANY = ("row.too_few_cells",), ("row.too_many_cells",)


def _plain(ledger: Ledger, data: str | bytes, **more: object) -> Case:
    content = data.encode() if isinstance(data, str) else data
    return Case(**{"content": content, "lines": ledger.clean(), "secrets": ledger.secrets, **more})  # type: ignore[arg-type]


def _end(rng: Dice) -> str:
    return rng.choice(("\n", "\r\n"))


def _separated(number: int, title: str, separator: str, name: str = "so.csv") -> None:
    def build(rng: Dice) -> Case:
        ledger = Ledger(rng, rng.choice((3, 8, 60)))
        return _plain(ledger, ledger.csv(separator, _end(rng)), name=rng.choice((name, "so.txt")))

    item(number, title, "A", SECTION)(build)


_separated(41, "Semicolons", ";")
_separated(42, "Tabs in a .csv", "\t")
_separated(43, "Pipes", "|")


@item(44, "sep= line", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger, separator, end = Ledger(rng), rng.choice(";|\t,"), _end(rng)
    mark = rng.choice(("", "\ufeff"))
    said = rng.choice((f"sep={separator}", f"SEP={separator}", f'"sep={separator}"'))
    return _plain(ledger, f"{mark}{said}{end}" + ledger.csv(separator, end), lines=ledger.clean(first=3))


@item(45, "sep= that lies", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger, end = Ledger(rng), _end(rng)
    said, true = rng.sample((";", ",", "|", "\t", "@"), 2)
    true = "," if true == "@" else true
    if said == true:
        said = "@"
    return _plain(ledger, f"sep={said}{end}" + ledger.csv(true, end), lines=ledger.clean(first=3))


@item(46, "Carriage returns only", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    return _plain(ledger, ledger.csv(rng.choice(",;\t"), "\r"))


@item(47, "Mixed line ends", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    lines = ledger.csv(rng.choice(",;")).rstrip("\n").split("\n")
    return _plain(ledger, "".join(line + rng.choice(("\n", "\r\n", "\r\n", "\r")) for line in lines))


@item(48, "Quotes escaped by backslashes", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    odd = sorted(rng.sample(range(len(ledger.rows)), 3))
    for row in odd:
        ledger.put(row, residence=f'Xóm "{rng.choice(("Mới", "Đông", "Chùa"))}", {ledger.people[row].residence}')
    rows = [ledger.headings, *ledger.rows]
    text = "".join(",".join('"' + c.replace('"', '\\"') + '"' for c in row) + "\n" for row in rows)
    lines = ledger.clean(*odd) | {
        2 + row: Line(
            True,
            values={
                **ledger.people[row].values("residence"),
                "permanent_residence_text": ledger.rows[row][ledger.at("residence")],
            },
        )
        for row in odd
    }
    return _plain(ledger, text, lines=lines)


@item(49, "Single or curly quotes", "W/R", SECTION)
def _(rng: Dice) -> Case:
    ledger, end = Ledger(rng), _end(rng)
    first, last = rng.choice((("'", "'"), ("“", "”")))
    rows = [ledger.headings, *ledger.rows]
    text = "".join(",".join(f"{first}{c}{last}" for c in row) + end for row in rows)
    return _plain(ledger, text)


def _unquoted(rng: Dice, row_count: int) -> tuple[Ledger, list[int], str]:
    """Rows whose address has bare commas, the others without commas at all."""
    ledger = Ledger(rng)
    bad = sorted(rng.sample(range(len(ledger.rows)), row_count))
    for row in range(len(ledger.rows)):
        if row not in bad:
            ledger.put(row, residence=ledger.people[row].residence.replace(",", " -"))
    return ledger, bad, "\n".join(",".join(row) for row in [ledger.headings, *ledger.rows]) + "\n"


@item(50, "Bare commas in addresses", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger, bad, text = _unquoted(rng, rng.choice((1, 3)))
    lines: dict[int | tuple[str, int], Line] = {
        2 + i: Line(False, _MANY) if i in bad else ledger.good(i, "residence", may=("household.no_head",))
        for i in range(len(ledger.rows))
    }
    return _plain(ledger, text, lines=lines)


@item(51, "Quote that is never closed", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, rng.choice((8, 40)))
    row = ledger.pick()
    lines = ledger.csv(",", "\n").split("\n")
    cells = ledger.rows[row]
    at = ledger.at(rng.choice(("name", "native")))
    broken = [('"' + c if i == at else c if "," not in c else c.replace(",", ";")) for i, c in enumerate(cells)]
    lines[1 + row] = ",".join(broken)
    expected = ledger.clean(row) | {2 + row: Line(False, ("row.quote_unclosed",))}
    return _plain(ledger, "\n".join(lines), lines=expected)


@item(52, "Line breaks in cells", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger, inner = Ledger(rng), rng.choice(("\n", "\r\n"))
    rows = sorted(rng.sample(range(len(ledger.rows)), 2))
    for row in rows:
        ledger.put(row, residence=ledger.people[row].residence.replace(", ", "," + inner, 1))
    if rng.random() < 0.3 and inner == "\n":
        return ledger.case(
            {2 + i: ledger.good(i) for i in range(len(ledger.rows))}, content=ledger.xlsx(), name="so.xlsx"
        )
    lines: dict[int | tuple[str, int], Line] = {
        2 + i + sum(r < i for r in rows): ledger.good(i) for i in range(len(ledger.rows))
    }
    return _plain(ledger, ledger.csv(",", _end(rng)), lines=lines)


def _rewritten(rng: Dice, change: Callable[[list[str], Ledger], list[str]], rules: tuple[str, ...]) -> Case:
    """Rows that are bent as a whole, in a delimited file."""
    ledger, separator = Ledger(rng), rng.choice(",;\t|")
    bad = sorted(rng.sample(range(len(ledger.rows)), rng.choice((1, 2))))
    rows = [change(row, ledger) if i in bad else row for i, row in enumerate(ledger.rows)]
    lines = ledger.clean(*bad) | {2 + i: Line(False, rules) for i in bad}
    return _plain(ledger, csv_text([ledger.headings, *rows], separator, _end(rng)), lines=lines)


@item(53, "Too few cells", "R", SECTION)
def _(rng: Dice) -> Case:
    keep = rng.randrange(2, len(FIELDS) - 1)
    return _rewritten(rng, lambda row, _: row[:keep], _FEW)


@item(54, "Too many cells", "R", SECTION)
def _(rng: Dice) -> Case:
    more = [rng.choice(("x", "Ghi thêm", "1")) for _ in range(rng.choice((1, 2, 30)))]
    return _rewritten(rng, lambda row, _: [*row, *more], _MANY)


@item(55, "Row shifted by one", "R", SECTION)
def _(rng: Dice) -> Case:
    """All cells moved one to the right (or left) with the count kept: the content gives it away."""
    left = rng.random() < 0.5
    return _rewritten(rng, lambda row, _: [*row[1:], ""] if left else ["", *row[:-1]], ())


@item(56, "Trailing empty columns", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger, more = Ledger(rng), rng.choice((1, 3, 40))
    rows = [[*row, *[""] * more] for row in [ledger.headings, *ledger.rows]]
    if rng.random() < 0.2:  # blank cells of a sheet are nothing to tell
        return _plain(ledger, workbook(rows), name="so.xlsx", letter="A/W")
    return _plain(ledger, csv_text(rows, rng.choice(",;\t"), _end(rng)))


def _framed(rng: Dice, ledger: Ledger, rows: list[list[str]], places: Mapping[int, int], **more: object) -> Case:
    """Rows with others around them, as a delimited file or a workbook; places: person -> 0-based row."""
    lines: dict[int | tuple[str, int], Line] = {place + 1: ledger.good(i) for i, place in places.items()}
    if rng.random() < 0.4:
        return _plain(ledger, workbook(rows), name="so.xlsx", lines=lines, **more)
    return _plain(ledger, csv_text(rows, rng.choice(",;\t"), _end(rng)), lines=lines, **more)


@item(57, "Blank rows", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger, rows, places = Ledger(rng), [], {}
    rows.append(ledger.headings)
    for i, row in enumerate(ledger.rows):
        rows += [[rng.choice(("", " "))] * len(row) for _ in range(rng.choice((0, 0, 1, 3)))]
        places[i] = len(rows)
        rows.append(row)
    rows += [[""] * len(FIELDS)] * rng.choice((1, 5))
    return _framed(rng, ledger, rows, places)


def _wide(text: str, at: int = 0) -> list[str]:
    row = [""] * len(FIELDS)
    row[at] = text
    return row


_TITLES = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "DANH SÁCH NHÂN KHẨU THƯỜNG TRÚ",
    "SỔ HỘ KHẨU GIA ĐÌNH",
    "Xã Minh Châu, huyện Ba Vì",
    "Năm 1998",
    "UBND XÃ CỔ LOA",
    "(Kèm theo công văn số 12/CV)",
    "Biểu số 03",
)


@item(58, "Title lines above the heading", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    above = [_wide(t, rng.randrange(4)) for t in rng.sample(_TITLES, rng.choice((1, 3, 5)))]
    above += [_wide("")] * rng.choice((0, 1))
    rows = [*above, ledger.headings, *ledger.rows]
    return _framed(rng, ledger, rows, {i: len(above) + 1 + i for i in range(len(ledger.rows))})


_FEET = (
    ("Tổng cộng: 12 nhân khẩu", 0),
    ("Tổng số", 1),
    ("Cộng", 1),
    ("Người lập biểu", 1),
    ("TM. UBND XÃ", 6),
    ("(Ký tên, đóng dấu)", 6),
    ("Trưởng công an xã", 5),
    ("Xã Cổ Loa, ngày 12 tháng 5 năm 1998", 5),
    ("Xác nhận của công an xã", 2),
)


@item(59, "Totals and signatures below", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    below = [_wide(text, at) for text, at in rng.sample(_FEET, rng.choice((2, 4)))]
    rows = [ledger.headings, *ledger.rows, *below]
    return _framed(rng, ledger, rows, {i: 1 + i for i in range(len(ledger.rows))})


@item(60, "Heading of two lines", "W", SECTION)
def _(rng: Dice) -> Case:
    """Day, month and year under "Ngày sinh"; sometimes the two numbers under "Giấy tờ"."""
    ledger = Ledger(rng)
    at = ledger.at("birth")
    day = [p.birth.split("/") for p in ledger.people]
    rows = [[*row[:at], *day[i], *row[at + 1 :]] for i, row in enumerate(ledger.rows)]
    top = [*ledger.headings[:at], rng.choice(("Ngày sinh", "Ngày tháng năm sinh")), "", "", *ledger.headings[at + 1 :]]
    low = ["" for _ in top]
    low[at : at + 3] = ["Ngày", "Tháng", "Năm"]
    return _framed(rng, ledger, [top, low, *rows], {i: 2 + i for i in range(len(rows))})


@item(61, "Row of column numbers", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger, form = Ledger(rng), rng.choice(("({})", "{}", "({})"))
    numbers = [form.format(n) for n in range(1, len(FIELDS) + 1)]
    rows = [ledger.headings, numbers, *ledger.rows]
    return _framed(rng, ledger, rows, {i: 2 + i for i in range(len(ledger.rows))})


@item(62, "Heading repeated on each page", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger, rows, places = Ledger(rng, rng.choice((12, 40))), [], {}
    every = rng.choice((4, 7))
    for i, row in enumerate(ledger.rows):
        if i % every == 0:
            if i:
                rows += [_wide(f"Trang {i // every + 1}", 4)] * rng.choice((0, 1))
            rows.append(list(ledger.headings))
        places[i] = len(rows)
        rows.append(row)
    return _framed(rng, ledger, rows, places)


def _headed(rng: Dice, ledger: Ledger, refused: tuple[str, ...]) -> Case:
    return ledger.case({}, refused=refused)


@item(63, "Two columns of one name", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger, name = Ledger(rng), rng.choice(("name", "birth", "sex"))
    other = {
        "name": ("Họ và tên", "Họ tên"),
        "birth": ("Ngày sinh", "Ngày tháng năm sinh"),
        "sex": ("Giới tính", "Phái"),
    }[name]
    ledger.headings.append(rng.choice(other))
    column = [ledger.rows[(i + 3) % len(ledger.rows)][ledger.at(name)] for i in range(len(ledger.rows))]
    ledger.rows = [[*row, column[i]] for i, row in enumerate(ledger.rows)]
    return _headed(rng, ledger, ("header.duplicate",))


@item(64, "Required column missing", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, without=(rng.choice(("name", "birth", "sex")),))
    return _headed(rng, ledger, ("header.missing_required",))


@item(65, "Blank heading", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    if rng.random() < 0.4:
        ledger.headings = [""] * len(ledger.headings)
        return _headed(rng, ledger, ("header.not_found", "header.missing_required"))
    ledger.headings[ledger.at(rng.choice(("name", "birth", "sex")))] = rng.choice(("", " ", "?"))
    return _headed(rng, ledger, ("header.missing_required", "header.not_found"))


@item(66, "Extra columns", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    heading = rng.choice(("Thành phần gia đình", "Mã vùng", "Cột 12", "Hạng đất", "Số con liệt sỹ"))
    at = rng.randrange(len(ledger.headings) + 1)
    ledger.headings.insert(at, heading)
    for row in ledger.rows:
        row.insert(at, rng.choice(("Bần nông", "A", "12", "")))
    return ledger.case(ledger.clean(), notes=("header.unknown_column",))


@item(67, "Columns in another order", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    order = rng.sample(range(len(ledger.headings)), len(ledger.headings))
    ledger.headings = [ledger.headings[i] for i in order]
    ledger.rows = [[row[i] for i in order] for row in ledger.rows]
    return ledger.case(ledger.clean())


_OTHER_WORDS = {
    "household": ("So so ho khau", "SO HO KHAU", "Household no", "Số SHK", "Mã hộ"),
    "name": ("Ho va ten", "HO TEN", "Full name", "Họ tên khai sinh", "Hoten"),
    "relation": ("Quan he voi chu ho", "QH voi chu ho", "Relation to head", "Quan hệ"),
    "birth": ("Ngay sinh", "NGAY THANG NAM SINH", "Date of birth", "Ngày sanh", "DOB"),
    "sex": ("Gioi tinh", "GT", "Sex", "Phái", "Nam/Nữ"),
    "ethnic": ("Dan toc", "DT", "Ethnic group", "Sắc tộc"),
    "native": ("Que quan", "Nguyen quan", "Native place", "Nguyên quán", "Chánh quán"),
    "residence": ("Noi thuong tru", "HKTT", "Permanent residence", "Hộ khẩu thường trú"),
    "old_id": ("So CMND", "CMT", "Số chứng minh thư", "CMTND"),
    "personal": ("So dinh danh ca nhan", "CCCD", "Personal number", "Số ĐDCN"),
}


@item(68, "Headings without marks, older or English", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    style = rng.choice((0, 1, 2, None))
    ledger.headings = [rng.choice(w) if style is None else w[style] for w in map(_OTHER_WORDS.get, ledger.fields)]  # type: ignore[index,arg-type]
    return ledger.case(ledger.clean())


@item(69, "No heading", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    ledger.headings = ledger.rows.pop(0)
    return _headed(rng, ledger, ("header.not_found", "header.missing_required"))


@item(70, "Nothing but a heading, a mark, spaces or NULs", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    head = ",".join(quoted(h, ",") for h in ledger.headings).encode()
    content, codes = rng.choice(
        (
            (head, ("file.no_rows",)),
            (head + b"\r\n\r\n", ("file.no_rows",)),
            (b"", ("file.empty",)),
            (b"\xef\xbb\xbf", ("file.empty",)),
            (b"\xff\xfe", ("file.empty",)),
            (b" \n" * 40, ("file.empty",)),
            (b"\0" * 512, ("encoding.binary", "file.empty")),
            (b"\n\n\n", ("file.empty",)),
            (b",,,,\n,,,,\n", ("file.empty",)),
            (workbook([ledger.headings]), ("file.no_rows",)),
            (workbook([]), ("header.not_found", "file.no_rows", "file.empty")),
            (b"\xff\xfe" + head.decode().encode("utf-16-le"), ("file.no_rows",)),
            (b"\t \t \n", ("file.empty",)),
        )
    )
    return Case(content, "so.xlsx" if content[:2] == b"PK" else "so.csv", refused=codes)
