"""The store version, the guards of the append-only tables, and the view of every golden value's source."""

from alembic import op

revision = "0002"
down_revision = '0001'

VALUE_SOURCES_VIEW = """
CREATE VIEW golden_value_sources AS
SELECT p.person_id, f.field,
       CASE WHEN v.record_id IS NOT NULL THEN v.record_id
            WHEN n.personal_number IS NULL THEN p.main_record_id END AS record_id,
       CASE WHEN v.record_id IS NOT NULL THEN v.method
            WHEN n.personal_number IS NOT NULL THEN 'issued'
            WHEN p.record_count = 1 THEN 'only' ELSE 'main_record' END AS method
FROM golden_persons p
CROSS JOIN LATERAL (VALUES
        ('full_name', num_nonnulls(p.full_name, p.surname, p.middle_name, p.given_name) > 0),
        ('birth_date', num_nonnulls(p.birth_year, p.birth_month, p.birth_day, p.birth_calendar) > 0),
        ('sex', num_nonnulls(p.sex_code, p.sex_raw) > 0),
        ('birth_registration_place', num_nonnulls(p.birth_registration_place_text, p.birth_registration_place_code, p.birth_registration_place_level, p.birth_registration_place_code_now, p.birth_registration_place_method, p.birth_registration_place_confidence) > 0),
        ('native_place', num_nonnulls(p.native_place_text, p.native_place_code, p.native_place_level, p.native_place_code_now, p.native_place_method, p.native_place_confidence) > 0),
        ('ethnic_group', num_nonnulls(p.ethnic_group_code, p.ethnic_group_raw, p.ethnic_group_list) > 0),
        ('religion', num_nonnulls(p.religion_code, p.religion_raw) > 0),
        ('nationality', num_nonnulls(p.nationality_code, p.nationality_raw) > 0),
        ('marital_status', num_nonnulls(p.marital_status_code, p.marital_status_raw) > 0),
        ('permanent_residence', num_nonnulls(p.permanent_residence_text, p.permanent_residence_code, p.permanent_residence_level, p.permanent_residence_code_now, p.permanent_residence_method, p.permanent_residence_confidence) > 0),
        ('temporary_residence', num_nonnulls(p.temporary_residence_text, p.temporary_residence_code, p.temporary_residence_level, p.temporary_residence_code_now, p.temporary_residence_method, p.temporary_residence_confidence, p.temporary_residence_from, p.temporary_residence_to) > 0),
        ('temporary_absence', num_nonnulls(p.temporary_absence_status, p.temporary_absence_from, p.temporary_absence_to) > 0),
        ('current_residence', num_nonnulls(p.current_residence_text, p.current_residence_code, p.current_residence_level, p.current_residence_code_now, p.current_residence_method, p.current_residence_confidence) > 0),
        ('blood_type', num_nonnulls(p.blood_type_code, p.blood_type_raw) > 0),
        ('relatives', num_nonnulls(p.father_name, p.mother_name, p.spouse_name, p.representative_name) > 0),
        ('household', num_nonnulls(p.household_id, p.head_name, p.head_number, p.relation_code, p.relation_raw) > 0),
        ('death', num_nonnulls(p.death_year, p.death_month, p.death_day, p.death_calendar, p.death_kind) > 0),
        ('personal_number', num_nonnulls(p.personal_number) > 0),
        ('old_id_number', num_nonnulls(p.old_id_number) > 0),
        ('other_names', num_nonnulls(p.other_names) > 0),
        ('birth_place', num_nonnulls(p.birth_place) > 0),
        ('residence_file_number', num_nonnulls(p.residence_file_number) > 0)
    ) AS f (field, is_filled)
LEFT JOIN value_sources v ON v.person_id = p.person_id AND v.field = f.field
LEFT JOIN issued_numbers n ON f.field = 'personal_number' AND n.personal_number = p.personal_number
    AND v.record_id IS NULL
    AND NOT EXISTS (SELECT FROM records r
                    WHERE r.record_id = p.main_record_id AND r.personal_number = p.personal_number)
WHERE f.is_filled
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""
GUARDED = ("batch_events", "issued_numbers", "judgements")


def upgrade() -> None:
    """Start the version at 0, refuse changes of append-only tables, make the view."""
    op.execute("INSERT INTO store_version (version) VALUES (0)")
    op.execute(APPEND_ONLY)
    for table in GUARDED:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(VALUE_SOURCES_VIEW)


def downgrade() -> None:
    """Stores go forward only; a backup is the way back."""
    raise NotImplementedError
