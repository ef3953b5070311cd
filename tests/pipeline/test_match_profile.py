"""profile.json as a page and on a terminal."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.artefacts import read_json
from pipeline.match_profile import profile_of, say, tables, weight_bins
from pipeline.matching_step import MatchRequest, match_file
from pipeline.settings import Settings
from schemas.messages import LANGUAGES, Language
from tests.dedup.ledgers import province
from tests.dedup.tables import YAML, people
from tests.quality import made_profile

TABLE, _ = province(5, 800)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("profile")
    pq.write_table(TABLE, here / "records.parquet")
    match_file(MatchRequest(here / "records.parquet", here / "out"), Settings(here / "home"))
    return here / "out"


def test_the_profile_is_what_profile_json_says(folder: Path) -> None:
    made = profile_of(read_json(folder / "profile.json"))
    assert made.records == TABLE.num_rows
    assert sum(r.first for r in made.rules) == made.pairs
    assert all(r.parts for r in made.rules)
    assert sum(size * n for size, n in made.sizes.items()) == TABLE.num_rows
    pairs = pq.read_table(folder / "pairs.parquet")
    assert sum(w.pairs for w in made.weights) == pairs.num_rows
    assert {w.outcome for w in made.weights} == {"match", "review"}
    page = (folder / "profile.html").read_text("utf-8")
    assert "họ tên, ngày sinh" in page
    names = [n for n in TABLE["full_name"].to_pylist() if n and len(n) > 8]
    assert not [n for n in names if n in page]
    assert (folder / "profile.html").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_table_is_said(folder: Path, language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    say(folder, language)
    out = capsys.readouterr().out
    assert str(folder / "profile.html") in out
    assert len(out.splitlines()) < 40
    made = profile_of(read_json(folder / "profile.json"))
    (_, rules), *_ = tables(made, language)
    assert len(rules) == 9


def test_rules_of_a_declared_table_go_by_their_own_names(tmp_path: Path) -> None:
    pq.write_table(people(300)[0], tmp_path / "people.parquet")
    (tmp_path / "people.yml").write_text(YAML + "training: {random_pairs: 50000}\n", "utf-8")
    request = MatchRequest(tmp_path / "people.parquet", tmp_path / "out")
    match_file(replace(request, comparisons=tmp_path / "people.yml"), Settings(tmp_path / "home"))
    made = profile_of(read_json(tmp_path / "out" / "profile.json"))
    assert len(made.rules) == 3
    assert not any(r.parts for r in made.rules)
    assert made.weights
    assert (tmp_path / "out" / "profile.html").exists()


def test_pairs_are_counted_by_whole_weight() -> None:
    table = pa.table({"match_weight": [-0.5, -1.0, 6.9, 6.1], "outcome": ["review", "review", "match", "review"]})
    assert weight_bins([table, table.slice(0, 1)]) == [
        {"weight": -1, "outcome": "review", "pairs": 3}, {"weight": 6, "outcome": "match", "pairs": 1},
        {"weight": 6, "outcome": "review", "pairs": 1},
    ]  # fmt: skip
    assert weight_bins([table.slice(0, 0)]) == []


def test_an_empty_profile_has_no_tables() -> None:
    assert [rows for _, rows in tables(made_profile.nothing(), "vi") if rows] == []
