import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedup.encode import encode, ids_from_text, ids_to_text
from dedup.person_ids import cluster_table, names_of, new_persons
from tests.dedup.rows import match_record, match_table, person_id


def named_after(number: int) -> str:
    ids = ids_from_text(match_table(match_record(number))["record_id"])
    return str(ids_to_text(new_persons(ids))[0].as_py())


def told(own: list[int], stored: dict[int, str], groups: list[set[int]]) -> dict[int, tuple[str, str | None, bool]]:
    """Person, stored person and whether it was stored, of each record that is told, by its number."""
    tables = [match_table(*(match_record(n) for n in own)),
              match_table(*(match_record(n, person_id=p) for n, p in stored.items()))]  # fmt: skip
    columns = encode(tables[:1], tables[1:]).columns
    numbers = sorted([*own, *stored])
    labels = np.array([numbers.index(min(next(g for g in groups if n in g))) for n in numbers])
    rows = cluster_table(columns, labels).to_pylist()
    return {int(r["record_id"], 16): (r["person_id"], r["stored_person_id"], r["is_stored"]) for r in rows}


def test_a_new_person_is_named_after_its_lowest_record_and_a_stored_one_stays() -> None:
    found = told([3, 5, 9], {1: person_id(7), 2: person_id(8)}, [{3, 5}, {1, 9}, {2}])
    assert found == {
        3: (named_after(3), None, False), 5: (named_after(3), None, False),
        1: (person_id(7), person_id(7), True), 9: (person_id(7), person_id(7), False),
    }  # fmt: skip


def test_two_stored_persons_become_the_one_with_the_lower_id() -> None:
    low, high = sorted((person_id(7), person_id(8)))
    found = told([9], {1: high, 2: low, 3: high}, [{1, 2, 3, 9}])
    assert {person for person, _, _ in found.values()} == {low}
    assert set(found) == {1, 2, 3, 9}


def test_where_one_comes_apart_the_id_goes_with_the_record_it_was_named_after() -> None:
    person = named_after(5)
    found = told([9], {2: person, 5: person}, [{2, 9}, {5}])
    assert found[5] == (person, person, True)
    assert found[2] == (*found[9][:2], True) == (named_after(2), person, True)
    elsewhere = told([9], {2: person_id(7), 5: person_id(7)}, [{2}, {5, 9}])
    assert (elsewhere[2][0], elsewhere[5][0]) == (person_id(7), named_after(5))


def test_an_id_of_before_ids_of_a_file_began_alike_goes_with_its_record_too() -> None:
    former = str(ids_to_text(names_of(ids_from_text(match_table(match_record(5))["record_id"]))[1])[0].as_py())
    found = told([9], {2: former, 5: former}, [{2, 9}, {5}])
    assert former != named_after(5)
    assert (found[5][0], found[2][0]) == (former, named_after(2))


@given(st.lists(st.integers(1, 2**128 - 1), min_size=1, max_size=30, unique=True))
def test_an_id_begins_as_the_one_of_its_record_and_no_two_are_alike(records: list[int]) -> None:
    texts = [f"{record:032x}" for record in records]
    named = ids_to_text(new_persons(ids_from_text(pa.chunked_array([texts])))).to_pylist()
    assert [str(n)[:4] for n in named] == [text[:4] for text in texts]
    assert len(set(named)) == len(texts)


def test_a_person_that_nothing_touches_is_not_told() -> None:
    assert set(told([9], {1: person_id(7), 2: person_id(7)}, [{1, 2}, {9}])) == {9}


@given(st.data())
def test_no_id_is_ever_given_to_two_persons(data: st.DataObject) -> None:
    """Over any history of clusterings: each gives every cluster one id, and no id to two."""
    size = 7
    persons: dict[int, str] = {}
    for _ in range(data.draw(st.integers(1, 5))):
        labels = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
        groups = [{n for n in range(1, size + 1) if labels[n - 1] == label} for label in range(4)]
        groups = [g for g in groups if g]
        own = [n for n in range(1, size + 1) if n not in persons]
        persons |= {n: row[0] for n, row in told(own, dict(persons), groups).items()}
        given = [{persons[n] for n in group} for group in groups]
        assert all(len(ids) == 1 for ids in given)
        assert len(set.union(*given)) == len(groups)
