import re

import pytest

from pipeline import evaluation_table
from schemas.messages import LANGUAGES, Language
from tests.quality import made_evaluation


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_with_intervals(language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    made = made_evaluation.both()
    evaluation_table.say(made, language)
    out = capsys.readouterr().out
    assert len(evaluation_table.tables(made, language)) == 8
    assert "Kinh" in out
    assert "B³" in out
    assert len(re.findall(r"\[[\d.,]+–[\d.,]+\]", out)) > 40
    assert out.count("*") >= sum(g.is_small for g in made.groups)


def test_the_rows_of_a_table_have_its_columns() -> None:
    for made in (made_evaluation.both(), made_evaluation.clusters_only(), made_evaluation.pairs_only()):
        for _, rows in evaluation_table.tables(made, "en"):
            assert len({tuple(row) for row in rows}) == 1


def test_what_is_not_known_is_not_said() -> None:
    assert [key for key, _ in evaluation_table.tables(made_evaluation.clusters_only(), "vi")] == [
        "evaluation.clusters.heading"
    ]
    said = evaluation_table.lead(made_evaluation.pairs_only(), "en")
    assert said[0].startswith("120 records of 60 persons")
    assert len(said) == 2
