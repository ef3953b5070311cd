"""The committed batch is what the generator makes now, and hangs together."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from data_samples.three_provinces.make import FILES, make

HERE = Path(__file__).parents[3] / "data_samples" / "three_provinces"
PRODUCTS = [f"input/{name}" for name, _ in FILES.values()] + ["expected/truth.csv", "expected/row_outcomes.csv"]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("three_provinces")
    make(folder)
    return folder


@pytest.mark.parametrize("name", PRODUCTS)
def test_committed_bytes_are_made_bytes(made, name):
    assert (HERE / name).read_bytes() == (made / name).read_bytes()


def table(name: str) -> list[dict[str, str]]:
    with (HERE / "expected" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_about_six_hundred_rows_of_three_provinces():
    rows = Counter(r["file"] for r in table("truth.csv"))
    assert set(rows) == {"ha_noi.csv", "nghe_an.xlsx", "can_tho_tcvn3.csv"}
    assert 560 < rows.total() < 640
    assert min(rows.values()) > 170


def test_each_row_has_one_outcome_in_the_place_of_its_truth():
    places = [[(r["file"], r["sheet"], r["line"]) for r in table(n)] for n in ("truth.csv", "row_outcomes.csv")]
    assert places[0] == places[1]
    assert len(set(places[0])) == len(places[0])


def test_outcomes_follow_from_the_truth():
    first: set[str] = set()
    for truth, outcome in zip(table("truth.csv"), table("row_outcomes.csv"), strict=True):
        if truth["expected_outcome"] == "quarantined":
            assert (outcome["outcome"], outcome["rule_id"]) == ("quarantined", truth["expected_rule"])
            assert outcome["person_id"] == ""
            continue
        assert outcome["outcome"] == ("merged" if truth["person_id"] in first else "loaded")
        assert outcome["rule_id"] == ""
        assert ("loaded" in outcome["also_allowed"]) == (truth["difficult"] != "" and outcome["outcome"] == "merged")
        first.add(truth["person_id"])


def test_the_variety_is_worth_committing():
    rows = table("truth.csv")
    assert len({r["expected_rule"] for r in rows if r["expected_outcome"] == "quarantined"}) >= 15
    assert len({r["expected_rule"] for r in rows if r["expected_outcome"] == "accepted"}) >= 10
    assert {r["kind"] for r in rows} == {"own", "moved", "parents", "typed_twice"}


def test_a_woman_stands_in_her_parents_book_in_nghe_an_and_her_husbands_in_ha_noi():
    parents = {r["person_id"] for r in table("truth.csv") if (r["file"], r["kind"]) == ("nghe_an.xlsx", "parents")}
    husbands = {r["person_id"] for r in table("truth.csv") if (r["file"], r["kind"]) == ("ha_noi.csv", "own")}
    assert parents & husbands
