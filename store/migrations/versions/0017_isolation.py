"""A person belongs to the province of the residence; loads build indexes without owning the tables.

Rights and row security are written after every migration (`store.rights`).
"""

import sqlalchemy as sa
from alembic import op

from schemas.units import provinces_of_units_now

revision = "0017"
down_revision = "0016"

# The definitions lie in a table that only the owner writes: whoever calls cannot have others built.
TAKE = """
CREATE FUNCTION take_indexes(wanted regclass) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    found record;
    is_empty boolean;
    scope text := coalesce(current_setting('sohoa.scope', true), '');
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class WHERE oid = wanted AND relnamespace = 'public'::regnamespace
                   AND relkind = 'r' AND relowner = to_regrole(quote_ident(current_user))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not a table of the store';
    END IF;
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', wanted);
    FOR found IN
        SELECT i.indexrelid::regclass AS name, pg_get_indexdef(i.indexrelid) AS made, c.conname,
               pg_get_constraintdef(c.oid) AS clause
        FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
        WHERE i.indrelid = wanted ORDER BY 1
    LOOP
        INSERT INTO taken_indexes (of_table, definition) VALUES (wanted::oid, CASE WHEN found.conname IS NULL
            THEN found.made ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', wanted, found.conname, found.clause) END);
        IF found.conname IS NULL THEN
            EXECUTE format('DROP INDEX %s', found.name);
        ELSE
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', wanted, found.conname);
        END IF;
    END LOOP;
    -- Whoever sees no row because a setting is forgotten would empty the table below.
    PERFORM set_config('sohoa.scope', 'national', true);
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', wanted) INTO is_empty;
    PERFORM set_config('sohoa.scope', scope, true);
    IF is_empty THEN
        -- A new file under an empty table: its rows are synced at commit and need no write-ahead log.
        EXECUTE format('TRUNCATE %s', wanted);
    END IF;
END $$
"""

GIVE = """
CREATE FUNCTION give_indexes(wanted regclass) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    statement text;
    columns text;
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
    END IF;
END $$
"""


# As dedup.survivorship finds it from now on.
PROVINCES = """
WITH units AS (SELECT * FROM unnest(CAST(%s AS text[]), CAST(%s AS text[])) u (code, province)),
newest AS (
    SELECT DISTINCT ON (m.person_id) m.person_id, r.province_code
    FROM memberships m JOIN records r USING (record_id)
    ORDER BY m.person_id, r.entry_date DESC NULLS LAST, r.content_id)
UPDATE golden_persons p SET province_code = coalesce(u.province, n.province_code)
FROM newest n, golden_persons g LEFT JOIN units u ON u.code = g.permanent_residence_code_now
WHERE g.person_id = p.person_id AND n.person_id = p.person_id
AND p.province_code <> coalesce(u.province, n.province_code)
"""


def upgrade() -> None:
    """Find whose persons are whose; make the functions and the table that they keep definitions in while a load runs."""
    op.create_table(
        "taken_indexes",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("of_table", sa.BigInteger(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("taken_indexes_pkey")),
    )
    units = provinces_of_units_now()
    op.get_bind().exec_driver_sql(PROVINCES, (list(units), list(units.values())))
    op.execute(sa.text(TAKE.replace(":", "\\:")))
    op.execute(sa.text(GIVE.replace(":", "\\:")))


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
