from dataclasses import replace

import pytest

from quality.evaluation_words import estimate, f1_of, group_label, points, share_of
from schemas.evaluation import Estimate, PairScores, Rate
from schemas.messages import LANGUAGES
from tests.quality import made_evaluation

SPACE = "\N{NO-BREAK SPACE}"
NOTHING = Rate(0, 0, 1.0, 0.0, 1.0)


def test_a_share_stands_with_its_interval_and_nothing_is_no_share() -> None:
    assert share_of(Rate(81, 263, 81 / 263, 0.25530, 0.36621), "vi") == (f"30,80{SPACE}%", "25,53–36,63")
    assert share_of(NOTHING, "en") == ("–", "")
    assert estimate(Estimate(2 / 3, 0.0, 1.0), "en") == (f"66.67{SPACE}%", "0–100")
    assert f1_of(PairScores(NOTHING, NOTHING, Estimate(1.0, 0.0, 1.0)), "vi") == ("–", "")


@pytest.mark.parametrize(
    ("dimension", "code", "code_list", "vi", "en"),
    [
        ("sex", "2", None, "Nữ", "Female"), ("sex", None, None, "không rõ", "not known"),
        ("ethnic_group", "01", "ethnic_groups_1019_2008", "Kinh", "Kinh"),
        ("ethnic_group", "99", "ethnic_groups_1019_2008", "99", "99"), ("ethnic_group", "01", "no_list", "01", "01"),
        ("birth_decade", "1950", None, "1950–1959", "1950–1959"),
        ("province", "92", None, "Thành phố Cần Thơ", "Thành phố Cần Thơ"),
    ],
)  # fmt: skip
def test_groups_have_the_names_of_their_lists(
    dimension: str, code: str | None, code_list: str | None, vi: str, en: str
) -> None:
    group = replace(made_evaluation.both().whole, dimension=dimension, code=code, code_list=code_list)
    assert (group_label(group, "vi"), group_label(group, "en")) == (vi, en)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_best_threshold_is_said_to_be_chosen_with_the_truth(language: str) -> None:
    pairs = made_evaluation.both().pairs
    assert pairs is not None
    named = dict(points(pairs, "vi" if language == "vi" else "en"))
    (best,) = [name for name, point in named.items() if point is pairs.best]
    assert ("sự thật" if language == "vi" else "truth") in best
