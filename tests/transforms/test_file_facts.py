import pyarrow as pa
import pytest

from schemas.contract import empty
from schemas.tables import PROFILE
from transforms.file_facts import FileFacts, file_facts

FILE, OTHER = "a" * 32, "b" * 32


def profile(*rows: tuple[str, str, str, str | None, int | None]) -> pa.Table:
    columns = [pa.array(c) for c in zip(*rows, strict=True)]
    return pa.table(columns, names=PROFILE.column_names).cast(PROFILE.schema)


def test_the_facts_of_one_file() -> None:
    found = file_facts(
        profile(
            (FILE, "*", "rows", None, 9),
            (FILE, "religion_raw", "filled", None, 0),
            (FILE, "sex_raw", "filled", None, 9),
            (FILE, "sex_raw", "ditto", None, 3),
            (FILE, "sex_raw", "in_words", None, 9),
            (FILE, "birth_date_raw", "date_order", "mdy", 9),
            (FILE, "birth_date_raw", "default_day", "0.300", 40),
            (FILE, "household_id_raw", "fill_down", None, 5),
            (FILE, "sex_raw", "carry:r1", "Nam", None),
            (FILE, "personal_number_raw", "number_owned:0", "c" * 32, None),
            (OTHER, "relation_raw", "filled", None, 0),
            (OTHER, "death_date_raw", "date_order", "unclear", 2),
        ),
        FILE,
    )
    assert found.absent == {"religion_raw"}
    assert found.ditto_columns == {"sex_raw"}
    assert found.owned_numbers == {"c" * 32}
    assert (found.has_default_day, found.fill_down, found.has_sex_in_words) == (True, True, True)
    assert (found.order("birth_date_raw"), found.order("death_date_raw")) == ("mdy", "dmy")
    assert (found.above("sex_raw", "r1"), found.above("sex_raw", "r2")) == ("Nam", None)


@pytest.mark.parametrize("facts", [FileFacts(), file_facts(empty(PROFILE), FILE)])
def test_of_a_file_without_profile_nothing_is_assumed(facts: FileFacts) -> None:
    assert not facts.absent
    assert not facts.ditto_columns
    assert not any((facts.has_default_day, facts.fill_down, facts.has_sex_in_words))
    assert facts.order("birth_date_raw") == "dmy"
    assert facts.above("sex_raw", "r1") is None


def test_the_numbers_of_two_people_are_not_looked_at_for_each_part(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def note(found: list[tuple[str, str, str, int]]) -> dict[str, dict[str, str]]:
        seen.extend(measure for _, measure, _, _ in found)
        return {}

    monkeypatch.setattr("transforms.file_facts._orders_of_sheets", note)
    numbers = [(FILE, "personal_number_raw", f"number_conflict:{n}", "c" * 32, None) for n in range(3)]
    card = (FILE, "old_id_number_raw", "number_everywhere:0", "d" * 32, None)
    file_facts(profile((FILE, "*", "rows", None, 9), *numbers, card), FILE)
    assert seen == ["rows"]
