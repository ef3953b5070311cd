"""What the digits of a number say, against the same said plainly, for thousands of persons in one query."""

import random

import pytest
import sqlalchemy as sa

from store.engine import Store
from store.number_rules import birth_differs, bucket, make_units, province_differs, sex_differs

pytestmark = pytest.mark.store

Case = tuple[str | None, int | None, str | None, str]


def asked(store: Store, what: str, cases: list[Case]) -> list[tuple[object, ...]]:
    """What the SQL says of each case: sex, year of birth, place, number."""
    with store.reading() as connection:
        make_units(connection)
        make_units(connection)  # once a transaction, however often it is asked for
        found = connection.execute(
            sa.text(f"""
                SELECT {what} FROM unnest(
                    CAST(:sex AS text[]), CAST(:year AS smallint[]), CAST(:place AS text[]), CAST(:number AS text[]))
                    WITH ORDINALITY AS p (sex_code, birth_year, place, number, turn)
                LEFT JOIN number_units u ON u.code = p.place ORDER BY turn"""),
            dict(zip(("sex", "year", "place", "number"), map(list, zip(*cases, strict=True)), strict=True)),
        )
        return [tuple(row) for row in found]


def test_a_number_differs_from_its_person_in_what_both_say(read_store: Store) -> None:
    chance = random.Random(5)  # noqa: S311
    cases: list[Case] = []
    for _ in range(4_000):
        digits = f"{chance.choice(['001', '079', '000', '123'])}{chance.randrange(10)}{chance.randrange(100):02d}000000"
        said = 1900 + 100 * (int(digits[3]) // 2) + int(digits[4:6])
        year = chance.choice([None, said, said, said - 100, said + 1, 1850, chance.randrange(1850, 2399)])
        cases.append((chance.choice([None, "1", "2", "3", ""]), year, chance.choice([None, "01", "79", "00"]), digits))
    told = asked(
        read_store,
        f"{sex_differs('p.number', 'p')}, {birth_differs('p.number', 'p')}, {province_differs('p.number', 'u')}",
        cases,
    )
    for (sex, year, place, number), found in zip(cases, told, strict=True):
        said = 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])
        assert found == (
            sex in ("1", "2") and "12"[int(number[3]) % 2] != sex,
            year is not None and year != said,
            place in ("01", "79") and number[:3] != f"0{place}",
        ), (sex, year, place, number)


def test_the_bucket_of_a_person_fits_the_person(read_store: Store) -> None:
    cases: list[Case] = [
        (sex, year, place, "") for sex in "12" for year in range(1900, 2400, 7) for place in ("01", "79", "96")
    ]
    numbers = [f"{found:06d}000000" for (found,) in asked(read_store, bucket("p", "u"), cases)]
    fitting = [(*case[:3], number) for case, number in zip(cases, numbers, strict=True)]
    differ = " OR ".join(
        (sex_differs("p.number", "p"), birth_differs("p.number", "p"), province_differs("p.number", "u"))
    )
    assert set(asked(read_store, differ, fitting)) == {(False,)}
