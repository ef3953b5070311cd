import pytest

from pipeline import thresholds_table
from quality.thresholds_page import COLUMNS
from schemas.messages import LANGUAGES, Language
from tests.quality import made_thresholds


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_measure_has_a_row_and_each_choice_a_column(
    language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    made = made_thresholds.made()
    thresholds_table.say(made, language)
    out = capsys.readouterr().out
    table = thresholds_table.table(made, language)
    assert len(table) == len(COLUMNS)
    assert {len(row) for row in table} == {4}
    assert all(cell in out for row in table for cell in row.values())
