"""What people ask on the command line about households: who lives there, who did, and by which lines; names masked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from pipeline.inquiries import Row, asked
from pipeline.masking import mask
from pipeline.settings import Settings
from schemas import code_lists
from schemas.errors import UsageError
from schemas.messages import Language, text
from schemas.units import parents
from store import audit, household_reports, reports
from store.audit import Event


def show_household(given: str, settings: Settings) -> list[Row]:
    """The members of the households of a key or number, household by household, present ones first.

    Raises:
        UsageError: household.unknown.
    """
    event = Event("household.shown_masked", "household", given)
    with asked(settings) as store, audit.refusals(store, event):
        keys = household_reports.household_keys(store, given)
        if not keys:
            raise UsageError("household.unknown", household=mask(given, "personal_number_raw"))
        audit.record(store, event)
        found = [(household_reports.household(store, key), household_reports.roster(store, key)) for key in keys]
    return [
        {**_stay(row, settings.language), "place": place}
        for home, roster in found
        for place in map(_home_place, home.to_pylist())
        for row in roster.to_pylist()
    ]


def show_stays(person_id: str, settings: Settings) -> list[Row]:
    """The households of a person in the order of time. Raises UsageError person.unknown."""
    event = Event("person.stays_shown_masked", "person", person_id)
    with asked(settings) as store, audit.refusals(store, event):
        found = household_reports.person_stays(store, person_id)
        current = reports.current_person_id(store, person_id)
        if not found.num_rows and current is None:
            raise UsageError("person.unknown", person=person_id)
        audit.record(store, replace(event, about=current or person_id))
    return [_stay(row, settings.language) for row in found.to_pylist()]


def by_household(rows: list[Row], language: Language) -> list[tuple[str, list[Row]]]:
    """The members of each household below a line that tells it apart: its key, number and place.

    Lists of several communes count their households from 1: one number may be that of many households.
    """
    homes: dict[str, list[Row]] = {}
    for row in rows:
        homes.setdefault(row["household"], []).append(row)
    return [
        (
            text("household.title", language, key=key, number=members[0]["number"], place=members[0]["place"],
                 members=sum(1 for m in members if not m["why"])),
            for_people(members, of_person=False),
        )
        for key, members in homes.items()
    ]  # fmt: skip


def for_people(rows: list[Row], *, of_person: bool) -> list[Row]:
    """The rows as a table that fits a terminal; the others' columns are in the JSON."""
    first = "household" if of_person else "name"
    return [
        {
            first: row[first], "born": row["born"], "relation": row["relation"],
            "from": f"{row['from']} {row['how']}".strip(), "to": f"{row['to']} {row['why']}".strip(),
            "source": row["source"], "ended_by": row["ended_by"],
        }
        for row in rows
    ]  # fmt: skip


def _stay(row: Mapping[str, Any], language: Language) -> Row:
    to_reason = row["to_reason"]
    return {
        "household": row["household_key"], "number": mask(row["household_id"] or ""),
        "name": mask(row["full_name"] or "", "full_name_raw"), "born": row["birth_year"],
        "relation": _relation(row["relation_code"], language), "is_head": row["is_head"],
        "from": _day(row["from_date"]), "how": text(f"household.from.{row['from_reason']}", language),
        "to": _day(row["to_date"]), "why": text(f"household.to.{to_reason}", language) if to_reason else "",
        "source": _place(row, "from"), "ended_by": _place(row, "to"), "person": row["person_id"],
    }  # fmt: skip


def _home_place(home: Mapping[str, Any]) -> str:
    """The commune of a household, or as much as is known; never the house or hamlet."""
    if home["address_code"]:
        return _unit(home["address_code"])
    names = {r["code"]: r["name"] for r in code_lists.rows("provinces_34")}
    return names.get(code := str(home["province_code"]), code)


def _unit(code: str) -> str:
    """The unit of a code before July 2025 with those above it, by their names; the code where nobody knows it."""
    above, names = parents(), _unit_names()
    chain = [code]
    while chain[-1] in above:
        chain.append(above[chain[-1]])
    return ", ".join(names.get(each, each) for each in chain)


@cache
def _unit_names() -> Mapping[str, str]:
    provinces = {r["gso_code"]: r["name"] for r in code_lists.rows("provinces_63")}
    return provinces | {r["code"]: r["name"] for r in code_lists.rows("units_63")}


def _relation(code: str | None, language: Language) -> str:
    known = {c.code: c for c in code_lists.code_list("relations").codes}.get(code or "")
    if known is None:
        return ""
    return known.label if language == "vi" else known.label_en


def _day(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def _place(row: Mapping[str, Any], side: str) -> str:
    if row[f"{side}_line"] is None:
        return ""
    where = " ".join(filter(None, (row[f"{side}_file"], row[f"{side}_sheet"])))
    return f"{where}:{row[f'{side}_line']}"
