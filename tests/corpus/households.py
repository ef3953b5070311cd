"""Items 117 to 123: households as books really hold them. All are kept, with a word."""

from dataclasses import replace

from tests.corpus.cases import Case, Dice, Ledger, item

SECTION = "household"


def _home(ledger: Ledger) -> list[int]:
    """Rows of one household, its head first."""
    book = ledger.people[ledger.pick()].household
    return [i for i, p in enumerate(ledger.people) if p.household == book]


def _said(ledger: Ledger, rows: list[int], rule: str, at: list[int], without: tuple[str, ...]) -> Case:
    lines = ledger.clean(*rows)
    lines |= {2 + i: ledger.good(i, *without, exact=False, rules=(rule,) if i in at else ()) for i in rows}
    return ledger.case(lines)


@item(117, "No head", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    rows = _home(ledger)
    ledger.put(rows[0], relation=rng.choice(("Con", "Bố", "Em")))
    return _said(ledger, rows, "household.no_head", rows[:1], ("relation",))


@item(118, "Two heads", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    rows = _home(ledger)
    other = rng.choice(rows[1:])
    ledger.put(other, relation=rng.choice(("Chủ hộ", "chủ hộ", "CH")))
    return _said(ledger, rows, "household.two_heads", [other], ("relation",))


@item(119, "Child older than the head", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, without=("personal",))
    rows = _home(ledger)
    child = next(i for i in rows if ledger.people[i].relation == "Con")
    year = int(ledger.people[rows[0]].birth[-4:]) - rng.choice((1, 5, 20))
    ledger.people[child] = replace(ledger.people[child], birth=f"{ledger.people[child].birth[:-4]}{year}")
    ledger.put(child, birth=ledger.people[child].birth)
    return _said(ledger, rows, "household.child_older", [child], ())


@item(120, "Small child as head", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, without=("personal", "old_id"))
    rows = _home(ledger)
    year = rng.choice((2021, 2019, 2023))
    ledger.people[rows[0]] = replace(ledger.people[rows[0]], birth=f"17/03/{year}")
    ledger.put(rows[0], birth=f"17/03/{year}")
    return _said(ledger, rows, "household.head_too_young", [rows[0]], ())


@item(121, "Ditto marks", "W", SECTION)
def _(rng: Dice) -> Case:
    """ "As above" in place or household number: the text of the row above, exactly."""
    ledger, mark = Ledger(rng, 12), rng.choice(('"', "nt", "như trên", "-nt-", "''", "//", "\u3003", "Nt", "n.t"))
    name = rng.choice(("residence", "household", "ethnic", "native"))
    same = [
        i
        for i in range(1, len(ledger.people))
        if getattr(ledger.people[i], name) == getattr(ledger.people[i - 1], name)
    ]
    for row in same:
        ledger.put(row, **{name: mark})
    lines = ledger.clean(*same) | {2 + i: ledger.good(i, rules=("ditto.resolved",)) for i in same}
    return ledger.case(lines)


@item(122, "Number of the book on its first row only", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng, 12)
    rest = [i for i, p in enumerate(ledger.people) if p.relation != "Chủ hộ"]
    for row in rest:
        ledger.put(row, household="")
    lines = ledger.clean(*rest) | {2 + i: ledger.good(i, rules=("household.number_filled",)) for i in rest}
    return ledger.case(lines)


@item(123, "Notes in the cell of the name", "W", SECTION)
def _(rng: Dice) -> Case:
    ledger = Ledger(rng)
    row = ledger.pick()
    note = rng.choice(("(chết)", "(chết 1987)", "- đã chuyển đi", "(chuyển đi 12/3/1990)", "(đi bộ đội)", "(mất)",
                       "(con nuôi)", "(tách hộ)", "[xóa]", "(tức Tám)"))  # fmt: skip
    ledger.put(row, name=f"{ledger.people[row].name} {note}")
    lines = ledger.clean(row) | {2 + row: ledger.good(row, exact=False, rules=("full_name.note_removed",))}
    return ledger.case(lines)
