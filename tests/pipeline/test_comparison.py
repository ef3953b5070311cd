"""Who changes side between two runs, against counting row by row; and the page that says so."""

import json
import random
from collections import Counter
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import comparison, single_steps
from pipeline.settings import Settings
from quality.comparison_page import render_comparison, shown
from schemas.comparison import ABSENT, ACCEPTED
from schemas.errors import UsageError
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger

SEXES, RULES = ("1", "2", None), ("rule.a", "rule.b")


def run_folder(path: Path, sides: dict[str, str], people: dict[str, tuple[str | None, int | None]],
               clusters: dict[str, str] | None) -> Path:  # fmt: skip
    """A folder as `check` and `match` write one, with no more columns than are compared."""
    path.mkdir()
    kept = [r for r, side in sides.items() if side == ACCEPTED]
    pq.write_table(
        pa.table({
            "record_id": pa.array(kept, pa.string()),
            "sex_code": pa.array([people[r][0] for r in kept], pa.string()),
            "birth_year": pa.array([people[r][1] for r in kept], pa.int16()),
            "ethnic_group_code": pa.array(["01"] * len(kept), pa.string()),
            "ethnic_group_list": pa.array(["ethnic_groups_121_1979"] * len(kept), pa.string()),
            "province_code": pa.array(["01"] * len(kept), pa.string()),
        }),
        path / "records.parquet",
    )  # fmt: skip
    out = [(r, side) for r, side in sides.items() if side not in (ACCEPTED, ABSENT)]
    pq.write_table(
        pa.table({"record_id": pa.array([r for r, _ in out], pa.string()),
                  "rule_id": pa.array([rule for _, rule in out], pa.string())}),
        path / "quarantine.parquet",
    )  # fmt: skip
    if clusters is not None:
        pq.write_table(
            pa.table({"record_id": list(clusters), "person_id": list(clusters.values())}), path / "clusters.parquet"
        )
    return path


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 40), st.integers(0, 2**30))
def test_it_counts_what_counting_row_by_row_counts(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("compared")
    dice = random.Random(seed)  # noqa: S311 - a sample
    rows = [f"{n:032x}" for n in range(count)]
    people = {r: (dice.choice(SEXES), dice.choice((1955, 1961, None))) for r in rows}
    sides = [{r: dice.choice((ACCEPTED, ACCEPTED, *RULES)) for r in rows} for _ in range(2)]
    clusters = [{r: str(dice.randrange(5)) for r in rows} for _ in range(2)]
    paths = [run_folder(folder / str(n), sides[n], people, clusters[n]) for n in range(2)]
    made = comparison.compare(paths[0], paths[1], None, Settings(folder))

    moves = Counter((sides[0][r], sides[1][r]) for r in rows if sides[0][r] != sides[1][r])
    assert {(m.before, m.after): m.rows for m in made.moves} == moves
    assert (made.rows, made.same) == (count, count - sum(moves.values()))
    together = [{frozenset(p) for p in combinations(rows, 2) if c[p[0]] == c[p[1]]} for c in clusters]
    assert made.matching is not None
    assert (made.matching.both, made.matching.only_before, made.matching.only_after) == (
        len(together[0] & together[1]), len(together[0] - together[1]), len(together[1] - together[0]),
    )  # fmt: skip
    moved = {r for r in rows if {p for p in together[0] if r in p} != {p for p in together[1] if r in p}}
    assert made.matching.changed == len(moved)
    for dimension in ("sex", "birth_decade", "ethnic_group", "province"):
        groups = [g for g in made.groups if g.dimension == dimension]
        assert sum(g.rows for g in groups) == count
        assert sum(g.matched_otherwise or 0 for g in groups) == len(moved)
        assert sum(g.kept_out for g in groups) == sum(n for (was, _), n in moves.items() if was == ACCEPTED)
        assert all(g.rows >= 10 for g in groups) or len(groups) == 1, "no small group can be read or worked out"


def test_values_that_change_are_counted_by_field(tmp_path: Path) -> None:
    rows = {f"{n:032x}": ACCEPTED for n in range(3)}
    ids = list(rows)
    was = {ids[0]: ("1", 1950), ids[1]: (None, 1950), ids[2]: ("2", 1950)}
    now = {ids[0]: ("2", 1950), ids[1]: ("1", 1950), ids[2]: (None, 1950)}
    paths = [run_folder(tmp_path / n, rows, p, None) for n, p in (("a", was), ("b", now))]
    found = {f.field: f for f in comparison.compare(paths[0], paths[1], None, Settings(tmp_path)).fields}
    assert (found["sex"].rows, found["sex"].filled, found["sex"].emptied) == (3, 1, 1)
    assert found["birth_date"].rows == 0


def test_a_run_compared_with_itself_changes_nothing(tmp_path: Path) -> None:
    home = Settings(tmp_path / "home")
    single_steps.read(ledger(tmp_path / "so.csv", [*FAMILY, NO_SUCH_DAY]), tmp_path / "read", home)
    single_steps.standardise_folder(tmp_path / "read", tmp_path / "std", "01", home)
    single_steps.check_folder(tmp_path / "std", tmp_path / "checked", home)
    made = comparison.compare(tmp_path / "checked", tmp_path / "checked", None, home)
    assert (made.rows, made.same, made.moves, made.matching) == (6, 6, (), None)
    assert not [f for f in made.fields if f.rows]
    written = comparison.write(made, tmp_path / "out")
    assert json.loads(written["comparison.json"].read_text("utf-8"))["rows"] == 6
    assert "Nguyễn" not in written["comparison.html"].read_text("utf-8")


def test_nothing_in_common_is_said(tmp_path: Path) -> None:
    one = run_folder(tmp_path / "a", {"0" * 32: ACCEPTED}, {"0" * 32: ("1", 1950)}, None)
    other = run_folder(tmp_path / "b", {"1" * 32: ACCEPTED}, {"1" * 32: ("1", 1950)}, None)
    (tmp_path / "c").mkdir()
    with pytest.raises(UsageError, match=r"comparison\.other_rows"):
        comparison.compare(one, other, None, Settings(tmp_path))
    with pytest.raises(UsageError, match=r"comparison\.nothing"):
        comparison.compare(one, tmp_path / "c", None, Settings(tmp_path))


def test_the_page_names_rules_fields_and_groups_in_words(tmp_path: Path) -> None:
    rows = [f"{n:032x}" for n in range(40)]
    people: dict[str, tuple[str | None, int | None]] = {r: ("1" if n % 2 else "2", 1950) for n, r in enumerate(rows)}
    sides = [dict.fromkeys(rows, ACCEPTED), {r: "sex.missing" if n < 12 else ACCEPTED for n, r in enumerate(rows)}]
    clusters = [{r: r for r in rows}, {r: rows[0] if n < 3 else r for n, r in enumerate(rows)}]
    paths = [run_folder(tmp_path / str(n), sides[n], people, clusters[n]) for n in range(2)]
    made = comparison.compare(paths[0], paths[1], None, Settings(tmp_path))
    vi, en = shown(made, "vi"), shown(made, "en")
    assert "12" in vi.sentence
    assert vi.moves[0].label == "được nhận"
    assert "sex.missing" not in vi.moves[0].cells[0], "a rule is said in words"
    assert [title for title, _ in en.groups] == ["By sex", "By ethnic group", "By decade of birth", "By province"]
    page = render_comparison(made)
    assert "Hà Nội" in page
    assert "<script" not in page
