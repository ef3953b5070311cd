"""The audit: events chained by hash in the order of their sequence, and signed heads of the chain; both append-only.

The chain is made by the database, so that a role which may only insert can write an event but not choose its place.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

PATTERNS = {
    "actor": "^[A-Za-z0-9._@+-]{1,64}$", "role": "^[A-Za-z0-9._@+-]{1,64}$", "action": "^[a-z_]+[.][a-z_]+$",
    "outcome": "^(done|refused)$", "object_kind": "^[a-z_]*$", "object": "^([0-9a-f]{32})?$",
    "other_object": "^([0-9a-f]{32})?$", "province_code": "^([0-9]{2})?$", "reason": "^[a-z0-9_.]*$",
    "said": "^([0-9a-f]{32})?$", "before": "^([0-9a-f]{32})?$", "after": "^([0-9a-f]{32})?$",
    "request_id": "^[0-9a-f]{32}$",
}  # fmt: skip

# The advisory lock is taken after every other one: an event is the last thing but one that a transaction writes.
# A temporary table of the same name must not pass for the chain, hence the schema of the trigger's own table.
CHAIN = r"""
CREATE FUNCTION chain_audit_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last record;
    role_now text := coalesce(nullif(current_setting('role', true), 'none'), session_user::text);
BEGIN
    PERFORM pg_advisory_xact_lock(126922330669059);
    EXECUTE format('SELECT sequence, moment, hash FROM %I.%I ORDER BY sequence DESC LIMIT 1',
                   TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO last;
    NEW.sequence := coalesce(last.sequence, 0) + 1;
    NEW.moment := greatest(clock_timestamp(), last.moment);
    NEW.role := left(regexp_replace(role_now, '[^A-Za-z0-9._@+-]', '_', 'g'), 64);
    NEW.hash := sha256(coalesce(last.hash, decode(repeat('00', 32), 'hex')) || convert_to(concat_ws(E'\t',
        NEW.sequence, to_char(NEW.moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), NEW.actor, NEW.role,
        NEW.action, NEW.outcome, NEW.object_kind, NEW.object, NEW.other_object, NEW.province_code, NEW.reason,
        NEW.said, NEW.before, NEW.after, NEW.request_id), 'UTF8'));
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Make both tables, the trigger that chains, and the guards."""
    op.create_table(
        "audit_events",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in PATTERNS),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        *(
            sa.CheckConstraint(f"{name} ~ '{pattern}'", name=op.f(f"audit_events_{name}_check"))
            for name, pattern in PATTERNS.items()
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("audit_events_pkey")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("audit_heads_pkey")),
    )
    op.execute(CHAIN)
    op.execute(
        "CREATE TRIGGER chain BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION chain_audit_event()"
    )
    for table in ("audit_events", "audit_heads"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
