"""Items 25 to 40: Unicode that looks alike, hides, or stacks."""

import unicodedata
from collections.abc import Callable
from dataclasses import replace

from tests.corpus.cases import Case, Dice, Ledger, Line, item

SECTION = "unicode"
_INVISIBLE = ("text.invisible_characters",)


def _one(
    rng: Dice,
    name: str,
    change: Callable[[str], str],
    rules: tuple[str, ...],
    ledger: Ledger | None = None,
    kept: bool | None = True,
    exact: bool = True,
) -> Case:
    """One cell written in an odd way: the row keeps its exact values, or is kept out by the rules."""
    ledger = ledger or Ledger(rng)
    row = ledger.pick()
    ledger.put(row, **{name: change(ledger.rows[row][ledger.at(name)])})
    if kept is False:
        return ledger.case(ledger.clean(row) | {2 + row: Line(False, rules)})
    line = Line(kept, rules if kept else (), ledger.people[row].values(), exact=exact and bool(kept))
    return ledger.case(ledger.clean(row) | {2 + row: line})


@item(25, "NFD", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    ledger.rows = [[unicodedata.normalize("NFD", c) for c in row] for row in ledger.rows]
    if rng.random() < 0.5:
        ledger.headings = [unicodedata.normalize("NFD", h) for h in ledger.headings]
    return ledger.case(ledger.clean())


@item(26, "Latin eth for D with stroke", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    rows = [r for r, p in enumerate(ledger.people) if "Đ" in p.name or "đ" in p.name]
    if not rows:
        name = ledger.people[0].name.split(" ")[0] + " Văn Đạt"
        ledger.people[0] = type(ledger.people[0])(**{**ledger.people[0].__dict__, "name": name})
        rows = [0]
    row, sign = rng.choice(rows), rng.choice("ÐƉ")
    ledger.put(row, name=ledger.people[row].name.replace("Đ", sign))
    ledger.put_all("residence", lambda p: p.residence)
    for other in range(len(ledger.rows)):
        if other != row:
            ledger.put(other, name=ledger.people[other].name)
    return ledger.case(ledger.clean(row) | {2 + row: ledger.good(row, rules=("full_name.look_alike",))})


_CYRILLIC = str.maketrans("aceoBHKMTxpyihXCPAEO", "асеоВНКМТхруіһХСРАЕО")


@item(27, "Cyrillic look-alikes", "R/W", SECTION)
def _(rng: Dice) -> Case:
    return _one(rng, "name", lambda t: t.translate(_CYRILLIC), ("full_name.look_alike",), exact=False)


@item(28, "Zero-width characters", "W", SECTION)
def _(rng: Dice) -> Case:
    sign, name = rng.choice("\u200b\u200c\u200d\u2060\ufeff"), rng.choice(("name", "residence", "ethnic", "old_id"))
    return _one(rng, name, lambda t: t[:2] + sign * rng.choice((1, 3)) + t[2:], _INVISIBLE, exact=name != "old_id")


@item(29, "No-break and wide spaces", "W", SECTION)
def _(rng: Dice) -> Case:
    space = rng.choice("\u00a0\u3000\u2003\u2009\u202f")
    return _one(rng, rng.choice(("name", "residence")), lambda t: t.replace(" ", space), (), exact=False)


@item(30, "Right-to-left override", "R/W", SECTION)
def _(rng: Dice) -> Case:
    sign = rng.choice("\u202e\u202d\u2067\u200f")
    return _one(rng, "name", lambda t: sign + t + rng.choice(("", "\u202c")), _INVISIBLE, kept=None)


@item(31, "Soft hyphen", "W", SECTION)
def _(rng: Dice) -> Case:
    return _one(rng, rng.choice(("name", "residence")), lambda t: t[:3] + "\u00ad" + t[3:], _INVISIBLE)


@item(32, "Tag characters", "W", SECTION)
def _(rng: Dice) -> Case:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in rng.choice(("ignore", "drop", "a")))
    return _one(rng, rng.choice(("name", "native")), lambda t: t + hidden, _INVISIBLE)


@item(33, "Stacked marks", "R", SECTION)
def _(rng: Dice) -> Case:
    marks = "".join(rng.choice("\u0301\u0300\u0316\u0335\u0489\u20dd") for _ in range(rng.choice((6, 40))))
    return _one(
        rng, "name", lambda t: t[:2] + marks + t[2:], ("row.bad_characters or full_name.not_a_name",), kept=False
    )


@item(34, "Private use characters", "R", SECTION)
def _(rng: Dice) -> Case:
    sign = rng.choice(("\ue000", "\uf0b7", "\uf8ff", "\U000f0001", "\U00100001"))
    return _one(
        rng,
        rng.choice(("name", "residence")),
        lambda t: t[:2] + sign + t[3:],
        ("row.bad_characters or full_name.not_a_name",),
        kept=False,
    )


@item(35, "Emoji", "R/W", SECTION)
def _(rng: Dice) -> Case:
    sign = rng.choice(("🙂", "❤️", "👨‍👩‍👧", "🇻🇳", "✅"))
    return _one(rng, "name", lambda t: f"{t} {sign}", (), kept=None)


@item(36, "Old and new tone placement", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row, name = ledger.pick(), rng.choice(("Hoà", "Hòa", "Thuý", "Thúy", "Khoẻ", "Khỏe", "Tuỳ", "Thuỷ"))
    surname = ledger.people[row].name.split(" ")[0]
    middle = "Thị" if ledger.people[row].sex == "Nữ" else "Văn"
    ledger.put(row, name=f"{surname} {middle} {name}")
    values = {**ledger.people[row].values("name"), "full_name": f"{surname} {middle} {name}"}
    return ledger.case(ledger.clean(row) | {2 + row: Line(True, values=values, exact=True)})


_MINORITY = (
    ("H'Bia Mlô", "Nữ", "Ê Đê"),
    ("Y Blŏ Êban", "Nam", "Ê Đê"),
    ("Ksor H'Nhĭ", "Nữ", "Gia Rai"),
    ("Rơ Châm Ƀlơi", "Nam", "Gia Rai"),
    ("Giàng A Páo", "Nam", "Mông"),
    ("Vàng Thị Mỷ", "Nữ", "Mông"),
    ("K'Brĕ", "Nam", "Cơ Ho"),
    ("Néang Sóc Kha", "Nữ", "Khmer"),
    ("Y Ñoan Niê", "Nam", "Ê Đê"),
    ("A Čưh", "Nam", "Xơ Đăng"),
)


@item(37, "Letters of minority languages", "A", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, without=("personal",))
    row, (name, sex, group) = ledger.pick(), rng.choice(_MINORITY)
    ledger.put(row, name=name, sex=sex, ethnic=group, relation="Con")
    values = {**ledger.people[row].values("name", "sex", "ethnic", "relation", "personal"), "full_name": name}
    household = ledger.people[row].household
    others = [i for i, p in enumerate(ledger.people) if p.household == household and i != row]
    lines = ledger.clean(row, *others) | {2 + i: ledger.good(i, exact=False) for i in others}
    return ledger.case(
        lines | {2 + row: Line(True, values=values)},
        letter="A/W",
        also=lambda seen: _findings_beyond(seen, 2 + row, ("household.", "relation.", "sex.rel")),
    )


def _findings_beyond(seen: object, line: int, allowed: tuple[str, ...]) -> list[str]:
    """Findings on a line that do not begin in one of these ways."""
    found = next(r.found for (_, n), r in seen.rows.items() if n == line)  # type: ignore[attr-defined]
    return [f"line {line}: {rule}" for rule, _ in found if not rule.startswith(allowed)]


_FULL_WIDTH = str.maketrans("0123456789/", "０１２３４５６７８９／")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


@item(38, "Full-width or Arabic digits", "W", SECTION)
def _(rng: Dice) -> Case:
    table, name = rng.choice((_FULL_WIDTH, _ARABIC, _DEVANAGARI)), rng.choice(("birth", "old_id", "personal"))
    return _one(rng, name, lambda t: t.translate(table), (), exact=False)


@item(39, "Line separator U+2028 in a cell", "W", SECTION)
def _(rng: Dice) -> Case:
    sign, name = rng.choice("\u2028\u2029\u0085"), rng.choice(("residence", "native"))
    case = _one(rng, name, lambda t: t.replace(" ", sign, 1), (), exact=False)
    return replace(case, letter="A/W" if sign == "\x85" else "W")  # the old sign for a new line is a blank like others


@item(40, "A row again in another normal form", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row = ledger.pick()
    again = [unicodedata.normalize("NFD", c) for c in ledger.rows[row]]
    ledger.rows.append(again)
    last = 1 + len(ledger.rows)
    values = ledger.people[row].values()
    members = [i for i, p in enumerate(ledger.people) if p.household == ledger.people[row].household]
    lines = ledger.clean(*members) | {2 + i: ledger.good(i, exact=False) for i in members}
    return ledger.case(lines | {last: Line(True, values=values)}, also=lambda seen: _same(seen, 2 + row, last))


def _same(seen: object, left: int, right: int) -> list[str]:
    """Do two lines say the same, whatever their spelling?"""
    ids = {n: r.values.get("content_id") for (_, n), r in seen.rows.items()}  # type: ignore[attr-defined]
    return [] if ids[left] == ids[right] else [f"lines {left} and {right} have different content"]
