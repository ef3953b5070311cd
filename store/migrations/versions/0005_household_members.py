"""Households get members over time; what is known of a household is counted from them."""

from alembic import op

revision = "0005"
down_revision = "0004"

MEMBERS = """
CREATE TABLE household_members (
    person_id uuid NOT NULL, stay smallint NOT NULL, household_key uuid NOT NULL, relation_code text,
    is_head boolean NOT NULL, household_position smallint, from_date date, from_reason text NOT NULL, to_date date,
    to_reason text, record_id uuid NOT NULL, from_record_id uuid NOT NULL, to_record_id uuid,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT household_members_pkey PRIMARY KEY (person_id, stay),
    CONSTRAINT household_members_from_reason_check CHECK (from_reason IN ('entered', 'birth', 'moved_in')),
    CONSTRAINT household_members_to_reason_check CHECK (to_reason IN ('moved_out', 'death', 'missing', 'unclear'))
)
"""
HOUSEHOLDS = """
CREATE TABLE golden_households (
    household_key uuid NOT NULL, province_code text NOT NULL, household_id text, address_text text, address_code text,
    head_person_id uuid, head_rule_id text, member_count integer NOT NULL, dead_count integer NOT NULL,
    missing_count integer NOT NULL, valid_from date, valid_to date,
    CONSTRAINT golden_households_pkey PRIMARY KEY (household_key),
    CONSTRAINT golden_households_head_rule_id_check CHECK (head_rule_id IN ('household.two_heads', 'household.head_dead',
        'household.head_missing', 'household.head_left', 'household.no_head')),
    CONSTRAINT golden_households_head_check CHECK (head_person_id IS NULL OR head_rule_id IS NULL),
    CONSTRAINT golden_households_one_head_check CHECK (
        (member_count > 0) = (head_person_id IS NOT NULL OR head_rule_id IS NOT NULL))
)
"""

# The law of dedup.household_members in SQL, for what was loaded before.
BACKFILL = """
INSERT INTO household_members (person_id, stay, household_key, relation_code, is_head, household_position, from_date,
                               from_reason, to_date, to_reason, record_id, from_record_id, to_record_id)
WITH facts AS (
    SELECT m.person_id, r.record_id, r.household_key, r.entry_date, r.relation_code, r.household_position,
           r.head_record_id = r.record_id AS is_named,
           first_value(r.household_key) OVER (
               PARTITION BY m.person_id, r.entry_date
               ORDER BY r.household_key IS DISTINCT FROM p.household_key, r.household_key) AS winner,
           count(r.entry_date) OVER (PARTITION BY m.person_id) > 0 AS has_day,
           CASE WHEN p.death_kind = 'missing' THEN 'missing'
                WHEN num_nonnulls(p.death_year, p.death_kind) > 0 THEN 'death' END AS gone,
           CASE WHEN num_nulls(p.death_year, p.death_month, p.death_day) = 0 AND p.death_calendar = 'solar'
                THEN make_date(p.death_year, p.death_month, p.death_day) END AS gone_on,
           CASE WHEN num_nulls(p.birth_year, p.birth_month, p.birth_day) = 0 AND p.birth_calendar = 'solar'
                THEN make_date(p.birth_year, p.birth_month, p.birth_day) END AS born_on,
           first_value(CASE WHEN num_nonnulls(r.death_year, r.death_kind) > 0 THEN r.record_id END) OVER (
               PARTITION BY m.person_id
               ORDER BY num_nonnulls(r.death_year, r.death_kind) = 0, r.entry_date NULLS FIRST, r.record_id) AS told_by
    FROM records r JOIN memberships m USING (record_id) JOIN golden_persons p USING (person_id)
    WHERE r.household_key IS NOT NULL),
marked AS (
    SELECT *, household_key <> winner OR entry_date IS NULL AND has_day AS is_unclear FROM facts),
told AS (
    SELECT * FROM marked m WHERE NOT is_unclear OR NOT EXISTS (
        SELECT FROM marked c WHERE c.person_id = m.person_id AND c.household_key = m.household_key
        AND NOT c.is_unclear)),
begun AS (
    SELECT *, household_key IS DISTINCT FROM lag(household_key) OVER (
        PARTITION BY person_id, is_unclear
        ORDER BY CASE WHEN is_unclear THEN household_key END, entry_date NULLS FIRST, record_id) AS begins FROM told),
run AS (
    SELECT *, count(*) FILTER (WHERE begins) OVER (
        PARTITION BY person_id
        ORDER BY is_unclear DESC, CASE WHEN is_unclear THEN household_key END, entry_date NULLS FIRST, record_id) AS stay
    FROM begun),
stays AS (
    SELECT person_id, stay, household_key, is_unclear, gone, gone_on, born_on, told_by, min(entry_date) AS from_date,
           (array_agg(record_id ORDER BY entry_date NULLS FIRST, record_id))[1] AS from_record_id,
           (array_agg(record_id ORDER BY entry_date DESC NULLS LAST, record_id))[1] AS record_id,
           (array_agg(household_position ORDER BY entry_date DESC NULLS LAST, record_id))[1] AS household_position,
           (array_agg(is_named ORDER BY entry_date DESC NULLS LAST, record_id))[1] AS is_named,
           (array_agg(relation_code ORDER BY relation_code IS NULL, entry_date DESC NULLS LAST, record_id))[1]
               AS relation_code
    FROM run GROUP BY 1, 2, 3, 4, 5, 6, 7, 8),
ended AS (
    SELECT *, lead(from_date) OVER each AS left_on, lead(from_record_id) OVER each AS left_by,
           lag(is_unclear) OVER each AS before, lead(stay) OVER each IS NULL AS is_last
    FROM stays WINDOW each AS (PARTITION BY person_id ORDER BY stay))
SELECT person_id, stay, household_key, relation_code, coalesce(relation_code = '01', false) OR coalesce(is_named, false),
       household_position, CASE WHEN is_last AND gone_on < from_date THEN NULL ELSE from_date END,
       CASE WHEN NOT is_unclear AND NOT before THEN 'moved_in'
            WHEN from_date - born_on BETWEEN 0 AND 60
                AND NOT (is_last AND coalesce(gone_on < from_date, false)) THEN 'birth' ELSE 'entered' END,
       CASE WHEN is_unclear THEN NULL WHEN is_last THEN CASE WHEN gone IS NOT NULL THEN gone_on END ELSE left_on END,
       CASE WHEN is_unclear THEN 'unclear' WHEN is_last THEN gone ELSE 'moved_out' END,
       record_id, from_record_id,
       CASE WHEN is_unclear THEN NULL WHEN is_last THEN CASE WHEN gone IS NOT NULL THEN told_by END ELSE left_by END
FROM ended
"""

COUNTED = """
INSERT INTO golden_households
SELECT h.household_key, r.province_code, r.household_id, r.permanent_residence_text, r.permanent_residence_code,
       h.head_person_id, h.head_rule_id, h.member_count, h.dead_count, h.missing_count, h.valid_from, h.valid_to
FROM (SELECT household_key, CASE WHEN heads = 1 THEN head END AS head_person_id,
             CASE WHEN member_count = 0 OR heads = 1 THEN NULL WHEN heads > 1 THEN 'household.two_heads'
                  WHEN head_dead THEN 'household.head_dead' WHEN head_missing THEN 'household.head_missing'
                  WHEN head_left THEN 'household.head_left' ELSE 'household.no_head' END AS head_rule_id,
             member_count, dead_count, missing_count, valid_from,
             CASE WHEN member_count = 0 THEN last_end END AS valid_to
      FROM (SELECT household_key, count(*) FILTER (WHERE is_head AND to_reason IS NULL) AS heads,
                   (array_agg(person_id) FILTER (WHERE is_head AND to_reason IS NULL))[1] AS head,
                   bool_or(is_head AND to_reason = 'death') AS head_dead,
                   bool_or(is_head AND to_reason = 'missing') AS head_missing,
                   bool_or(is_head AND to_reason IN ('moved_out', 'unclear')) AS head_left,
                   count(*) FILTER (WHERE to_reason IS NULL)::integer AS member_count,
                   count(*) FILTER (WHERE to_reason = 'death')::integer AS dead_count,
                   count(*) FILTER (WHERE to_reason = 'missing')::integer AS missing_count,
                   min(from_date) AS valid_from, max(to_date) AS last_end
            FROM household_members GROUP BY household_key) counted) h
JOIN (SELECT DISTINCT ON (household_key) household_key, record_id FROM household_members
      ORDER BY household_key, to_reason IS NULL DESC, is_head DESC, from_date DESC NULLS LAST, record_id) s
    USING (household_key)
JOIN records r USING (record_id)
"""


def upgrade() -> None:
    """Make the members of all households from the records, and the households from their members."""
    op.execute(MEMBERS)
    op.execute(BACKFILL)
    op.execute("CREATE INDEX household_members_household_key_idx ON household_members (household_key)")
    op.execute(
        "CREATE UNIQUE INDEX household_members_open_idx ON household_members (person_id) WHERE to_reason IS NULL"
    )
    op.execute("DROP TABLE golden_households")
    op.execute(HOUSEHOLDS)
    op.execute(COUNTED)


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
