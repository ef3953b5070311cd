"""Records are partitioned by the province that sent them; memberships say in which partition each record lies.

Provinces and indexes stand here as they are today: a later list is another migration.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

PROVINCES = (
    "01 04 08 11 12 14 15 19 20 22 24 25 31 33 37 38 40 42 44 46 48 51 52 56 66 68 75 79 80 82 86 91 92 96".split()
)
INDEXES = {
    "content_id": "", "file_id": "", "personal_number": "WHERE personal_number IS NOT NULL",
    "household_key": "WHERE household_key IS NOT NULL",
}  # fmt: skip

TAKE = """
CREATE OR REPLACE FUNCTION give_indexes(wanted regclass) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    statement text;
    columns text;
    whole regclass;
BEGIN
    FOR statement IN SELECT definition FROM taken_indexes WHERE of_table = wanted::oid ORDER BY number LOOP
        EXECUTE statement;
    END LOOP;
    DELETE FROM taken_indexes WHERE of_table = wanted::oid;
    SELECT string_agg(DISTINCT quote_ident(a.attname), ', ') INTO columns FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
    WHERE i.indrelid = wanted AND a.attnum > 0;
    IF columns IS NOT NULL THEN
        EXECUTE format('ANALYZE %s (%s)', wanted, columns);
        SELECT inhparent::regclass INTO whole FROM pg_inherits WHERE inhrelid = wanted;
        -- The server looks at partitions by itself and never at the table that they make up.
        IF whole IS NOT NULL THEN
            EXECUTE format('ANALYZE %s %s (%s)',
                CASE WHEN current_setting('server_version_num')::int >= 180000 THEN 'ONLY' ELSE '' END, whole, columns);
        END IF;
    END IF;
END $$
"""


def upgrade() -> None:
    """Move the records into partitions, say the partition of each membership."""
    bind = op.get_bind()
    view = bind.exec_driver_sql("SELECT pg_get_viewdef('golden_value_sources')").scalar_one()
    # Masked views are made anew after every migration (`store.rights`).
    op.execute("DROP SCHEMA IF EXISTS masked CASCADE")
    op.execute("DROP VIEW golden_value_sources")
    op.execute("ALTER TABLE records RENAME TO records_before")
    op.execute("CREATE TABLE records (LIKE records_before INCLUDING DEFAULTS) PARTITION BY LIST (province_code)")
    for code in PROVINCES:
        op.execute(f"CREATE TABLE records_{code} PARTITION OF records FOR VALUES IN ('{code}')")
    op.execute("CREATE TABLE records_other PARTITION OF records DEFAULT")
    op.execute("INSERT INTO records SELECT * FROM records_before")
    op.execute("DROP TABLE records_before")
    for part in (f"records_{code}" for code in (*PROVINCES, "other")):
        op.execute(f"ALTER TABLE {part} ADD CONSTRAINT {part}_pkey PRIMARY KEY (record_id)")
        for column, condition in INDEXES.items():
            op.execute(f"CREATE INDEX {part}_{column}_idx ON {part} ({column}) {condition}")
    op.execute("ANALYZE records")
    op.execute(f"CREATE VIEW golden_value_sources AS {view}")
    _say_partitions()
    op.execute(sa.text(TAKE.replace(":", "\\:")))


def _say_partitions() -> None:
    # A membership without a record breaks an invariant; that is for `store check` to tell, not for a migration to end at.
    op.add_column("memberships", sa.Column("province_code", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE memberships m SET province_code = r.province_code FROM records r WHERE r.record_id = m.record_id")
    op.alter_column("memberships", "province_code", server_default=None)


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
