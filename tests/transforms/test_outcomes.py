import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contract import conform
from schemas.judged import Judged
from schemas.rules import all_rules, quarantining, rule
from schemas.tables import CHECK_RESULTS, QUARANTINE
from tests.transforms.ledgers import source
from transforms.column import Finding
from transforms.outcomes import check_results, collect, judged_rows, overruled, quarantined, read_findings_of

TABLE = source([{"sex_raw": f"x{i}", "relation_raw": f"r{i}"} for i in range(6)])
IDS = TABLE["record_id"].to_pylist()
ROW_RULES = [r.id for r in all_rules().values() if r.outcome != "file"]


def finding(rule_id: str, *rows: int, field: str | None = None) -> Finding:
    return Finding(rule_id, rule(rule_id).field if field is None else field, np.array(rows, np.int64))


def test_the_first_rule_in_order_names_the_row_and_shows_what_was_read() -> None:
    found = collect([
        finding("relation.unknown_code", 1, 4), finding("sex.unknown_code", 4, 0), finding("birth_date.year_only", 2),
        finding("row.too_few_cells", 5),
    ])  # fmt: skip
    rows, table = quarantined(TABLE, found)
    assert rows.tolist() == [0, 1, 4, 5]
    assert table["rule_id"].to_pylist() == [
        "sex.unknown_code", "relation.unknown_code", "sex.unknown_code", "row.too_few_cells",
    ]  # fmt: skip
    assert table["raw_value"].to_pylist() == ["x0", "r1", "x4", None]
    assert table["line"].to_pylist() == [2, 3, 6, 7]
    conform(table, QUARANTINE)


def test_a_finding_is_told_once_with_the_severity_of_its_rule() -> None:
    found = collect([finding("sex.unknown_code", 0, 2), finding("sex.unknown_code", 2), finding("birth_date.lunar", 2)])
    table = conform(check_results(TABLE, found), CHECK_RESULTS)
    assert [tuple(r.values()) for r in table.to_pylist()] == [
        (IDS[0], "sex.unknown_code", "sex", "block"),
        (IDS[2], "birth_date.lunar", "birth_date", "review"),
        (IDS[2], "sex.unknown_code", "sex", "block"),
    ]


def test_the_readers_findings_are_those_on_rows_of_the_chunk() -> None:
    rows = [("row.bad_characters", IDS[3]), ("row.bad_characters", "e" * 32), ("row.bad_characters", IDS[1])]
    table = pa.table(
        [[r for _, r in rows], [i for i, _ in rows], [""] * 3, ["block"] * 3], names=CHECK_RESULTS.column_names
    ).cast(CHECK_RESULTS.schema)
    assert [(f.rule_id, f.field, f.rows.tolist()) for f in read_findings_of(TABLE, table)] == [
        ("row.bad_characters", "", [1, 3])
    ]
    assert read_findings_of(TABLE, table.slice(1, 1)) == []


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(KeyError):
        collect([Finding("no.such_rule", "", np.array([0]))])


@given(st.lists(st.tuples(st.sampled_from(ROW_RULES), st.sets(st.integers(0, 5))), max_size=12))
def test_a_row_is_kept_out_exactly_if_a_blocking_rule_fired_on_it(fired: list[tuple[str, set[int]]]) -> None:
    found = collect([finding(rule_id, *sorted(rows)) for rule_id, rows in fired])
    rows, table = quarantined(TABLE, found)
    blocked = {row: [r for r, hit in fired if row in hit and r in quarantining()] for row in range(6)}
    assert rows.tolist() == [row for row, why in blocked.items() if why]
    assert table["rule_id"].to_pylist() == [
        min(blocked[row], key=lambda r: rule(r).order) for row in rows.tolist()
    ]  # fmt: skip
    told = conform(check_results(TABLE, found), CHECK_RESULTS)
    assert told.num_rows == len({(r, row) for r, hit in fired for row in hit})


def test_a_decision_is_about_what_a_row_says_and_the_rules_that_were_overruled() -> None:
    found = collect([finding("sex.unknown_code", 0, 1), finding("relation.unknown_code", 1), finding("row.hidden", 0)])
    _, waiting = quarantined(TABLE, found)
    judged = Judged(dict.fromkeys(waiting["content_id"].to_pylist(), frozenset({"sex.unknown_code"})))
    after = overruled(TABLE, found, judged)
    assert quarantined(TABLE, after)[0].tolist() == [1]
    told = [(r["record_id"], r["rule_id"], r["severity"]) for r in check_results(TABLE, after).to_pylist()]
    assert (IDS[0], "sex.unknown_code", "notice") in told
    assert (IDS[1], "relation.unknown_code", "block") in told
    (nobody,) = judged_rows(TABLE, Judged(rejected=frozenset(waiting["content_id"].to_pylist()[:1])))
    assert (nobody.rule_id, nobody.rows.tolist()) == ("row.rejected", [0])
