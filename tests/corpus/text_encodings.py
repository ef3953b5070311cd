"""Items 1 to 24: how the letters are written as bytes."""

from collections.abc import Callable
from functools import partial

from tests.corpus.cases import Case, Dice, Ledger, Line, item
from tests.readers.files import to_cp1258, to_tcvn3, to_viqr, to_viscii, to_vni

SECTION = "encodings"
_BAD = ("row.bad_characters",)


def _whole(rng: Dice, encode: Callable[[str], bytes], count: int = 8, **more: object) -> Case:
    """A whole ledger in one encoding: every row exact, no finding on a row."""
    ledger = Ledger(rng, rng.choice((count, count, 3, 40)))
    text = ledger.csv(rng.choice((",", ";", "\t", "|")), rng.choice(("\n", "\r\n")))
    return Case(encode(text), lines=ledger.clean(), secrets=ledger.secrets, **more)  # type: ignore[arg-type]


def _unicode(number: int, title: str, letter: str, codec: str, mark: bytes) -> None:
    item(number, title, letter, SECTION)(lambda rng: _whole(rng, lambda text: mark + text.encode(codec)))


_unicode(1, "UTF-8 with BOM", "A", "utf-8", b"\xef\xbb\xbf")
_unicode(2, "UTF-8 without BOM", "A", "utf-8", b"")
_unicode(3, "UTF-16LE with BOM", "A", "utf-16-le", b"\xff\xfe")
_unicode(4, "UTF-16BE with BOM", "A", "utf-16-be", b"\xfe\xff")


@item(5, "UTF-16 without BOM", "W", SECTION)
def _(rng: Dice) -> Case:
    codec = rng.choice(("utf-16-le", "utf-16-be"))
    return _whole(rng, lambda text: text.encode(codec))


@item(6, "UTF-32", "W", SECTION)
def _(rng: Dice) -> Case:
    codec, mark = rng.choice((("utf-32-le", b"\xff\xfe\0\0"), ("utf-32-be", b"\0\0\xfe\xff"), ("utf-32-le", b"")))
    return _whole(rng, lambda text: mark + text.encode(codec))


@item(7, "TCVN3 (ABC)", "W", SECTION)
def _(rng: Dice) -> Case:
    return _whole(rng, to_tcvn3, notes=("encoding.legacy",))


@item(8, "TCVN3 in a capital font", "W", SECTION)
def _(rng: Dice) -> Case:
    """Names in .VnTimeH: plain letters are typed as capitals, toned ones share the small letter's byte."""
    ledger = Ledger(rng, rng.choice((8, 20)))
    ledger.put_all("name", lambda p: p.name.upper())
    lines = {
        2 + i: Line(True, values={**p.values("name")}, raw={"full_name_raw": p.name.upper()})
        for i, p in enumerate(ledger.people)
    }
    return Case(to_tcvn3(ledger.csv()), lines=lines, notes=("encoding.legacy",), secrets=ledger.secrets)


@item(9, "VNI", "W", SECTION)
def _(rng: Dice) -> Case:
    return _whole(rng, to_vni, notes=("encoding.legacy",))


@item(10, "VISCII", "W", SECTION)
def _(rng: Dice) -> Case:
    return _whole(rng, to_viscii, notes=("encoding.legacy",))


@item(11, "Windows-1258", "W", SECTION)
def _(rng: Dice) -> Case:
    return _whole(rng, to_cp1258, notes=("encoding.legacy",))


@item(12, "VIQR", "W", SECTION)
def _(rng: Dice) -> Case:
    return _whole(rng, lambda text: to_viqr(text).encode(), notes=("encoding.legacy",))


@item(13, "UTF-7", "F", SECTION)
def _(rng: Dice) -> Case:
    return _whole(rng, lambda text: text.encode("utf-7"), refused=("encoding.unknown",))


def _seen_as_western(text: str, *, rounds: int, codec: str) -> str:
    """UTF-8 bytes taken for a western encoding and written as UTF-8 again."""
    for _ in range(rounds):
        data = text.encode()
        text = "".join(_western(byte, codec) for byte in data)
    return text


def _western(byte: int, codec: str) -> str:
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)  # Windows gives the five unassigned bytes of 1252 as controls


def _mojibake(rng: Dice, rounds: int) -> Case:
    codec = rng.choice(("cp1252", "cp1252", "latin-1"))
    return _whole(rng, lambda text: _seen_as_western(text, rounds=rounds, codec=codec).encode())


item(14, "Mojibake, one round", "W/R", SECTION)(partial(_mojibake, rounds=1))
item(15, "Mojibake, two rounds", "W/R", SECTION)(partial(_mojibake, rounds=2))


def _damaged_names(rng: Dice, damage: Callable[[str], str]) -> Case:
    ledger = Ledger(rng)
    bad = sorted(rng.sample(range(len(ledger.rows)), rng.choice((1, 2, 3))))
    column = rng.choice(("name", "name", "residence"))
    for row in bad:
        ledger.put(row, **{column: damage(getattr(ledger.people[row], column))})
    lines = ledger.clean(*bad) | {2 + row: Line(False, _BAD) for row in bad}
    return ledger.case(lines)


def _each_marked(text: str, sign: str) -> str:
    return "".join(sign if ord(c) > 127 else c for c in text)


item(16, "Question marks in place of letters", "R", SECTION)(
    lambda rng: _damaged_names(rng, lambda text: _each_marked(text, "?"))
)


@item(17, "U+FFFD in the text", "R", SECTION)
def _(rng: Dice) -> Case:
    one = rng.choice((True, False))

    def damage(text: str) -> str:
        return _each_marked(text, "\ufffd") if not one else text[:3] + "\ufffd" + text[4:]

    return _damaged_names(rng, damage)


@item(18, "Rows in two encodings", "W/R", SECTION)
def _(rng: Dice) -> Case:
    """Two lists pasted under each other: some rows UTF-8, the others TCVN3 or VNI. Kept rows are exact."""
    ledger, encode = Ledger(rng, rng.choice((12, 30))), rng.choice((to_tcvn3, to_vni, to_cp1258))
    first, *rows = ledger.csv().splitlines(keepends=True)
    cut = rng.randrange(len(rows) // 3, len(rows) * 2 // 3)
    head, tail = "".join(rows[:cut]), "".join(rows[cut:])
    data = first.encode() + (head.encode() + encode(tail) if rng.random() < 0.7 else encode(head) + tail.encode())
    lines = {2 + i: Line(None, values=p.values()) for i, p in enumerate(ledger.people)}
    return Case(data, lines=lines, secrets=ledger.secrets)


@item(19, "Columns in two encodings", "W/R", SECTION)
def _(rng: Dice) -> Case:
    ledger, encode = Ledger(rng, rng.choice((10, 30))), rng.choice((to_tcvn3, to_vni))
    old = set(rng.choice((("name",), ("residence", "native"), ("name", "ethnic"))))
    rows = [
        [encode(c) if f in old and "," not in c else c.encode() for f, c in zip(ledger.fields, row, strict=True)]
        for row in [[c.replace(",", " -") for c in row] for row in ledger.rows]
    ]
    head = ",".join(ledger.headings).encode()
    data = b"\n".join([head, *(b",".join(row) for row in rows)]) + b"\n"
    lines = {2 + i: Line(None, values=p.values("residence")) for i, p in enumerate(ledger.people)}
    return Case(data, lines=lines, secrets=ledger.secrets)


@item(20, "First letter beyond ASCII far down", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, 6)
    many = 20_000 if rng.is_large else 900
    plain = [f"02{n:07d},Nguyen Van An,Con,15/03/1970,Nam,Kinh,Ha Noi,Ha Noi,," for n in range(many)]
    head = "So so ho khau,Ho va ten,Quan he voi chu ho,Ngay sinh,Gioi tinh,Dan toc,Que quan,Noi thuong tru,"
    text = head + "So CMND,So dinh danh ca nhan\n" + "\n".join(plain) + "\n" + ledger.csv().split("\n", 1)[1]
    lines = ledger.clean(first=many + 2)
    return Case(text.encode(), lines=lines, rows=many + len(ledger.people), letter="A/W", secrets=ledger.secrets)


def _bytes_in_a_row(rng: Dice, bad: bytes) -> Case:
    ledger, end = Ledger(rng), rng.choice(("\n", "\r\n"))
    row = ledger.pick()
    lines = ledger.csv(",", end).encode().split(end.encode())
    cells = lines[1 + row].split(b",")
    at = rng.choice((1, 6))
    cells[at] = cells[at][:2] + bad + cells[at][2:]
    lines[1 + row] = b",".join(cells)
    expected = ledger.clean(row) | {2 + row: Line(False, _BAD)}
    return Case(end.encode().join(lines), lines=expected, secrets=ledger.secrets)


item(21, "One invalid byte", "R", SECTION)(
    lambda rng: _bytes_in_a_row(rng, rng.choice((b"\xff", b"\xc3", b"\x80", b"\xfe", b"\xe1\xba")))
)
item(22, "Overlong or surrogate bytes", "R", SECTION)(
    lambda rng: _bytes_in_a_row(
        rng, rng.choice((b"\xc0\xaf", b"\xed\xa0\x80", b"\xe0\x80\xaf", b"\xf4\x90\x80\x80", b"\xed\xbf\xbf"))
    )
)


@item(23, "Cut in the middle of a character", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    last = len(ledger.rows) - 1
    data = ledger.csv().encode()
    start = data.rfind(b"\n", 0, len(data) - 1) + 1
    ends = [at for at in range(start, len(data)) if data[at] & 0xC0 == 0x80]
    cut = rng.choice(ends[: len(ends) - 3] or ends)
    lines = ledger.clean(last, last - 1, last - 2, last - 3) | {
        2 + last: Line(False, ("row.too_few_cells or row.quote_unclosed or row.bad_characters",))
    }
    return Case(data[:cut], lines=lines, rows=last + 1, secrets=ledger.secrets)


@item(24, "BOM doubled or in the middle", "A/W", SECTION)
def _(rng: Dice) -> Case:
    ledger, mark = Ledger(rng), "\ufeff"
    text = ledger.csv()
    if rng.random() < 0.5:
        return Case((mark * rng.choice((2, 3)) + text).encode(), lines=ledger.clean(), secrets=ledger.secrets)
    row = ledger.pick()
    lines = text.split("\n")
    lines[1 + row] = mark + lines[1 + row]
    expected = ledger.clean(row) | {2 + row: ledger.good(row, exact=False)}
    return Case("\n".join(lines).encode(), lines=expected, secrets=ledger.secrets)
