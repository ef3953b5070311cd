"""A file of comparisons: what it says, and what is said where it is wrong."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.declared_form import DATE_PARTS, KINDS, TESTS, Column, KeyPart, Level, Thresholds, Training
from dedup.declared_yaml import load_declaration, parse_declaration
from schemas import messages
from schemas.errors import UsageError
from tests.dedup.tables import YAML

SHORT = "comparisons: [{column: a, levels: [exact]}]\nblocking: [[a]]\n"
ROOT = Path(__file__).parents[2]
FEBRL = ROOT / "benchmarks" / "data" / "comparisons"


def test_what_is_declared() -> None:
    found = parse_declaration(YAML)
    assert found.id == "nr"
    assert found.column("born") == Column("born", ("birth",), "date", "DD/MM/YYYY")
    assert found.column("town") == Column("town", ("town",))
    names = found.comparisons[0]
    assert (names.name, names.columns, names.frequency) == ("names", ("first", "last"), False)
    assert names.levels[:4] == (
        Level("exact"), Level("swapped", 1.0), Level("jaro_winkler", 0.9), Level("exact", 0.0, ("last",)),
    )  # fmt: skip
    assert found.comparisons[2].frequency
    assert found.blocking[0].parts == (KeyPart(("last",), first=3), KeyPart(("born",), part="year"))
    assert (found.blocking[1].most, found.blocking[1].then) == (50, (KeyPart(("town",)),))
    assert found.blocking[1].name == "first and last"


def test_everything_else_has_a_default() -> None:
    found = parse_declaration(SHORT)
    assert (found.id, found.source, found.across, found.unique) == ("record_id", "", False, ())
    assert found.thresholds == Thresholds(0.95, 0.5)
    more = parse_declaration(
        SHORT + "source: s\npairs: across\none_per_source: true\nunique: a\nthresholds: {match: 0.9}\n"
        "training: {seed: 7}\nlabels: person\n"
    )
    assert (more.source, more.across, more.one_per_source, more.unique, more.labels) == (
        "s",
        True,
        True,
        ("a",),
        "person",
    )
    assert (more.thresholds.match, more.training.seed, more.training.rounds) == (0.9, 7, 100)


@pytest.mark.parametrize("path", sorted(FEBRL.glob("*.yml")), ids=lambda p: p.name)
def test_the_files_of_the_benchmarks_are_right(path: Path) -> None:
    assert load_declaration(path).comparisons


def test_the_document_shows_a_file_that_is_right_and_names_every_test_and_entry() -> None:
    text = (ROOT / "docs" / "comparisons.md").read_text("utf-8")
    shown = parse_declaration(text.split("```yaml\n")[1].split("```")[0])
    assert (shown.id, shown.unique, len(shown.comparisons), len(shown.blocking)) == ("nr", ("passport",), 3, 2)
    named = {test for tests in TESTS.values() for test in tests} | set(DATE_PARTS) | set(KINDS) | set(vars(Training()))
    assert not [n for n in sorted(named) if f"`{n}" not in text]


@pytest.mark.parametrize(
    ("text", "code", "line", "place", "allowed"),
    [
        ("", "no_yaml", 1, None, None),
        ("a: [", "no_yaml", 1, None, None),
        ("- a", "wrong_value", 1, "the file", "comparisons"),
        ("comparisons: [{column: a, levels: [exact]}]", "missing_key", 1, "the file", None),
        (SHORT + "blocks: 1", "unknown_key", 3, "the file", "blocking"),
        (SHORT + "id: x\nid: y", "doubled_key", 4, "the file", None),
        (SHORT + "columns: {a: {kind: word}}", "wrong_value", 3, "columns.a.kind", "text | number | date | set"),
        (SHORT + "columns: {a: {kind: date, format: YY}}", "wrong_value", 3, "columns.a.format", "YYYY"),
        (SHORT + "columns: {a: {format: YYYY}}", "wrong_value", 3, "columns.a.format", "of a date only"),
        (SHORT + "columns: {a: {from: [b, c], kind: number}}", "wrong_value", 3, "columns.a.from", "one column"),
        (SHORT + "one_per_source: true", "missing_key", 3, "one_per_source", None),
        (SHORT + "pairs: some", "wrong_value", 3, "pairs", "all | across"),
        (SHORT + "thresholds: {match: 95}", "wrong_value", 3, "thresholds.match", "at most 1"),
        (SHORT + "thresholds: {match: 0.4}", "wrong_value", 3, "thresholds", "review"),
        (SHORT + "training: {rounds: 1.5}", "wrong_value", 3, "training.rounds", "whole number"),
        ("blocking: [[a]]\ncomparisons:\n- {column: a, levels: [like]}", "wrong_value", 3,
         "comparisons[1].levels[1]", "exact | folded"),
        ("blocking: [[a]]\ncomparisons:\n- {column: a, levels: [{jaro_winkler: 9}]}", "wrong_value", 3,
         "comparisons[1].levels[1].jaro_winkler", "at most 1"),
        ("blocking: [[a]]\ncomparisons:\n- {column: a, levels: [{days: 9}]}", "unknown_key", 3,
         "comparisons[1].levels[1]", "jaro_winkler"),
        ("blocking: [[a]]\ncomparisons:\n- {column: a, levels: []}", "wrong_value", 3,
         "comparisons[1].levels", "a list"),
        ("blocking: [[a]]\ncomparisons:\n- {column: a, levels: [exact], must: 2}", "wrong_value", 3,
         "comparisons[1].must", "1 to 1"),
        ("blocking: [[a]]\ncomparisons:\n- {levels: [exact]}", "missing_key", 3, "comparisons[1]", None),
        ("blocking: [[a]]\ncomparisons:\n- {columns: [a, b], levels: [exact], frequency: true}", "wrong_value", 3,
         "comparisons[1].frequency", "one column"),
        ("blocking: [[a]]\ncomparisons:\n- {columns: [a, a], levels: [exact]}", "wrong_value", 3,
         "comparisons[1].columns", "each entry once"),
        ("blocking: [[a]]\ncomparisons:\n- {column: a, levels: [exact]}\n- {column: a, levels: [folded]}",
         "doubled_key", 3, "comparisons", None),
        ("comparisons: [{column: a, levels: [exact]}]\nblocking: [[{column: a, part: year}]]", "wrong_value", 2,
         "blocking[1][1]", "of a date only"),
        ("comparisons: [{column: a, levels: [exact]}]\nblocking: [{columns: [a], most: 20000}]", "wrong_value", 2,
         "blocking[1].most", "1 to 10000"),
        ("comparisons: [{column: a, levels: [exact]}]\nblocking:\n" + "- [a]\n" * 101, "wrong_value", 3, "blocking",
         "1 to 100"),
        ("comparisons: [{column: a, levels: [exact]}]\nblocking: [[{first: 2}]]", "missing_key", 2, "blocking[1][1]",
         None),
        ("columns: {a: {kind: set}}\ncomparisons: [{column: a, levels: [exact]}]\nblocking: [[a]]", "wrong_value", 3,
         "blocking[1][1]", "no set"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_what_is_allowed(
    text: str, code: str, line: int, place: str | None, allowed: str | None
) -> None:
    with pytest.raises(UsageError) as refused:
        parse_declaration(text)
    details = refused.value.details
    assert (refused.value.code, details.get("line")) == (f"comparisons.{code}", line)
    assert place is None or details["place"] == place
    assert allowed is None or allowed in str(details["allowed"])
    for language in messages.LANGUAGES:
        assert messages.explain(refused.value.code, language)


@pytest.mark.parametrize(
    "text", ["[" * 5000, "a: !!python/object:os.system {}", "&a [*a]", "a: \x00", "%YAML 9\n---\n"]
)
def test_bad_yaml_is_refused_and_never_run(text: str) -> None:
    with pytest.raises(UsageError):
        parse_declaration(text)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(YAML) - 1), st.integers(0, 40), st.text("ab:-[]{}*&!%, \n'\"#|", max_size=6))
def test_a_damaged_file_is_understood_or_refused(start: int, length: int, put: str) -> None:
    with contextlib.suppress(UsageError):
        parse_declaration(YAML[:start] + put + YAML[start + length :])


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.yml", tmp_path / "x.yml", tmp_path):
        with pytest.raises(UsageError, match="unreadable"):
            load_declaration(path)
