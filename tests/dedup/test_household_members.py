"""Stays in households: what days order, what they do not, who was born, died or moved; beside a plain twin."""

import datetime
from itertools import groupby

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.household_members import household_members
from dedup.survivorship import survive
from schemas.contract import conform
from schemas.tables import HOUSEHOLD_MEMBERS
from tests.dedup.rows import member, member_table, record_id

Row = dict[str, object]
A, B, C = ("a" * 32, "b" * 32, "c" * 32)


def at(number: int, home: str | None, entered: str | None = None, **values: object) -> Row:
    return member(number, 1, entered, household_id="1", household_key=home, **values)


def stays(*rows: Row) -> list[Row]:
    table = member_table(*rows)
    found = household_members(table, survive(table)[0])
    return list(conform(found, HOUSEHOLD_MEMBERS).to_pylist())


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def short(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(r["household_key"], str(r["from_date"] or ""), str(r["to_date"] or ""), r["to_reason"]) for r in rows]


def test_one_record_is_one_open_stay() -> None:
    [stay] = stays(at(1, A, "1990-05-06", relation_code="01", household_position=1))
    assert stay == {
        "person_id": stay["person_id"], "stay": 1, "household_key": A, "relation_code": "01", "is_head": True,
        "household_position": 1, "from_date": day("1990-05-06"), "from_reason": "entered", "to_date": None,
        "to_reason": None, "record_id": record_id(1), "from_record_id": record_id(1), "to_record_id": None,
    }  # fmt: skip


def test_a_later_ledger_of_another_household_ends_the_older_stay() -> None:
    for rows in ((at(2, B, "2001-02-03"), at(1, A, "1990-05-06")), (at(1, A, "1990-05-06"), at(2, B, "2001-02-03"))):
        found = stays(*rows)
        assert short(found) == [(A, "1990-05-06", "2001-02-03", "moved_out"), (B, "2001-02-03", "", None)]
        assert [f["from_reason"] for f in found] == ["entered", "moved_in"]
        assert (found[0]["to_record_id"], found[0]["record_id"]) == (record_id(2), record_id(1))


def test_who_comes_back_stays_there_twice() -> None:
    found = stays(at(1, A, "1990-01-01"), at(2, B, "1995-01-01"), at(3, A, "2000-01-01"), at(4, A, "2005-01-01"))
    assert short(found) == [
        (A, "1990-01-01", "1995-01-01", "moved_out"),
        (B, "1995-01-01", "2000-01-01", "moved_out"),
        (A, "2000-01-01", "", None),
    ]
    assert (found[2]["from_record_id"], found[2]["record_id"]) == (record_id(3), record_id(4))


def test_what_no_day_orders_is_left_open_for_someone_and_the_golden_household_stays() -> None:
    rows = (at(1, A), at(2, B, relation_code="04", head_name="Lê Văn A"))
    assert short(stays(*rows)) == [(A, "", "", "unclear"), (B, "", "", None)]
    same_day = (at(1, A, "2001-01-01"), at(2, B, "2001-01-01", relation_code="04"))
    assert short(stays(*same_day)) == [(A, "2001-01-01", "", "unclear"), (B, "2001-01-01", "", None)]
    undated = (at(1, A), at(2, B, "2001-01-01"))
    assert short(stays(*undated)) == [(A, "", "", "unclear"), (B, "2001-01-01", "", None)]


def test_an_undated_line_of_the_same_household_changes_nothing() -> None:
    assert short(stays(at(1, A), at(2, A, "2001-01-01"))) == [(A, "2001-01-01", "", None)]


@pytest.mark.parametrize(
    ("death", "expected"),
    [
        ({"death_kind": "dead", "death_year": 1999, "death_month": 4, "death_day": 5, "death_calendar": "solar"},
         ("1990-05-06", "1999-04-05", "death")),
        ({"death_kind": "dead", "death_year": 1999}, ("1990-05-06", "", "death")),
        ({"death_kind": "dead"}, ("1990-05-06", "", "death")),
        ({"death_kind": "missing", "death_year": 1975, "death_month": 4, "death_day": 30, "death_calendar": "solar"},
         ("", "1975-04-30", "missing")),
    ],
)  # fmt: skip
def test_the_dead_and_the_missing_end_their_last_stay(death: Row, expected: tuple[str, ...]) -> None:
    [stay] = stays(at(1, A, "1990-05-06", **death))
    assert short([stay]) == [(A, *expected)]
    assert stay["to_record_id"] == record_id(1)


def test_who_is_entered_within_sixty_days_was_born_into_the_household() -> None:
    born: Row = {"birth_year": 1990, "birth_month": 5, "birth_day": 1, "birth_calendar": "solar"}
    assert stays(at(1, A, "1990-06-30", **born))[0]["from_reason"] == "birth"
    assert stays(at(1, A, "1990-07-01", **born))[0]["from_reason"] == "entered"
    assert stays(at(1, A, "1990-06-30", birth_year=1990))[0]["from_reason"] == "entered"


def test_the_last_known_relation_and_the_head_that_the_household_names() -> None:
    [stay] = stays(at(1, A, "1990-01-01", relation_code="04"), at(2, A, "2001-01-01"))
    assert (stay["relation_code"], stay["is_head"]) == ("04", False)
    [named] = stays(at(1, A, "1990-01-01", head_record_id=record_id(1)))
    assert (named["relation_code"], named["is_head"]) == (None, True)


def test_without_a_household_there_is_no_stay() -> None:
    assert stays(at(1, None)) == []
    assert short(stays(at(1, None, "2001-01-01"), at(2, A, "1990-01-01"))) == [(A, "1990-01-01", "", None)]


FACTS = st.lists(
    st.tuples(st.sampled_from((A, B, C, None)), st.sampled_from((None, "1990-01-01", "1995-01-01", "2000-01-01"))),
    min_size=1, max_size=7,
)  # fmt: skip
PEOPLE = st.lists(FACTS, min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(PEOPLE, st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_what_the_plain_twin_gives(people: list[list[tuple[str, str]]], random) -> None:  # type: ignore[no-untyped-def]
    rows = [
        member(10 * p + n, p, entered, household_id="1", household_key=home)
        for p, facts in enumerate(people)
        for n, (home, entered) in enumerate(facts)
    ]
    golden = survive(member_table(*rows))[0]
    random.shuffle(rows)
    found = household_members(member_table(*rows), golden).to_pylist()
    homes = {g["person_id"]: g["household_key"] for g in golden.to_pylist()}
    ordered = sorted(rows, key=lambda r: str(r["person_id"]))
    twin = {
        person: _twin(list(own), homes[person]) for person, own in groupby(ordered, key=lambda r: str(r["person_id"]))
    }
    assert {p: t for p, t in twin.items() if t} == {
        person: [(r["household_key"], r["from_date"], r["to_date"], r["to_reason"]) for r in own]
        for person, own in groupby(found, key=lambda r: r["person_id"])
    }
    open_ = [r["person_id"] for r in found if r["to_reason"] is None]
    assert len(open_) == len(set(open_))


def _twin(rows: list[Row], golden_home: str | None) -> list[tuple[object, ...]]:
    facts = [(r["entry_date"], str(r["household_key"])) for r in rows if r["household_key"]]
    if not facts:
        return []
    days = sorted({d for d, _ in facts if d is not None}) or [None]
    clear: list[tuple[object, str]] = []
    for d in days:
        homes = {h for on, h in facts if on == d}
        home = golden_home if golden_home in homes else min(homes)
        if not clear or clear[-1][1] != home:
            clear.append((d, str(home)))
    ends = [d for d, _ in clear[1:]]
    unclear = sorted({h for _, h in facts} - {h for _, h in clear})
    doubtful = [(h, min((d for d, o in facts if o == h and d), default=None), None, "unclear") for h in unclear]
    known = [(h, d, end, "moved_out" if end else None) for (d, h), end in zip(clear, [*ends, None], strict=True)]
    return [*doubtful, *known]


def test_an_empty_table_gives_an_empty_one() -> None:
    empty = member_table()
    assert household_members(empty, survive(empty)[0]).num_rows == 0
    assert isinstance(household_members(empty, survive(empty)[0]), pa.Table)
