"""Items 71 to 76: files that are large in one dimension."""

from pathlib import Path

from readers.reading import ReadLimits
from tests.corpus.cases import Case, Dice, Ledger, Line, item
from tests.corpus.writers import csv_text, workbook

SECTION = "giant"
_MIB = 1 << 20


@item(71, "Cell of 8 MiB", "R", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row, size = ledger.pick(), (8 * _MIB if rng.is_large else 9 * _MIB // 8)
    unit = rng.choice(("x", "Xóm ", "ạ"))
    ledger.put(row, **{rng.choice(("name", "residence", "native")): unit * (size // len(unit))})
    lines = ledger.clean(row) | {2 + row: Line(False, ("row.cell_too_long",))}
    return Case(ledger.csv().encode(), lines=lines, secrets=ledger.secrets)


@item(72, "Line without end", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger, size = Ledger(rng), (40 if rng.is_large else 18) * _MIB
    start = ledger.csv().encode() if rng.random() < 0.5 else b""
    unit = rng.choice((b"x", "Nguyễn ".encode(), b"a,b;"))

    def write(path: str) -> None:
        Path(path).write_bytes(start + unit * (size // len(unit)))

    return Case(write, refused=("file.line_too_long", "header.not_found"), secrets=ledger.secrets)


@item(73, "50 000 columns", "F", SECTION)
def _(rng: Dice) -> Case:
    ledger, many = Ledger(rng, 3), 50_000 if rng.is_large else rng.choice((1_100, 5_000))
    extra = [f"Cột {n}" for n in range(many)]
    rows = [[*ledger.headings, *extra], *([*row, *["1"] * many] for row in ledger.rows)]
    if rng.random() < 0.5 and many < 20_000:
        return Case(workbook(rows), "so.xlsx", refused=("file.too_many_columns",), secrets=ledger.secrets)
    return Case(csv_text(rows).encode(), refused=("file.too_many_columns",), secrets=ledger.secrets)


@item(74, "A million blank rows", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger, many = Ledger(rng), 1_000_000 if rng.is_large else 70_000
    blank = rng.choice((",,,,,,,,,\n", "\n", " , , \n"))
    first, rest = ledger.csv().split("\n", 1)
    middle = rng.random() < 0.5
    text = first + "\n" + (blank * many + rest if middle else rest + blank * many)
    lines = ledger.clean(first=2 + many) if middle else ledger.clean()
    return Case(text.encode(), lines=lines, secrets=ledger.secrets)


@item(75, "Run of quotes", "R", SECTION)
def _(rng: Dice) -> Case:
    """In a cell of a row; now and then a line of nothing else, which is no row and disturbs none."""
    ledger, size = Ledger(rng), rng.choice((1_000_000, 1_000_001) if rng.is_large else (9_999, 60_000, 7))
    row = ledger.pick()
    lines = ledger.csv().split("\n")
    cells = [c for c in ledger.rows[row] if "," not in c]
    at = cells.index(ledger.people[row].name)
    cells[at] = '"' * size
    cells.insert(ledger.at("residence"), "Hà Nội")
    lines[1 + row] = ",".join(cells)
    if rng.random() < 0.3:
        lines.insert(1, '"' * size)
    first = len(lines) - len(ledger.rows) - 2 + 2
    expected = ledger.clean(row, first=first) | {first + row: Line(False)}
    return Case("\n".join(lines).encode(), lines=expected, rows=-1, secrets=ledger.secrets)


@item(76, "Every row bad", "R", SECTION)
def _(rng: Dice) -> Case:
    many = 20_000 if rng.is_large else 400
    ledger = Ledger(rng, many, without=("personal",))
    field, text, rule = rng.choice((
        ("birth", "31/02/1970", "birth_date.impossible"), ("name", "12345", "full_name.not_a_name"),
        ("sex", "x", "sex.unknown_code"), ("name", "", "full_name.missing"),
    ))  # fmt: skip
    ledger.put_all(field, lambda _: text)
    lines: dict[int | tuple[str, int], Line] = {2 + i: Line(False, (rule,)) for i in range(len(ledger.rows))}
    return ledger.case(lines, limits=ReadLimits())
