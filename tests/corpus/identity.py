"""Items 95 to 116: numbers, codes, names as they are damaged or invented."""

from dataclasses import replace

from tests.corpus.cases import Case, Dice, Ledger, Line, item
from tests.corpus.people import FAMILY_NAMES

SECTION = "identity"
_NUMBERS = ("old_id", "personal")
_COLUMN = {"old_id": "old_id_number", "personal": "personal_number"}


def _cell(
    rng: Dice, name: str, text: str, rules: tuple[str, ...], values: dict[str, object] | None, letter: str = ""
) -> Case:
    """One cell with such a text: the row kept with exactly these values in its columns, or kept out (None)."""
    ledger = Ledger(rng)
    row = ledger.pick()
    return _put(ledger, row, name, text, rules, values, letter)


def _put(
    ledger: Ledger,
    row: int,
    name: str,
    text: str,
    rules: tuple[str, ...],
    values: dict[str, object] | None,
    letter: str = "",
) -> Case:
    ledger.put(row, **{name: text})
    line = Line(False, rules) if values is None else Line(True, rules, {**ledger.people[row].values(name), **values})
    return ledger.case(ledger.clean(row) | {2 + row: line}, letter=letter)


@item(95, "Number in scientific notation", "R", SECTION)
def _(rng: Dice) -> Case:
    name = rng.choice(_NUMBERS)
    digits, power = f"{rng.choice('123456789')}.{rng.randrange(10, 100000)}", 8 if name == "old_id" else 10
    text = rng.choice(
        (
            f"{digits}E+{power:02d}",
            f"{digits}e+{power:02d}",
            f"{digits.replace('.', ',')}E+{power}",
            f"{digits[0]}E+{power:02d}",
            f" {digits}E{power} ",
        )
    )
    return _cell(rng, name, text, (f"{_COLUMN[name]}.scientific",), None)


@item(96, "Leading zero lost", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger, name = Ledger(rng), rng.choice(_NUMBERS)
    row = ledger.pick()
    whole = getattr(ledger.people[row], name)
    short = whole.lstrip("0") if name == "old_id" or rng.random() < 0.5 else whole[1:]
    text = short + rng.choice(("", "", ".0"))
    rules = (f"{_COLUMN[name]}.leading_zero",)
    return _put(ledger, row, name, text, rules, {_COLUMN[name]: whole})


@item(97, "Trailing .0", "W", SECTION)
def _(rng: Dice) -> Case:
    """What a spreadsheet makes of a number: `.0` behind it. A number of 9 or 12 digits that begins with no zero."""
    ledger = Ledger(rng)
    row = ledger.pick()
    whole = f"{rng.choice('23')}{rng.randrange(10**8):08d}"
    text = whole + rng.choice((".0", ".00", ",0"))
    return _put(ledger, row, "old_id", text, (), {"old_id_number": whole})


@item(98, "Dots, spaces, apostrophe", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger, name = Ledger(rng), rng.choice(_NUMBERS)
    row = ledger.pick()
    whole = getattr(ledger.people[row], name)
    parts = [whole[i : i + 3] for i in range(0, len(whole), 3)]
    text = rng.choice(
        (
            ".".join(parts),
            " ".join(parts),
            "'" + whole,
            "-".join(parts),
            "’" + whole,
            f'="{whole}"',
            "\u00a0".join(parts),
        )
    )
    return _put(ledger, row, name, text, (), {_COLUMN[name]: whole})


@item(99, "O and l for digits", "R/W", SECTION)
def _(rng: Dice) -> Case:
    ledger, name = Ledger(rng), rng.choice(_NUMBERS)
    row = ledger.pick()
    whole = getattr(ledger.people[row], name)
    text = whole.translate(str.maketrans(rng.choice(({"0": "O"}, {"1": "l"}, {"0": "o", "1": "I"}))))
    ledger.put(row, **{name: text})
    line = Line(None, (f"{_COLUMN[name]}.not_digits",), ledger.people[row].values())
    return ledger.case(ledger.clean(row) | {2 + row: line})


@item(100, "All zeros or nines", "R", SECTION)
def _(rng: Dice) -> Case:
    name, digit = rng.choice(_NUMBERS), rng.choice("09")
    length = 9 if name == "old_id" else 12
    return _cell(rng, name, digit * length, (f"{_COLUMN[name]}.placeholder",), None)


@item(101, "123456789", "W", SECTION)
def _(rng: Dice) -> Case:
    text = rng.choice(("123456789", "123456789", "987654321", "012345678"))
    return _cell(rng, "old_id", text, ("old_id_number.suspicious",), {}, letter="W")


@item(102, "Province of the number does not exist", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row = ledger.pick()
    text = rng.choice(("000", "003", "005", "007", "009", "013", "021")) + ledger.people[row].personal[3:]
    return _put(ledger, row, "personal", text, ("personal_number.bad_province",), None)


@item(103, "Number against sex or year", "R/W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row = ledger.pick()
    whole = ledger.people[row].personal
    if rng.random() < 0.5:
        text, rule = f"{whole[:3]}{'1' if whole[3] == '0' else '0'}{whole[4:]}", "personal_number.sex_contradicts"
    elif rng.random() < 0.5:
        text, rule = f"{whole[:4]}{(int(whole[4:6]) + 7) % 100:02d}{whole[6:]}", "personal_number.birth_contradicts"
    else:
        text, rule = f"{whole[:3]}{int(whole[3]) + 2}{whole[4:]}", "personal_number.birth_contradicts"
    ledger.put(row, personal=text)
    line = Line(None, (rule,), ledger.people[row].values("personal"))
    return ledger.case(ledger.clean(row) | {2 + row: line})


@item(104, "Two numbers in a cell", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row = ledger.pick()
    own, other = ledger.people[row].old_id, f"012{rng.randrange(10**6):06d}"
    text = rng.choice(
        (
            f"{own}; {other}",
            f"{own} / {other}",
            f"{own}, {other}",
            f"{own} {other}",
            f"{own}\n{other}",
            f"{own} và {other}",
        )
    )
    case = _put(ledger, row, "old_id", text, ("old_id_number.several",), {})
    if "\n" in text and not case.name.endswith("xlsx"):
        return Case(ledger.xlsx(), "so.xlsx", case.lines, secrets=ledger.secrets)
    return case


@item(105, "Number not issued yet", "W", SECTION)
def _(rng: Dice) -> Case:
    name = rng.choice(_NUMBERS)
    text = rng.choice(("chưa cấp", "Chưa cấp", "chưa có", "Chưa làm", "không có", "CHƯA CẤP", "chua cap"))
    return _cell(rng, name, text, (), {_COLUMN[name]: None})


@item(106, "One number, two people", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    left = ledger.pick()
    right = next(
        i
        for i, p in enumerate(ledger.people)
        if (i != left and p.sex != ledger.people[left].sex) or p.birth[-4:] != ledger.people[left].birth[-4:]
    )
    ledger.put(right, personal=ledger.people[left].personal)
    lines = ledger.clean(left, right)
    lines[2 + left] = Line(True, values=ledger.people[left].values())  # the number fits this person, not the other one
    lines[2 + right] = Line(False, ("personal_number.of_other_row",))
    return ledger.case(lines)


@item(107, "The same row three times", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row = ledger.pick()
    home = [i for i, p in enumerate(ledger.people) if p.household == ledger.people[row].household]
    ledger.rows += [list(ledger.rows[row]), list(ledger.rows[row])]
    last = 1 + len(ledger.rows)
    same = Line(True, values=ledger.people[row].values())
    lines = ledger.clean(*home) | {2 + i: ledger.good(i, exact=False) for i in home} | {last - 1: same, last: same}

    def one_content(seen: object) -> list[str]:
        found = {r.values.get("content_id") for (_, n), r in seen.rows.items() if n in (2 + row, last - 1, last)}  # type: ignore[attr-defined]
        return [] if len(found) == 1 else ["the three rows do not say the same"]

    return ledger.case(lines, also=one_content)


@item(108, "One number for everybody", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger, name = Ledger(rng), rng.choice(_NUMBERS)
    number = f"01{rng.randrange(10**7):07d}" if name == "old_id" else ledger.people[0].personal
    ledger.put_all(name, lambda _: number)
    return ledger.case({2 + i: Line(False) for i in range(len(ledger.rows))})


@item(109, "Sex as x, 1, or both", "R", SECTION)
def _(rng: Dice) -> Case:
    text = rng.choice(("x", "1", "Nam/Nữ", "X", "0", "Nam, Nữ", "3", "Nam Nữ", "abc", "N"))
    return _cell(rng, "sex", text, ("sex.unknown_code or sex.missing",), None)


@item(110, "Ethnic group unknown, or by another name", "W", SECTION)
def _(rng: Dice) -> Case:
    text, rules, code = rng.choice(
        (
            ("Kinhh", ("ethnic_group.unknown_code",), None),
            ("Thổ", ("ethnic_group.ambiguous",), None),
            ("Mán", ("ethnic_group.ambiguous",), None),
            ("Sao Hỏa", ("ethnic_group.unknown_code",), None),
            ("", ("ethnic_group.missing",), None),
            ("Miên", ("ethnic_group.ambiguous",), None),
            ("99", ("ethnic_group.unknown_code or ethnic_group.ambiguous or ethnic_group.bare_number",), None),
        )
    )
    return _cell(rng, "ethnic", text, rules, {"ethnic_group_code": code})


@item(111, "Unknown relation", "R", SECTION)
def _(rng: Dice) -> Case:
    text = rng.choice(("quen", "hàng xóm", "abc", "12", "người làm công", "bạn học", "???x"))
    return _cell(rng, "relation", text, ("relation.unknown_code",), None)


_ABOLISHED = (
    "Hà Tây",
    "Hải Hưng",
    "Nghệ Tĩnh",
    "Bắc Thái",
    "Vĩnh Phú",
    "Hà Nam Ninh",
    "Minh Hải",
    "Sông Bé",
    "Thuận Hải",
    "Nghĩa Bình",
    "Hà Bắc",
    "Cửu Long",
    "Bình Trị Thiên",
)


@item(112, "Province that was abolished", "W", SECTION)
def _(rng: Dice) -> Case:
    text = rng.choice(("{}", "tỉnh {}", "T. {}")).format(rng.choice(_ABOLISHED))
    return _cell(
        rng, "native", text, ("place.province_abolished or place.province_ambiguous",), {"native_place_text": text}
    )


@item(113, "Commune that is not in the province", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row = ledger.pick()
    text = rng.choice(
        (
            "Xóm 3, xã Cổ Loa, huyện Đông Anh, tỉnh Nam Định",
            "xã Minh Châu, huyện Ba Vì, tỉnh Thanh Hóa",
            "phường Hàng Bạc, quận Hoàn Kiếm, tỉnh Nghệ An",
            "xã Phù Đổng, huyện Gia Lâm, tỉnh Cà Mau",
        )
    )
    return _put(ledger, row, "residence", text, ("place.commune_not_in_province",), {"permanent_residence_text": text})


@item(114, "Words of a program for nothing", "W", SECTION)
def _(rng: Dice) -> Case:
    text = rng.choice(("NULL", "N/A", "nan", "None", "null", "#N/A", "NaN", "(null)", "n/a", "NA"))
    name = rng.choice(("old_id", "native", "personal"))
    column = {**_COLUMN, "native": "native_place_text"}[name]
    return _cell(rng, name, text, ("text.empty_word",), {column: None})


@item(115, "No name, one letter, digits, two people", "R", SECTION)
def _(rng: Dice) -> Case:
    text, rule = rng.choice(
        (
            ("", "full_name.missing"),
            ("A", "full_name.too_short"),
            ("12345", "full_name.not_a_name"),
            ("Trần Văn Sáu và Lê Thị Bảy", "full_name.two_persons"),
            ("Nguyễn Văn Ba, Trần Thị Tư", "full_name.two_persons"),
            ("Lê Văn Hai / Lê Văn Tám", "full_name.two_persons"),
            ("@#$%", "full_name.not_a_name"),
            ("-", "full_name.missing"),
            ("Ba 1", "full_name.not_a_name"),
            ("NULL", "full_name.missing"),
            ("Đ", "full_name.too_short"),
            ("0912345678", "full_name.not_a_name"),
        )
    )
    return _cell(rng, "name", text, (f"{rule} or full_name.not_a_name or full_name.missing",), None)


@item(116, "Very long valid name", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row = next(i for i, p in enumerate(ledger.people) if p.sex == "Nữ")
    given = rng.sample(("Ngọc", "Minh", "Phương", "Thảo", "Khánh", "Quỳnh", "Diệu", "Huyền", "Bích", "Hoàng", "Anh"), 8)
    start = rng.choice(
        ("Công Tằng Tôn Nữ", "Công Huyền Tôn Nữ", f"{rng.choice(FAMILY_NAMES)} {rng.choice(FAMILY_NAMES)}")
    )
    name = " ".join([start, *given])
    ledger.people[row] = replace(ledger.people[row], name=name)
    ledger.put(row, name=name)
    return ledger.case(ledger.clean())
