"""The database counts for itself: a lying sum is refused at commit, whoever writes it."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from schemas.errors import ContractError
from store.engine import Store
from tests.store import made_batches as made
from tests.store.contents import digest, run

pytestmark = pytest.mark.store

MOVED = "SET loaded = loaded - 1, merged = merged + 1"


@pytest.mark.parametrize(
    ("lie", "constraint"),
    [
        (f"UPDATE batch_files {MOVED} WHERE read > 20", "batch_files_counted"),
        (f"UPDATE batches {MOVED} WHERE read > 20", "batches_counted"),
        ("UPDATE batches SET read = read + 1, loaded = loaded + 1", "batches_counted"),
        ("UPDATE batch_files SET read = read + 1", "batch_files_sums_check"),
        ("UPDATE batch_files SET merged = merged - 100, loaded = loaded + 100", "batch_files_not_negative_check"),
        ("UPDATE batch_files SET outcome = 'file_rejected'", "batch_files_rejected_check"),
        ("UPDATE batch_files SET outcome = 'already_known', reason = batch_id::text", "batch_files_known_check"),
        ("UPDATE batches SET state = 'stopped'", "batches_stop_rule_check"),
        ("INSERT INTO batch_files SELECT * FROM batch_files", "batch_files_pkey"),
    ],
)
def test_a_lying_sum_is_refused(read_store: Store, lie: str, constraint: str) -> None:
    before = digest(read_store)
    with pytest.raises(ContractError) as error:
        run(read_store, lie)
    assert constraint in str(error.value)
    assert digest(read_store) == before


def test_both_tables_may_not_lie_together(read_store: Store) -> None:
    with pytest.raises(ContractError) as error:
        run(read_store, f"UPDATE batch_files {MOVED} WHERE read > 20", f"UPDATE batches {MOVED} WHERE read > 20")
    assert "batch_files_counted" in str(error.value)


def test_the_count_waits_for_the_commit(read_store: Store) -> None:
    """Within a transaction the two tables may differ for a moment; only how it ends counts."""
    before = digest(read_store)
    back = MOVED.replace("- 1, merged = merged + 1", "+ 1, merged = merged - 1")
    with pytest.raises(ContractError):
        run(read_store, f"UPDATE batches {MOVED}", f"UPDATE batches {back}", f"UPDATE batches {MOVED}")
    assert digest(read_store) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE row_outcomes SET rule_id = 'other' WHERE outcome = 'quarantined'",
        "DELETE FROM row_outcomes WHERE outcome = 'loaded'",
        "DELETE FROM row_outcomes WHERE outcome = 'quarantined'",
    ],
)
def test_an_outcome_is_never_changed_nor_lost(read_store: Store, statement: str) -> None:
    with pytest.raises(ContractError) as error:
        run(read_store, statement)
    assert error.value.code == "contract.append_only"


def test_an_outcome_comes_once(read_store: Store) -> None:
    with pytest.raises(ContractError) as error:
        run(read_store, "INSERT INTO row_outcomes SELECT * FROM row_outcomes WHERE outcome = 'loaded'")
    assert (error.value.code, error.value.details["table"]) == ("contract.key", "row_outcomes")


@pytest.mark.parametrize(
    ("outcome", "person", "rule", "known"),
    [
        ("loaded", None, None, None), ("merged", None, None, None), ("quarantined", None, None, None),
        ("rejected", None, None, None), ("known", None, None, None), ("loaded", "a" * 32, "r", None),
        ("known", None, None, "b" * 32), ("lost", None, None, None),
    ],
)  # fmt: skip
def test_an_outcome_says_what_belongs_to_it(
    read_store: Store, outcome: str, person: str | None, rule: str | None, known: str | None
) -> None:
    insert = sa.text("""
        INSERT INTO row_outcomes VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'f', NULL, NULL, 1,
            :outcome, :person, :rule, :known)""")
    given = {"outcome": outcome, "person": person, "rule": rule, "known": known}
    with read_store.engine.connect() as connection:
        connection.execute(sa.text("SELECT set_config('role', 'sohoa_load', true)"))
        connection.execute(sa.text("SELECT set_config('sohoa.scope', 'national', true)"))
        if outcome == "known" and known:
            connection.execute(insert, given)
        else:
            with pytest.raises(sa.exc.IntegrityError):
                connection.execute(insert, given)
        connection.rollback()


def test_a_file_enters_once_whatever_batch_brings_it(read_store: Store, tmp_path: Path) -> None:
    batch = made.make(tmp_path, made.Recipe("one", rows=40, quarantined=3))
    file_id = batch.files["file_id"][0].as_py()
    with pytest.raises(ContractError) as error:
        run(
            read_store,
            f"""INSERT INTO batch_files SELECT gen_random_uuid(), file_id, file, kind, encoding, outcome, reason,
                read, loaded, merged, known, quarantined, rejected FROM batch_files WHERE file_id = '{file_id}'""",
        )
    assert "batch_files_file_id_idx" in str(error.value)
