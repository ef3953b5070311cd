"""Ids that led to a person which came apart: each follows the record that it was named after, or that bore it."""

from collections.abc import Mapping

import pyarrow as pa

from dedup.encode import ids_from_text, ids_to_text
from dedup.person_ids import names_of


def with_former_ids(clusters: pa.Table, known: frozenset[str], bearers: pa.Table) -> tuple[pa.Table, Mapping[str, str]]:
    """Give persons that are new the former id that their lowest such record bore.

    Args:
        clusters: CLUSTERS.
        known: ids that persons have: those stay.
        bearers: former_id and record_id: records that bore an id which leads elsewhere by now.

    Returns:
        CLUSTERS, and where each former id leads; a person that bears its own again leads to itself.
    """
    if not bearers.num_rows:
        return clusters, {}
    pairs = zip(clusters["record_id"].to_pylist(), clusters["person_id"].to_pylist(), strict=True)
    persons = {str(record): str(person) for record, person in pairs}
    first = _bearer_of_each(bearers, list(persons))
    renamed: dict[str, str] = {}
    for former, record in sorted(first.items(), key=lambda item: item[1]):
        person = persons[record]
        if person not in known and person not in renamed:
            renamed[person] = former
    now = [renamed.get(p, p) for p in clusters["person_id"].to_pylist()]
    place = clusters.schema.get_field_index("person_id")
    named = clusters.set_column(place, clusters.schema.field(place), pa.array(now, pa.string()))
    return named, {former: renamed.get(persons[record], persons[record]) for former, record in first.items()}


def _bearer_of_each(bearers: pa.Table, records: list[str]) -> dict[str, str]:
    """The record that each id was named after, else the lowest that bore it."""
    first: dict[str, str] = {}
    for former, record in sorted(zip(*(bearers[n].to_pylist() for n in ("former_id", "record_id")), strict=True)):
        first.setdefault(former, record)
    ids = pa.array(records, pa.string())
    for named in names_of(ids_from_text(pa.chunked_array([ids]))):
        for person, record in zip(ids_to_text(named).to_pylist(), records, strict=True):
            if person is not None and person in first:
                first[person] = record
    here = set(records)
    return {former: record for former, record in first.items() if record in here}
