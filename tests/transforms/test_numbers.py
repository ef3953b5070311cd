import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.rules import all_rules, quarantining
from tests.transforms.case_tables import cases, differences
from transforms.numbers import clean_number, standardise_numbers

# Thanh Hóa 038, woman of the 20th century 1, born in '60.
NEW, OLD = "038160012345", "172345678"
WOMAN = (1960, "2")


def read(
    personal: str | None, old: str | None = None, born: int | None = 1960, sex: str | None = "2"
) -> tuple[str | None, str | None, set[str]]:
    columns = [pa.array([value], pa.string()) for value in (personal, old)]
    numbers = standardise_numbers(*columns, pa.array([born], pa.int16()), pa.array([sex], pa.string()))
    found = {f.rule_id for part in (numbers.personal, numbers.old) for f in part.findings}
    assert all(f.rule_id.startswith(f.field) for part in (numbers.personal, numbers.old) for f in part.findings)
    values = (
        numbers.personal.columns["personal_number"][0].as_py(),
        numbers.old.columns["old_id_number"][0].as_py(),
    )
    for value, part in zip(values, (numbers.personal, numbers.old), strict=True):
        assert (value is not None) == (part.reasons[0].as_py() == ".")
    return *values, found


P, C = "personal_number.", "old_id_number."
CASES = [
    # personal column, old column, personal number, old number, rules
    (NEW, None, NEW, None, set()),
    (NEW, OLD, NEW, OLD, set()),
    (None, OLD, None, OLD, set()),
    ("38160012345", None, NEW, None, {P + "leading_zero"}),
    ("38160012345.0", None, NEW, None, {P + "leading_zero", P + "separators"}),
    ("38161012345", None, None, None, {P + "wrong_length"}),  # with its zero it would contradict the birth year
    ("8160012345", None, "008160012345", None, {P + "leading_zero"}),  # two zeros: the provinces 001-009
    ("7160012345", None, None, None, {P + "wrong_length"}),  # there was no province 007
    (OLD, None, None, OLD, {C + "moved"}),
    ("72345678", None, None, "072345678", {C + "moved", C + "leading_zero"}),
    ("72345678", OLD, None, OLD, {P + "wrong_length"}),
    (OLD, OLD, None, OLD, set()),
    ("182345678", OLD, None, OLD, {P + "wrong_length"}),
    (None, NEW, NEW, None, {P + "moved"}),
    (None, "38160012345", NEW, None, {P + "moved", P + "leading_zero"}),
    (None, "72345678", None, "072345678", {C + "leading_zero"}),
    (NEW, NEW, NEW, None, set()),
    (NEW, "038160054321", NEW, None, {C + "wrong_length"}),
    (f"{NEW}/{OLD}", None, NEW, OLD, {P + "several", C + "moved"}),
    ("chưa cấp", "không", None, None, set()),
    (None, "123456789", None, "123456789", {C + "suspicious"}),
    (None, "12345", None, None, {C + "wrong_length"}),
    (None, "2.4E+08", None, None, {C + "scientific"}),
    (None, "000000000", None, None, {C + "placeholder"}),
    ("2.4E+10", None, None, None, {P + "scientific"}),
    ("999999999999", None, None, None, {P + "placeholder"}),
    ("O38160012345", None, NEW, None, {P + "not_digits"}),
]


@pytest.mark.parametrize(("personal", "old", "number", "card", "found"), CASES)
def test_both_columns_of_a_row(
    personal: str | None, old: str | None, number: str | None, card: str | None, found: set[str]
) -> None:
    assert read(personal, old) == (number, card, found)


STRUCTURE = [
    # number, year of birth, sex, rules
    ("038160012345", 1960, "2", set()),
    ("038060012345", 1960, "1", set()),
    ("001300012345", 2000, "2", set()),
    ("096205012345", 2005, "1", set()),
    ("038160012345", None, None, set()),
    ("038160012345", 1961, "2", {"birth_contradicts"}),
    ("038160012345", 1860, "2", {"birth_contradicts"}),
    ("038360012345", 1960, "2", {"birth_contradicts"}),
    ("038060012345", 1960, "2", {"sex_contradicts"}),
    ("038161012345", 1960, "1", {"birth_contradicts", "sex_contradicts"}),
    ("000160012345", 1960, "2", {"bad_province"}),
    ("003160012345", 1960, "2", {"bad_province"}),
    ("097160012345", 1960, "2", {"country_prefix"}),
    ("101160012345", 1960, "2", {"country_prefix"}),
    ("999160012345", 1960, "2", {"country_prefix"}),
]


@pytest.mark.parametrize(("number", "born", "sex", "found"), STRUCTURE)
def test_a_personal_number_agrees_with_its_row(
    number: str, born: int | None, sex: str | None, found: set[str]
) -> None:  # fmt: skip
    assert read(number, None, born, sex) == (number, None, {P + rule for rule in found})


def test_the_outcomes_are_those_of_the_rules() -> None:
    assert {P + r for r in ("scientific", "placeholder", "bad_province", "birth_contradicts", "sex_contradicts")} <= (
        quarantining()
    )
    assert not {P + r for r in ("leading_zero", "separators", "several", "country_prefix", "moved")} & quarantining()
    assert C + "suspicious" not in quarantining()


@given(
    st.lists(
        st.tuples(
            st.none() | st.sampled_from([NEW, OLD, "38160012345", "72345678", f"{NEW};{OLD}"]) | st.text(max_size=15),
            st.none() | st.sampled_from([OLD, NEW, "1.0", "111111111"]) | st.text(alphabet="0123456789. ", max_size=14),
            st.none() | st.integers(1850, 2024),
            st.sampled_from(["1", "2", None]),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_each_row_is_judged_by_itself(rows: list[tuple[str | None, str | None, int | None, str | None]]) -> None:
    kinds = (pa.string(), pa.string(), pa.int16(), pa.string())
    columns = [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(kinds)]
    numbers = standardise_numbers(*columns)
    fired = [f for part in (numbers.personal, numbers.old) for f in part.findings]
    assert {f.rule_id for f in fired} <= set(all_rules())
    for place, row in enumerate(rows):
        together = (
            numbers.personal.columns["personal_number"][place].as_py(),
            numbers.old.columns["old_id_number"][place].as_py(),
            {f.rule_id for f in fired if place in f.rows},
        )
        assert together == read(*row)


def test_the_number_of_the_head_is_digits_or_nothing() -> None:
    cells = pa.array([NEW, "172 345 678", "chưa có", None, "38160012345", "x1"])
    assert clean_number(cells).to_pylist() == [NEW, OLD, None, None, None, None]


def _read_case(case: dict[str, str]) -> dict[str, str]:
    def one(text: str) -> pa.Array:
        return pa.array([text or None], pa.string())

    year = pa.array([int(case["birth_year"]) if case["birth_year"] else None], pa.int16())
    both = standardise_numbers(one(case["personal"]), one(case["old"]), year, one(case["sex"]))
    found = sorted(f.rule_id for f in (*both.personal.findings, *both.old.findings))
    return {
        "personal_number": both.personal.columns["personal_number"][0].as_py() or "",
        "old_id_number": both.old.columns["old_id_number"][0].as_py() or "",
        "rules": " ".join(found),
    }


def test_numbers_as_clerks_write_them() -> None:
    assert differences([(case, _read_case(case)) for case in cases("numbers")]) == []
