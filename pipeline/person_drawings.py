"""The answers of `sohoa person` as tables for a terminal and as pictures, in which nothing but aliases stands."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.person_inquiries import Built
from quality import person_pictures
from quality.person_pictures import Bar, Edge, EdgeKind, Node
from quality.wording import exact_share, number
from schemas import fields
from schemas.errors import UsageError
from schemas.messages import Language, text

Row = Mapping[str, Any]
_SHORT = 8
_LEAST = 1e-9
_KINDS: Mapping[str, EdgeKind] = {"match": "match", "same": "match", "waiting": "review", "refused": "review"}
_FOR_PROGRAMS = {"thresholds", "model", "steps"}


def pair_tables(pairs: Sequence[Row], language: Language) -> list[tuple[str, list[Row]]]:
    """The pairs, then the steps to the weight of the first one."""
    first = pairs[0]
    title = text("person.steps.title", language, left=first["left"], right=first["right"])
    steps: list[Row] = [
        {"step": s["label"], "value": s["note"], "gain": number(s["gain"], language, 1),
         "weight": number(s["total"], language, 1)}
        for s in first["steps"]
    ]  # fmt: skip
    return [("", [_found(pair, language) for pair in pairs]), (title, steps)]


def person_tables(built: Built, language: Language) -> list[tuple[str, list[Row]]]:
    """How a person was built, a table for each thing that there is to say of it."""
    decided = text("person.how.decided", language)
    tables: dict[str, list[Row]] = {
        "records": [{**row, "replaced_by": row["replaced_by"] or ""} for row in built.records],
        "joined_by": [_pair(row, language) for row in built.joined_by],
        "in_doubt": [_pair(row, language) for row in built.in_doubt],
        "redirects": [{**row, "batch": row["batch"] or decided} for row in built.redirects],
        "judgements": [_judged(row, language) for row in built.judgements],
        "changes": [{**row, "change": text(f"person.change.{row['change']}", language)} for row in built.changes],
        "values": [_value(row, language) for row in built.values],
    }
    return [(text(f"person.how.{name}", language), rows) for name, rows in tables.items() if rows]


def pair_picture(pair: Row, language: Language) -> str:
    """The waterfall of a pair as SVG."""
    bars = [Bar(s["label"], s["note"], s["gain"], s["total"]) for s in pair["steps"]]
    sides = text("picture.why.sides", language, left=pair["left"], right=pair["right"])
    return person_pictures.waterfall(bars, pair["thresholds"], sides, language)


def person_picture(built: Built, language: Language) -> str:
    """The records of a person with what was found and judged of them, as SVG."""
    place = {row["record_id"]: number for number, row in enumerate(built.records)}
    nodes = [Node(row["place"], row["day"]) for row in built.records]
    edges = [_edge(row, place) for row in (*built.joined_by, *built.in_doubt)]
    standing = {(j["left_record_id"], j["right_record_id"]): j["decision"] for j in built.judgements}
    for (left, right), decision in standing.items():
        if decision != "undone" and left in place and right in place:
            edges.append(Edge(place[left], place[right], "same" if decision == "same" else "different"))
    title = text("picture.how.title", language, person=built.person_id[:_SHORT] + "…")
    return person_pictures.graph(nodes, edges, title, language)


def write_picture(picture: str, path: Path) -> None:
    """Write a picture, whole or not at all. Raises UsageError path.cannot_write."""
    temporary = path.with_name(path.name + ".part")
    try:
        temporary.write_text(picture, encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError:
        raise UsageError("path.cannot_write", path=str(path)) from None


def _edge(row: Row, place: Mapping[str, int]) -> Edge:
    one, other = (place[row[f"{side}_record_id"]] for side in ("left", "right"))
    return Edge(one, other, _KINDS.get(row["state"], "review"), row["weight"])


def _found(pair: Row, language: Language) -> Row:
    shown = {k: v for k, v in pair.items() if k not in _FOR_PROGRAMS}
    # A weight is never without end: what a float rounds to 0 or 1 is neither impossible nor certain.
    likely = min(max(pair["probability"], _LEAST), 1 - _LEAST)
    shown |= {"weight": number(pair["weight"], language, 2), "probability": exact_share(likely, language)}
    return {**shown, "outcome": text(f"person.pair.{pair['outcome']}", language)}


def _pair(row: Row, language: Language) -> Row:
    shown = {k: v for k, v in row.items() if not k.endswith("_record_id")}
    return {
        **shown, "state": text(f"person.pair.{row['state']}", language), "weight": number(row["weight"], language, 2)
    }  # fmt: skip


def _judged(row: Row, language: Language) -> Row:
    shown = {k: v for k, v in row.items() if not k.endswith("_record_id")}
    return {**shown, "decision": text(f"person.decision.{row['decision']}", language)}


def _value(row: Row, language: Language) -> Row:
    field = fields.by_name(row["field"])
    where = "" if row["line"] is None else " ".join(filter(None, (row["file"], row["sheet"]))) + f":{row['line']}"
    return {
        "field": field.label_vi if language == "vi" else field.label_en, "value": row["value"], "source": where,
        "method": text(f"person.method.{row['method']}", language),
    }  # fmt: skip
