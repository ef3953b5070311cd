"""What a batch may change: households that it links, whole persons, and on along the matches; nothing else."""

from pathlib import Path

import pyarrow as pa
import pytest

from schemas import tables as t
from store import load
from store.engine import Store
from store.neighbours import Asked, Neighbours, neighbours
from store.reviews import Judgement, decide
from tests.store import made_batches as made
from tests.store.contents import rows, run

pytestmark = pytest.mark.store

NOBODY = pa.array([], pa.string())
PAIR = "0, 0, 0, 0, 0, 0, 0, 0, 9, 0.9"
IDS = made.ids("record one", 40).to_pylist()
"""Records of the store: four in a row share a household, each is a person of its own."""


@pytest.fixture
def people(store: Store, tmp_path: Path) -> Store:
    load.load_batch(store, made.make(tmp_path, made.Recipe("one", rows=40)))
    return store


def scored(store: Store, one: int, other: int, outcome: str, basis: int) -> None:
    left, right = sorted((IDS[one], IDS[other]))
    run(store, f"INSERT INTO scored_pairs VALUES ('{left}', '{right}', {PAIR}, '{outcome}', {basis})")


def asked(
    *matched: int, partners: tuple[int, ...] = (), homes: tuple[str, ...] = (), replaced: pa.Array = NOBODY
) -> Asked:
    near, sure = (pa.array([IDS[n] for n in side], pa.string()) for side in (partners, matched))
    return Asked(near, sure, [pa.table({"household_key": pa.array(homes, pa.string())})], replaced, NOBODY)


def numbers(around: Neighbours) -> set[int]:
    found = pa.concat_tables([t.MATCH_RECORDS.schema.empty_table(), *around.records()])
    ids = found["record_id"].to_pylist()
    assert len(ids) == len(set(ids))
    return {IDS.index(i) for i in ids}


def test_a_match_brings_the_household_and_no_more(people: Store) -> None:
    with neighbours(people, asked(5)) as around:
        assert numbers(around) == {4, 5, 6, 7}
        assert list(around.pairs()) == [] or sum(p.num_rows for p in around.pairs()) == 0


def test_a_partner_comes_alone(people: Store) -> None:
    with neighbours(people, asked(partners=(5, 9))) as around:
        assert numbers(around) == {5, 9}


def test_a_household_of_the_batch_brings_those_that_it_is_linked_with(people: Store) -> None:
    """By what matched by itself; what matched with its household counted links nobody."""
    scored(people, 1, 8, "match", 3)
    scored(people, 2, 12, "match", 2)
    scored(people, 3, 16, "review", 0)
    home = str(rows(people, f"SELECT household_key FROM records WHERE record_id = '{IDS[0]}'")[0][0])
    with neighbours(people, asked(homes=(home.replace("-", ""),))) as around:
        assert numbers(around) == {0, 1, 2, 3, 8, 9, 10, 11, 12}
        pairs = pa.concat_tables(list(around.pairs())).to_pylist()
        assert sorted(p["basis"] for p in pairs) == [2, 3]


def test_whole_persons_come_along_the_matches_however_many_away(people: Store) -> None:
    for one, other in ((5, 20), (20, 24), (24, 28)):
        scored(people, one, other, "match", 2)
    scored(people, 28, 32, "review", 2)  # a match that was refused is at stake again
    run(
        people,
        f"""UPDATE memberships SET person_id = (SELECT person_id FROM memberships WHERE record_id = '{IDS[32]}')
                    WHERE record_id = '{IDS[36]}'""",
    )
    with neighbours(people, asked(5)) as around:
        assert numbers(around) == {4, 5, 6, 7, 20, 24, 28, 32, 36}
        assert sum(p.num_rows for p in around.pairs()) == 4


def test_judgements_tie_and_part(people: Store) -> None:
    scored(people, 5, 20, "review", 0)
    scored(people, 6, 21, "review", 0)
    for (one, other), verdict in (((5, 20), "same"), ((6, 21), "different")):
        decide(people, Judgement(IDS[one], IDS[other], verdict, "an", "seen"))  # type: ignore[arg-type]
    with neighbours(people, asked(5, partners=(21,))) as around:
        assert numbers(around) == {4, 5, 6, 7, 20, 21}
        ties, apart = (table.to_pylist() for table in (around.ties(), around.apart()))
    assert [{*row.values()} for row in ties] == [{IDS[5], IDS[20]}]
    assert [{*row.values()} for row in apart] == [{IDS[6], IDS[21]}]


def test_partners_of_one_person_stay_one_though_nobody_looks_into_them(people: Store) -> None:
    run(
        people,
        f"""UPDATE memberships SET person_id = (SELECT person_id FROM memberships WHERE record_id = '{IDS[8]}')
                    WHERE record_id = '{IDS[12]}'""",
    )
    with neighbours(people, asked(partners=(8, 12, 16))) as around:
        assert [{*row.values()} for row in around.ties().to_pylist()] == [{IDS[8], IDS[12]}]


def test_a_crowd_under_one_household_number_is_nobodys_household(people: Store) -> None:
    key = rows(people, f"SELECT household_key FROM records WHERE record_id = '{IDS[0]}'")[0][0]
    run(people, f"UPDATE records SET household_key = '{key}'")
    with neighbours(people, asked(5)) as around:
        assert numbers(around) == {5}


def test_what_was_replaced_is_silent_and_its_matches_count_no_more(people: Store) -> None:
    scored(people, 5, 20, "match", 3)
    with neighbours(people, asked(5, replaced=pa.array([IDS[20]]))) as around:
        found = pa.concat_tables(list(around.records())).to_pylist()
        assert {IDS.index(r["record_id"]) for r in found if r["full_name"] is None} == {20}
        assert sum(p.num_rows for p in around.pairs()) == 0
