import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.compare import (
    LEVEL_COUNTS,
    BirthLevel,
    Compared,
    FamilyLevel,
    HouseholdLevel,
    NumberLevel,
    PlaceLevel,
    SexLevel,
    compare,
    family_levels,
)
from dedup.encode import encode
from dedup.model import load_model
from dedup.name_levels import NameLevel
from schemas.tables import LEVEL_NAMES
from tests.dedup.ledgers import province
from tests.dedup.rows import match_record, match_table

SHARES = load_model().names
TABLE, _ = province(5, 400)
RECORDS = encode([TABLE])
ROWS = st.lists(st.integers(0, TABLE.num_rows - 1), min_size=1, max_size=50)


def compared(one: dict[str, object], other: dict[str, object]) -> Compared:
    records = encode([match_table(match_record(1, **one), match_record(2, **other))])  # type: ignore[arg-type]
    return compare(records, np.array([0]), np.array([1]), SHARES)


def level(name: str, one: dict[str, object], other: dict[str, object]) -> int:
    return int(compared(one, other).level(name)[0])


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("1980-05-17", "1980-05-17", BirthLevel.EXACT),
        ("1980-05-11", "1980-11-05", BirthLevel.SWAPPED),
        ("1980-05-17", "1980-05-18", BirthLevel.YEAR_AND_PART),
        ("1980-05-17", "1980-08-17", BirthLevel.YEAR_AND_PART),
        ("1980-05-17", "1980-08-18", BirthLevel.YEAR),
        ("1980-05-17", "1981-05-17", BirthLevel.YEAR_OFF),
        ("1980-05-17", "1970-05-17", BirthLevel.YEAR_OFF),
        ("1978-05-17", "1987-05-17", BirthLevel.YEAR_OFF),
        ("1980-05-17", "1983-05-17", BirthLevel.DIFFERENT),
        ("1980-05-17", "1981-08-18", BirthLevel.NEAR_YEAR),
        ("1980-05-17", "1980", BirthLevel.YEAR_ONLY),
        ("1980-05-17", "1980-01-01", BirthLevel.YEAR_ONLY),
        ("1980-01-01", "1980-01-01", BirthLevel.YEAR_ONLY),
        ("1980-05-17", "1980-05", BirthLevel.MONTH),
        ("1980-05-17", "1980-06", BirthLevel.YEAR),
        ("1980", "1981", BirthLevel.NEAR_YEAR),
        ("1980", "1990", BirthLevel.DIFFERENT),
        ("1980-05-17", "", BirthLevel.UNKNOWN),
    ],
)
def test_dates_of_birth(one: str, other: str, wanted: BirthLevel) -> None:
    assert level("birth_level", {"born": one}, {"born": other}) == wanted


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (("001080012345", None), ("001080012345", None), NumberLevel.PERSONAL_SAME),
        (("001080012345", None), ("001080012354", None), NumberLevel.PERSONAL_SLIP),
        (("001080012345", None), ("001080012346", None), NumberLevel.PERSONAL_SLIP),
        (("001080012345", None), ("001080054321", None), NumberLevel.PERSONAL_DIFFERENT),
        (("001080012345", "142048534"), ("001080054321", "142048534"), NumberLevel.PERSONAL_DIFFERENT),
        (("001080012345", "142048534"), (None, "142048534"), NumberLevel.OLD_SAME),
        ((None, "142048534"), (None, "142048543"), NumberLevel.OLD_SLIP),
        ((None, "142048534"), (None, "142048999"), NumberLevel.OLD_DIFFERENT),
        ((None, "012345678"), (None, "012345678"), NumberLevel.OLD_SAME),
        (("001080012345", None), (None, "142048534"), NumberLevel.UNKNOWN),
        (("000000000000", "999999999"), ("000000000000", "999999999"), NumberLevel.UNKNOWN),
        (("1080012345", None), ("1080012345", None), NumberLevel.UNKNOWN),
    ],
)
def test_numbers(one: tuple[str | None, str | None], other: tuple[str | None, str | None], wanted: NumberLevel) -> None:
    rows = [{"personal_number": personal, "old_id_number": old} for personal, old in (one, other)]
    assert level("number_level", *rows) == wanted


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [(None, "1", SexLevel.UNKNOWN), ("1", "1", SexLevel.SAME), ("1", "2", SexLevel.DIFFERENT)],
)
def test_sexes(one: str | None, other: str | None, wanted: SexLevel) -> None:
    assert level("sex_level", {"sex_code": one}, {"sex_code": other}) == wanted


_SAME, _PART, _OTHER, _NONE = NameLevel.EXACT, NameLevel.SURNAME_GIVEN, NameLevel.DIFFERENT, NameLevel.UNKNOWN


@pytest.mark.parametrize(
    ("father", "mother", "spouse", "wanted"),
    [
        (_NONE, _NONE, _NONE, FamilyLevel.UNKNOWN),
        (_SAME, _SAME, _NONE, FamilyLevel.SEVERAL),
        (_SAME, _NONE, _SAME, FamilyLevel.SEVERAL),
        (_SAME, _NONE, _NONE, FamilyLevel.ONE),
        (NameLevel.SLIP, _NONE, _NONE, FamilyLevel.ONE),
        (_PART, _NONE, _NONE, FamilyLevel.PARTLY),
        (_SAME, _OTHER, _NONE, FamilyLevel.MIXED),
        (_OTHER, _OTHER, _NONE, FamilyLevel.BOTH_PARENTS_DIFFERENT),
        (_NONE, _OTHER, _NONE, FamilyLevel.DIFFERENT),
        (NameLevel.GIVEN, _NONE, _NONE, FamilyLevel.DIFFERENT),
        (_NONE, _NONE, _OTHER, FamilyLevel.SPOUSE_DIFFERENT),
    ],
)
def test_families(father: NameLevel, mother: NameLevel, spouse: NameLevel, wanted: FamilyLevel) -> None:
    sides = [np.array([level], np.int8) for level in (father, mother, spouse)]
    assert family_levels(*sides).tolist() == [wanted]


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ({"home": 1}, {"home": 1}, HouseholdLevel.SAME),
        ({"home": 1}, {"home": 2}, HouseholdLevel.DIFFERENT),
        ({"home": 1}, {}, HouseholdLevel.UNKNOWN),
        ({"home": 1, "relation_code": "01"}, {"home": 1, "relation_code": "04"}, HouseholdLevel.OTHER_ROLE),
        ({"home": 1, "relation_code": "01", "file_id": "e" * 32}, {"home": 1, "relation_code": "04"},
         HouseholdLevel.SAME),
        ({"home": 1, "head_name": "Lê Sang"}, {"home": 2, "head_name": "LE SANG"}, HouseholdLevel.SAME_HEAD),
        ({"head_name": "Lê Sang"}, {"head_name": "Trần Mơ"}, HouseholdLevel.DIFFERENT),
        # The head is the father on one side, so his name counts as the father's already.
        ({"home": 1, "head_name": "Lê Sang", "father_name": "Lê Sang"}, {"home": 2, "head_name": "Lê Sang"},
         HouseholdLevel.DIFFERENT),
    ],
)  # fmt: skip
def test_households(one: dict[str, object], other: dict[str, object], wanted: HouseholdLevel) -> None:
    assert level("household_level", one, other) == wanted


def place(home: str | None = None, native: str | None = None, address: str | None = None) -> dict[str, object]:
    return {
        "permanent_residence_code": home, "permanent_residence_text": address,
        "native_place_code": native, "native_place_text": native and f"Xã {native}",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (place(), place(), PlaceLevel.UNKNOWN),
        (place("00001", "00009"), place("00001", "00009"), PlaceLevel.COMMUNE_NATIVE_SAME),
        (place("00001", "00009"), place("00001", "00008"), PlaceLevel.COMMUNE_NATIVE_DIFFERENT),
        (place("00001"), place("00001"), PlaceLevel.COMMUNE),
        (place("00001", "00009"), place("00002", "00009"), PlaceLevel.MOVED_NATIVE_SAME),
        (place("00001", "00009"), place("00002", "00008"), PlaceLevel.BOTH_DIFFERENT),
        (place("00001"), place("00002"), PlaceLevel.MOVED),
        (place(None, "00009"), place("00002", "00009"), PlaceLevel.NATIVE_SAME),
        (place(None, "00009"), place("00002", "00008"), PlaceLevel.NATIVE_DIFFERENT),
        (place("00001", None, "Thôn 3"), place("00001", None, "thon 3"), PlaceLevel.ADDRESS),
        (place("00001", "00009", "Thôn 3"), place("00001", "00008", "Thôn 3"), PlaceLevel.ADDRESS_NATIVE_DIFFERENT),
        # A district's code says too little to call two places the same.
        (place("001"), place("001"), PlaceLevel.UNKNOWN),
    ],
)
def test_places(one: dict[str, object], other: dict[str, object], wanted: PlaceLevel) -> None:
    assert level("place_level", one, other) == wanted


def test_levels_of_relatives_come_along() -> None:
    found = compared({"father_name": "Lê Văn Sang", "spouse_name": "Tạ Mơ"}, {"father_name": "Le Van Sang"})
    assert found.relatives.tolist() == [[NameLevel.NO_MARKS, NameLevel.UNKNOWN, NameLevel.UNKNOWN]]


@given(ROWS)
@settings(max_examples=30, deadline=None)
def test_sides_may_be_swapped(rows: list[int]) -> None:
    left, right = np.array(rows), np.array(rows[1:] + rows[:1])
    one, other = compare(RECORDS, left, right, SHARES), compare(RECORDS, right, left, SHARES)
    assert np.array_equal(one.levels, other.levels)
    assert np.array_equal(one.relatives, other.relatives)


@given(ROWS)
@settings(max_examples=20, deadline=None)
def test_a_pair_does_not_depend_on_its_neighbours(rows: list[int]) -> None:
    left, right = np.array(rows), np.array(rows[::-1])
    together = compare(RECORDS, left, right, SHARES).levels
    alone = [compare(RECORDS, left[[n]], right[[n]], SHARES).levels[0] for n in range(len(rows))]
    assert np.array_equal(together, np.array(alone))
    assert (together < np.array(LEVEL_COUNTS)).all()
    assert (together >= 0).all()


def test_a_record_agrees_with_itself_as_far_as_it_says_anything() -> None:
    rows = np.arange(TABLE.num_rows)
    levels = compare(RECORDS, rows, rows, SHARES)
    assert set(levels.level("name_level").tolist()) == {NameLevel.EXACT}
    assert set(levels.level("birth_level").tolist()) <= {BirthLevel.EXACT, BirthLevel.YEAR_ONLY, BirthLevel.MONTH}
    assert not set(levels.level("number_level").tolist()) & {NumberLevel.PERSONAL_DIFFERENT, NumberLevel.OLD_DIFFERENT}
    assert levels.levels.shape == (len(rows), len(LEVEL_NAMES))


def test_no_pairs() -> None:
    none = np.zeros(0, np.int64)
    assert compare(RECORDS, none, none, SHARES).levels.shape == (0, len(LEVEL_NAMES))
