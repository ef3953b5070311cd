"""What must be true of personal numbers at any time: a query for each invariant, the number of rows that break it."""

from collections.abc import Mapping

from store.number_rules import birth_differs, province_differs, sex_differs
from store.numbering import OWNER, OWNER_JOINS

NUMBER_INVARIANTS: Mapping[str, str] = {
    "personal_number.of_two_persons": """
        SELECT count(*) FROM (
            SELECT FROM golden_persons WHERE personal_number IS NOT NULL
            GROUP BY personal_number HAVING count(*) > 1) n""",
    "personal_number.of_another_sex_or_birth": f"""
        SELECT count(*) FROM golden_persons p WHERE personal_number IS NOT NULL
        AND ({sex_differs("p.personal_number", "p")} OR {birth_differs("p.personal_number", "p")})""",
    # A place that was corrected leaves the number as it is, but is told.
    "personal_number.of_another_province": f"""
        SELECT count(*) FROM golden_persons p JOIN number_units u ON u.code = p.birth_registration_place_code
        WHERE p.personal_number IS NOT NULL AND {province_differs("p.personal_number", "u")} AND NOT EXISTS (
            SELECT FROM number_issues i WHERE closed_at IS NULL AND issue = 'province'
            AND (i.person_id, i.personal_number) = (p.person_id, p.personal_number))""",
    "personal_number.borne_while_it_waits": """
        SELECT count(*) FROM golden_persons p JOIN number_issues i USING (person_id, personal_number)
        WHERE i.closed_at IS NULL AND i.issue <> 'province'""",
    "personal_number.replaced_but_live": """
        SELECT count(*) FROM golden_persons p CROSS JOIN LATERAL (
            SELECT c.old_number FROM number_changes c
            WHERE p.personal_number IN (c.old_number, c.new_number) ORDER BY c.number DESC LIMIT 1) last
        WHERE last.old_number = p.personal_number""",
    "number_issues.of_no_person": """
        SELECT count(*) FROM number_issues i WHERE closed_at IS NULL
        AND NOT EXISTS (SELECT FROM golden_persons p WHERE p.person_id = i.person_id)""",
    "issued_numbers.person_gone": f"""
        SELECT count(*) FROM issued_numbers i {OWNER_JOINS}
        WHERE NOT EXISTS (SELECT FROM golden_persons p WHERE p.person_id = {OWNER})
        AND NOT EXISTS (SELECT FROM gone_persons g WHERE g.person_id = {OWNER})""",
    "issued_numbers.not_of_their_person": f"""
        SELECT count(*) FROM issued_numbers i {OWNER_JOINS}
        JOIN golden_persons p ON p.personal_number = i.personal_number WHERE p.person_id <> {OWNER}""",
    "issued_numbers.not_borne": f"""
        SELECT count(*) FROM issued_numbers i {OWNER_JOINS}
        JOIN golden_persons p ON p.person_id = {OWNER} WHERE p.personal_number IS NULL
        AND NOT {sex_differs("i.personal_number", "p")} AND NOT {birth_differs("i.personal_number", "p")}""",
    "issued_numbers.not_allocated": """
        SELECT count(*) FROM issued_numbers i
        WHERE i.recorded_at >= (SELECT min(recorded_at) FROM number_allocations) AND NOT EXISTS (
            SELECT FROM number_allocations a WHERE a.is_test = i.is_test
            AND substr(i.personal_number, 7)::int BETWEEN a.range_from AND a.range_to)""",
    "number_buckets.issued": """
        SELECT count(*) FROM (
            SELECT left(personal_number, 6)::int AS bucket, count(*) AS issued FROM issued_numbers GROUP BY 1) n
        FULL JOIN (SELECT bucket, sum(issued) AS issued FROM number_buckets GROUP BY 1) b USING (bucket)
        WHERE b.issued IS NULL OR n.issued > b.issued
        OR n.issued IS DISTINCT FROM b.issued AND NOT EXISTS (SELECT FROM retired_numbers)""",
    # Whose numbers are retired says neither bucket nor month: the sum has to do.
    "retired_numbers.issued": """
        SELECT abs((SELECT coalesce(sum(issued), 0) FROM number_buckets) - (SELECT count(*) FROM issued_numbers)
                   - (SELECT count(*) FROM retired_numbers))""",
}
