"""What a personal identification number says of its bearer, in SQL: province, sex, year of birth.

Structure (Decree 137/2015/NĐ-CP art. 13; Circular 07/2016/TT-BCA art. 7 and annex 1): three digits for the province
of birth registration ("0" and its code of 63; above 100 a country), one for century and sex, two for the year of
birth, six random. A correction of sex or year of birth makes another number (art. 14); a correction of the place
does not, so that is only told.
"""

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from schemas.units import provinces_of_units
from store.copying import copy_in

FIRST_YEAR, LAST_YEAR = 1900, 2399
MALE, FEMALE = "1", "2"


def bucket(person: str, unit: str) -> str:
    """SQL of the first six digits of the number of a person, as a whole number; `unit` is its row of number_units."""
    return (
        f"({unit}.province * 1000 + (({person}.birth_year - {FIRST_YEAR}) / 100 * 2 "
        f"+ CASE {person}.sex_code WHEN '{FEMALE}' THEN 1 ELSE 0 END) * 100 + {person}.birth_year % 100)"
    )


def sex_differs(number: str, person: str) -> str:
    """SQL: the number is one of the other sex. Unknown where the person's is."""
    return (
        f"(coalesce({person}.sex_code, '') IN ('{MALE}', '{FEMALE}') AND "
        f"(ascii(substr({number}, 4, 1)) % 2 = 1) IS DISTINCT FROM ({person}.sex_code = '{FEMALE}'))"
    )


def birth_differs(number: str, person: str) -> str:
    """SQL: the number is one of another year of birth."""
    century = f"(ascii(substr({number}, 4, 1)) - 48) / 2"
    return (
        f"({person}.birth_year IS NOT NULL AND ({person}.birth_year < {FIRST_YEAR} "
        f"OR {century} <> ({person}.birth_year - {FIRST_YEAR}) / 100 "
        f"OR substr({number}, 5, 2) <> lpad(({person}.birth_year % 100)::text, 2, '0')))"
    )


def province_differs(number: str, unit: str) -> str:
    """SQL: the number is one of another province; `unit` may be no row."""
    return f"({unit}.province IS NOT NULL AND substr({number}, 1, 3) <> lpad({unit}.province::text, 3, '0'))"


def make_units(connection: Connection) -> None:
    """The temporary table number_units: each unit before July 2025 with its province; once a transaction."""
    if connection.execute(sa.text("SELECT to_regclass('pg_temp.number_units')")).scalar_one() is not None:
        return
    connection.execute(sa.text("CREATE TEMP TABLE number_units (code text, province int) ON COMMIT DROP"))
    provinces = provinces_of_units()
    codes = pa.array(list(provinces), pa.string())
    copy_in(
        connection,
        "number_units",
        [pa.table({"code": codes, "province": pa.array([int(p) for p in provinces.values()], pa.int32())})],
    )
    connection.execute(sa.text("ANALYZE number_units"))
