"""Each invariant holds after loads and catches what was planted against it."""

from pathlib import Path

import pytest

from store import invariants, load, queries
from store.engine import Store
from store.issuing import IssuingAuthority
from tests.store import made_batches as made
from tests.store.contents import run

pytestmark = pytest.mark.store

SOME = "(SELECT {0} FROM {1} ORDER BY {0} LIMIT 1)"
NEW = "gen_random_uuid()"
A_PERSON, A_RECORD = SOME.format("person_id", "golden_persons"), SOME.format("record_id", "records")
LATER_PERSON = "(SELECT person_id FROM golden_persons ORDER BY person_id DESC LIMIT 1)"
PAIR = "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'review', 0"
GUARDED = (
    "batch_files",
    "batches",
    "row_outcomes",
    "issued_numbers",
    "judgements",
    "batch_events",
    "audit_events",
    "audit_heads",
)

PLANTED = {
    "audit_events.gap": "DELETE FROM audit_events WHERE sequence = 1",
    "audit_events.unchained": "UPDATE audit_events SET actor = 'x' WHERE sequence = 1",
    "audit_heads.of_another_chain": """
        INSERT INTO audit_heads (sequence, hash, content, signature) VALUES (2, 'x', 'x', 'x')""",
    "row_outcomes.file_sums": "UPDATE batch_files SET loaded = loaded - 1, merged = merged + 1 WHERE read > 20",
    "batch_files.delivery_unknown": f"""
        INSERT INTO batch_files SELECT batch_id, {NEW}, 'x', 'csv', NULL, 'already_known', 'gone', 1, 0, 0, 1, 0, 0
        FROM batches LIMIT 1""",
    "row_outcomes.of_no_file": f"UPDATE row_outcomes SET file_id = {NEW} WHERE record_id = {A_RECORD}",
    "row_outcomes.doubled": "INSERT INTO row_outcomes SELECT * FROM row_outcomes WHERE outcome = 'loaded' LIMIT 1",
    "file_columns.of_no_file": f"INSERT INTO file_columns VALUES ({NEW}, NULL, 0, 'A', 'x', 'sex_raw')",
    "cells.of_no_row": f"""
        INSERT INTO cells VALUES ({NEW}, {NEW}, 1, 2, 'sex_raw', 'cell', '0,0 1,0 1,1 0,1', 'Nam', 1, true, false,
            NULL, '[]')""",
    "batches.sums": "UPDATE batches SET loaded = loaded - 1, merged = merged + 1",
    "records.without_outcome": f"DELETE FROM row_outcomes WHERE record_id = {A_RECORD}",
    "row_outcomes.without_record": f"DELETE FROM records WHERE record_id = {A_RECORD}",
    "row_outcomes.without_quarantine": "DELETE FROM quarantine WHERE line = (SELECT min(line) FROM quarantine)",
    "corrections.of_no_row": f"INSERT INTO corrections VALUES ({A_RECORD}, {NEW}, {NEW})",
    "replaced_records.of_another_person": f"INSERT INTO replaced_records VALUES ({A_RECORD}, {NEW}, {NEW})",
    "golden_persons.main_record_replaced": """
        INSERT INTO replaced_records SELECT main_record_id, main_record_id, main_record_id
        FROM golden_persons ORDER BY 1 LIMIT 1""",
    "quarantine.also_loaded": f"""
        INSERT INTO quarantine SELECT record_id, file_id, 'f', NULL, NULL, line, content_id, 'r', 'sex', NULL
        FROM records WHERE record_id = {A_RECORD}""",
    "records.without_person": f"DELETE FROM memberships WHERE record_id = {A_RECORD}",
    "memberships.without_record": f"INSERT INTO memberships VALUES ({NEW}, {A_PERSON}, '01')",
    "membership_history.periods_overlap": f"""
        INSERT INTO membership_history (record_id, person_id, province_code, recorded_from, recorded_to, cause)
        SELECT {A_RECORD}, {A_PERSON}, '01', now() - d, now() + d, 'joined'
        FROM (VALUES (interval '1 h'), (interval '2 h')) v (d)""",
    "membership_history.of_no_row": f"""
        INSERT INTO membership_history (record_id, person_id, province_code, recorded_from, recorded_to, cause)
        VALUES ({NEW}, {A_PERSON}, '01', now(), now(), 'joined')""",
    "membership_history.of_no_person": f"""
        INSERT INTO membership_history (record_id, person_id, province_code, recorded_from, recorded_to, cause)
        VALUES ({A_RECORD}, {NEW}, '01', now(), now(), 'joined')""",
    "memberships.other_partition": f"UPDATE memberships SET province_code = '99' WHERE record_id = {A_RECORD}",
    "records.in_two_partitions": f"""
        INSERT INTO records SELECT (jsonb_populate_record(r, '{{"province_code": "99"}}')).* FROM records r
        WHERE record_id = {A_RECORD}""",
    "golden_persons.record_count": f"UPDATE golden_persons SET record_count = 9 WHERE person_id = {A_PERSON}",
    "golden_persons.main_record_of_another": "UPDATE golden_persons SET main_record_id = person_id",
    "value_sources.of_another": f"UPDATE value_sources SET record_id = {NEW}",
    "row_outcomes.person_gone": f"UPDATE row_outcomes SET person_id = {NEW} WHERE record_id = {A_RECORD}",
    "person_redirects.lead_nowhere": f"UPDATE person_redirects SET person_id = {NEW}",
    "person_redirects.still_live": f"""
        INSERT INTO person_redirects VALUES ({A_PERSON}, {LATER_PERSON}, {NEW}, now())""",
    "household_members.not_of_records": f"""
        UPDATE household_members SET household_key = {NEW} WHERE person_id = {A_PERSON}""",
    "household_members.of_no_person": f"UPDATE household_members SET record_id = {NEW} WHERE person_id = {A_PERSON}",
    "household_members.in_two_households": f"""
        INSERT INTO household_members SELECT person_id, 2, {NEW}, NULL, false, NULL, NULL, 'moved_in', NULL, 'death',
            record_id, record_id, NULL FROM household_members WHERE person_id = {A_PERSON}""",
    "household_members.end_before_begin": """
        UPDATE household_members SET from_date = '2000-01-02', to_date = '2000-01-01', to_reason = 'death'""",
    "golden_households.member_count": "UPDATE golden_households SET member_count = member_count + 1",
    "golden_households.heads": f"UPDATE golden_households SET head_person_id = {NEW}, head_rule_id = NULL",
    "golden_households.closed_with_members": "UPDATE golden_households SET valid_to = '2000-01-01'",
    "block_keys.without_record": f"INSERT INTO recent_block_keys VALUES ({NEW}, 1)",
    "personal_number.of_two_persons": "UPDATE golden_persons SET personal_number = '001090012345'",
    "personal_number.of_another_sex_or_birth": f"""
        UPDATE golden_persons SET personal_number = '001190012345', birth_year = 1990, sex_code = '1'
        WHERE person_id = {A_PERSON}""",
    "personal_number.of_another_province": f"""
        UPDATE golden_persons SET personal_number = '001090012345', birth_year = 1990, sex_code = '1',
            birth_registration_place_code = '79' WHERE person_id = {A_PERSON}""",
    "personal_number.borne_while_it_waits": f"""
        WITH given AS (UPDATE golden_persons SET personal_number = '001090012345' WHERE person_id = {A_PERSON})
        INSERT INTO number_issues (person_id, personal_number, issue) VALUES ({A_PERSON}, '001090012345', 'birth')""",
    "personal_number.replaced_but_live": f"""
        WITH given AS (UPDATE golden_persons SET personal_number = '001090012345' WHERE person_id = {A_PERSON})
        INSERT INTO number_changes (person_id, old_number, reason) VALUES ({A_PERSON}, '001090012345', 'birth')""",
    "number_issues.of_no_person": f"""
        INSERT INTO number_issues (person_id, personal_number, issue) VALUES ({NEW}, '001090012345', 'birth')""",
    "issued_numbers.person_gone": f"INSERT INTO issued_numbers VALUES ('001090012345', {NEW}, NULL, true)",
    "issued_numbers.not_of_their_person": f"""
        WITH given AS (UPDATE golden_persons SET personal_number = '001090012345' WHERE person_id = {A_PERSON})
        INSERT INTO issued_numbers VALUES ('001090012345', {LATER_PERSON}, NULL, true)""",
    "batches.undone_with_rows": "UPDATE batches SET state = 'undone'",
    "known_rows.of_no_known_row": f"INSERT INTO known_rows (record_id, empty_reasons) VALUES ({NEW}, '')",
    "row_outcomes.known_of_nothing": f"""
        UPDATE row_outcomes SET outcome = 'known', known_record_id = {NEW}, person_id = NULL
        WHERE record_id = {A_RECORD}""",
    "issued_numbers.not_borne": f"""
        WITH known AS (UPDATE golden_persons SET birth_year = 1990, sex_code = '1' WHERE person_id = {A_PERSON})
        INSERT INTO issued_numbers SELECT '001090012345', person_id, NULL, true, now(), main_record_id
        FROM golden_persons WHERE person_id = {A_PERSON}""",
    "issued_numbers.not_allocated": f"""
        WITH range AS (INSERT INTO number_allocations (range_from, range_to, is_test, key_mark, recorded_at)
            VALUES (5, 6, true, 'x', '2020-01-01'))
        INSERT INTO issued_numbers VALUES ('001090012345', {A_PERSON}, NULL, true)""",
    "number_buckets.issued": "INSERT INTO number_buckets VALUES (1090, '2026-01-01', 1)",
    "scored_pairs.without_record": f"INSERT INTO scored_pairs VALUES ({NEW}, {NEW}, {PAIR})",
    "removed_rows.still_there": f"INSERT INTO removed_rows (record_id, rule) VALUES ({A_RECORD}, 'erasure')",
    "erasures.unfinished": f"""
        INSERT INTO erasures (person_id, state, reason, proposed_by, approved_by, record_ids)
        VALUES ({A_PERSON}, 'approved', 'r', 'a', 'b', ARRAY[{A_RECORD}])""",
    "retired_numbers.issued": "INSERT INTO retired_numbers VALUES ('d')",
    "store_version.batches": "UPDATE store_version SET version = version + 1",
}


def test_every_invariant_has_a_violation_to_catch() -> None:
    assert set(PLANTED) == set(invariants.INVARIANTS)


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_caught(loaded_store: Store, name: str) -> None:
    assert invariants.store_check(loaded_store) == ()
    asleep = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in GUARDED]
    unkeyed = ["DROP INDEX row_outcomes_record_id_idx"] if name == "row_outcomes.doubled" else []
    run(loaded_store, *asleep, *unkeyed, PLANTED[name])
    found = {violation.invariant: violation.rows for violation in invariants.store_check(loaded_store)}
    assert found.get(name, 0) >= 1


def test_all_hold_after_many_kinds_of_batches(store: Store, tmp_path: Path) -> None:
    authority = IssuingAuthority(0, 999_999, is_test=True, key=bytes(range(32)))
    for seed, rows, quarantined, rejected in (("a", 30, 0, 0), ("b", 0, 4, 0), ("c", 1, 0, 3), ("d", 64, 2, 2)):
        recipe = made.Recipe(seed, rows, quarantined, rejected, values={"birth_registration_place_code": "01"})
        batch = made.make(tmp_path / seed, recipe, queries.version(store))
        load.load_batch(store, load.LoadBatch(batch.batch, batch.files, batch.tables, batch.seen_version, authority))
        assert invariants.store_check(store) == ()
