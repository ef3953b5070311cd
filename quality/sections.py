"""What the report says, section by section, in one language: ready words for the templates, which hold no logic."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup

from quality import charts, sections_fields, sections_gate, sections_match, sections_scans
from quality.report import Breakdown, FieldSection, Report
from quality.report_facts import RowPlace, RuleCount
from quality.report_json import province_name
from quality.row_links import Links
from quality.sections_fields import AxisShown, CompareShown
from quality.sections_gate import GateShown
from quality.sections_groups import RowsShown, groups_shown
from quality.sections_households import SizeShown, sizes_shown
from quality.sections_match import PairShown
from quality.sections_scans import ScansShown
from quality.sections_trends import TrendShown, trend_shown
from quality.svg import Caption
from quality.wording import number, percent
from schemas import code_lists
from schemas.field import EmptyReason
from schemas.messages import Language, text, what_to_do, wrong
from schemas.rules import all_rules
from schemas.tables import OUTCOMES

_SPELLED_OUT = ("accepted", "accepted_in_part", "nothing_accepted")
_TAKEN = ("loaded", "merged")
_MANY_FILES = 20
_PLACES = 5
_SHORT = 12
_MISREAD = (EmptyReason.INVALID, EmptyReason.AMBIGUOUS)
_SAID_NOTHING = (EmptyReason.BLANK, EmptyReason.STATED_UNKNOWN)


@dataclass(frozen=True)
class Empty:
    """Empty values of one reason: what it is, rows."""

    label: str
    rows: str


@dataclass(frozen=True)
class FieldShown:
    """One of the 17 fields."""

    number: int
    label: str
    law: str
    is_sensitive: bool
    is_required: bool
    bar: Markup
    filled: str
    valid: str
    in_review: str
    empty: tuple[Empty, ...]
    link: str


@dataclass(frozen=True)
class RuleShown:
    """A rule that kept rows out or spoke of them: its text, rows, share of all rows read, first places, all places."""

    rule_id: str
    severity: str
    label: str
    wrong: str
    do: str
    rows: str
    share: str
    column: str
    places: tuple[RowPlace, ...]
    more: int
    link: str


@dataclass(frozen=True)
class GroupShown:
    """A line of a breakdown."""

    label: str
    persons: str
    share: str
    bar: Markup


@dataclass(frozen=True)
class BreakdownShown:
    """Persons by the codes of a sensitive field."""

    title: str
    groups: tuple[GroupShown, ...]
    is_withheld: bool


@dataclass(frozen=True)
class Shown:
    """All that needs more than a number."""

    province: str
    verdict: str
    fields: tuple[FieldShown, ...]
    quarantine: tuple[RuleShown, ...]
    messages: tuple[tuple[str, tuple[RuleShown, ...]], ...]
    merges: tuple[PairShown, ...]
    reviews: tuple[PairShown, ...]
    gate: GateShown | None
    breakdowns: tuple[BreakdownShown, ...]
    links: Links
    axes: tuple[AxisShown, ...]
    compared: tuple[CompareShown, ...]
    scans: ScansShown | None
    groups: tuple[tuple[str, tuple[RowsShown, ...]], ...]
    trends: tuple[TrendShown, ...]
    quiet: tuple[str, ...]
    sizes: tuple[SizeShown, ...]


def of(report: Report, language: Language) -> Shown:
    """The sections of a report in one language. Raises KeyError where a text is missing."""
    pairs = sections_match.pairs(report.duplicates.examples, language)
    links = Links(report.failing, report.delivery.batch_id)
    return Shown(
        province=province_name(report.delivery.province_code),
        verdict=verdict(report, language),
        fields=tuple(_field(f, links, language) for f in report.fields),
        quarantine=tuple(rules_shown(report.quarantine, report.balance.read, links.rule, language)),
        messages=_messages(report, links, language),
        merges=tuple(p for p in pairs if p.is_merged),
        reviews=tuple(p for p in pairs if not p.is_merged),
        gate=sections_gate.gate(report, language),
        breakdowns=tuple(breakdown_shown(b, language) for b in report.breakdowns),
        links=links,
        axes=sections_fields.axes(report, language),
        compared=sections_fields.compared(report, language),
        scans=sections_scans.scans(report.cells, language),
        groups=groups_shown(report.groups, language),
        trends=tuple(
            trend_shown(t, lambda point: (point.at[:_SHORT], f"{point.at}.html"), "batch", language)
            for t in report.trends if not t.is_quiet
        ),
        quiet=tuple(sections_gate.wrong_of(t.id, language) for t in report.trends if t.is_quiet),
        sizes=sizes_shown(report.households.sizes, language),
    )  # fmt: skip


def verdict(report: Report, language: Language) -> str:
    """The verdict in one sentence with the numbers that it rests on."""
    sums = report.balance
    names = ("read", "taken", "loaded", "merged", "known", "quarantined", "rejected")
    counts = {name: number(getattr(sums, name), language) for name in names}
    said = text(f"report.verdict.{report.verdict}", language, **counts)
    if report.verdict in _SPELLED_OUT:
        parts = {o: text(f"report.verdict.part.{o}", language, rows=counts[o]) for o in OUTCOMES if getattr(sums, o)}
        taken = [parts.pop(o) for o in _TAKEN if o in parts]
        said = "; ".join((said + (f" ({', '.join(taken)})" if taken else ""), *parts.values())) + "."
    return " ".join((said, *(sections_gate.wrong_of(rule_id, language) for rule_id in report.delivery.stop_rules)))


def _messages(report: Report, links: Links, language: Language) -> tuple[tuple[str, tuple[RuleShown, ...]], ...]:
    """What each file told; of many files together, rule by rule, so that the report stays readable."""
    telling = [f for f in report.files if f.messages]
    if len(telling) <= _MANY_FILES:
        return tuple(
            (f.path, tuple(rules_shown(f.messages, f.balance.read, partial(links.in_file, f.path), language)))
            for f in telling
        )
    together: dict[tuple[str, str], RuleCount] = {}
    for file in telling:
        for told in file.messages:
            before = together.get((told.rule_id, told.severity), replace(told, rows=0, places=(), heading=""))
            places = (*before.places, *(replace(p, file=file.path) for p in told.places))[:_PLACES]
            together[told.rule_id, told.severity] = replace(before, rows=before.rows + told.rows, places=places)
    all_files = text("report.files.several", language, files=number(len(telling), language))
    ordered = sorted(together.values(), key=lambda r: (-r.rows, r.rule_id))
    return ((all_files, tuple(rules_shown(ordered, report.balance.read, links.rule, language))),)


def _field(section: FieldSection, links: Links, language: Language) -> FieldShown:
    field, empty = section.declared, section.empty or {}
    label = field.label_vi if language == "vi" else field.label_en
    law = text("report.fields.point" if len(field.point) == 1 else "report.fields.added", language, point=field.point)
    if field.qcvn_element:
        law += " · " + text("report.fields.qcvn", language, element=field.qcvn_element)
    return FieldShown(
        number=field.number or 0, label=label, law=law, is_sensitive=field.sensitivity == "sensitive",
        is_required=field.required, bar=_field_bar(section, label, language),
        filled=percent(section.filled, section.rows, language), valid=percent(section.valid, section.rows, language),
        in_review=number(section.in_review, language),
        empty=tuple(Empty(text(f"report.empty.{r}", language), number(n, language)) for r, n in empty.items() if n),
        link=links.field(field.name) if section.in_review else "",
    )  # fmt: skip


def _field_bar(section: FieldSection, label: str, language: Language) -> Markup:
    empty = section.empty or {}
    misread = sum(empty.get(r.name.lower(), 0) for r in _MISREAD)
    nothing = sum(empty.get(r.name.lower(), 0) for r in _SAID_NOTHING)
    parts = [("valid", section.valid), ("review", section.in_review), ("misread", misread), ("blank", nothing)]
    absent = section.rows - sum(rows for _, rows in parts)
    said = "; ".join(
        f"{text(f'report.bar.{style}', language)} {percent(rows, section.rows, language)}"
        for style, rows in (*parts, ("absent", absent)) if rows
    )  # fmt: skip
    return charts.shares([*parts, ("absent", absent)], Caption(f"{language}-field-{section.name}", label, said))


def rules_shown(
    counts: Iterable[RuleCount], whole: int, address: Callable[[str], str], language: Language
) -> Iterable[RuleShown]:
    """Rules with their texts; `whole` = the rows that their shares are of, `address` leads from a rule to its rows."""
    for found in counts:
        known = all_rules().get(found.rule_id)
        yield RuleShown(
            rule_id=found.rule_id, severity=found.severity, label=text(f"severity.{found.severity}", language),
            wrong=wrong(found.rule_id, language) if known else found.rule_id,
            do=what_to_do(found.rule_id, language) if known else "",
            rows=number(found.rows, language), share=percent(found.rows, whole, language),
            column=_column(found, language), places=found.places,
            more=max(0, found.rows - sum(place.rows for place in found.places)),
            link=address(found.rule_id),
        )  # fmt: skip


def _column(found: RuleCount, language: Language) -> str:
    if not found.heading:
        return ""
    key = "report.files.whole_column" if found.is_column else "report.files.column"
    return text(key, language, letter=found.letter, heading=found.heading)


def breakdown_shown(found: Breakdown, language: Language) -> BreakdownShown:
    """A breakdown with its labels and bars."""
    whole = sum(g.persons for g in found.groups) + (found.others or 0)
    named = [(_label(g.code_list, g.code, language), g.persons) for g in found.groups]
    if found.others is not None:
        said = text("report.breakdown.others", language, groups=number(found.other_groups, language))
        named.append((said, found.others))
    shown = tuple(
        GroupShown(label, number(persons, language), percent(persons, whole, language), _bar(
            persons, whole, f"{language}-{found.field}-{place}", label, language))
        for place, (label, persons) in enumerate(named)
    )  # fmt: skip
    return BreakdownShown(text(f"report.breakdown.{found.field}", language), shown, found.is_withheld)


def _bar(persons: int, whole: int, key: str, label: str, language: Language) -> Markup:
    caption = Caption(key, label, percent(persons, whole, language))
    return charts.shares([("read", persons), ("absent", whole - persons)], caption)


def _label(code_list: str, code: str | None, language: Language) -> str:
    if code is None:
        return text("report.breakdown.unknown", language)
    codes = code_lists.code_list(code_list).codes if code_list in code_lists.NAMES else ()
    found = next((c for c in codes if c.code == code), None)
    if found is None:
        return code
    return found.label if language == "vi" else found.label_en
