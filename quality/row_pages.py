"""The folder of failing rows as HTML: an index, a page a rule, and the pages of rows, each small and self-contained.

Both languages stand in one page, hidden in turn by the switch: a row itself is figures and letters. No font is inside,
since a large batch has hundreds of pages, and a row has no mark-up that it can do without; no script, nothing fetched.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any

from markupsafe import Markup, escape

from quality.failing_rows import (
    STATES,
    Cause,
    CauseCount,
    FailingRow,
    PageSummary,
    RowGroup,
    RowIndex,
    RowPage,
    rows_of,
)
from quality.render import filled
from quality.row_links import INDEX, anchor, page_name, rule_name
from quality.wording import number
from schemas import messages
from schemas.fields import ALL_FIELDS
from schemas.messages import LANGUAGES
from schemas.rules import all_rules

_FIELDS = {f.name: f for f in ALL_FIELDS}


def of_index(index: RowIndex, batch_id: str) -> str:
    """The index: by rule, by field, by file."""
    causes = list(index.causes.items())
    by_field: dict[str, list[tuple[Cause, int]]] = {}
    for cause, rows in causes:
        if cause.field:
            by_field.setdefault(cause.field, []).append((cause, rows))
    order = {f.name: n for n, f in enumerate(ALL_FIELDS)}
    files = [(file, _sums(pages), pages) for file, pages in index.files.items()]
    return _framed(
        INDEX, "rows_index.html", batch_id, messages.text("rows.index.title", "vi"), (),
        index=index, states=index.states, causes=causes, files=files, state_names=STATES,
        fields=sorted(by_field.items(), key=lambda f: order.get(f[0], len(order))),
    )  # fmt: skip


def of_rules(index: RowIndex, batch_id: str) -> Iterator[tuple[str, str]]:
    """Name and content of the page of each rule: on which pages of which file its rows stand."""
    number_of = {file: n for n, file in enumerate(index.files, 1)}
    found: dict[str, dict[str, list[tuple[int, CauseCount]]]] = {}
    for page in index.pages:
        for count in page.counts:
            found.setdefault(count.cause.rule_id, {}).setdefault(page.file, []).append((page.number, count))
    for rule_id, by_file in sorted(found.items()):
        counts = [count for entries in by_file.values() for _, count in entries]
        name = rule_name(rule_id)
        yield name, _framed(
            name, "rows_rule.html", batch_id, rule_id, (), rule_id=rule_id, rows=sum(c.rows for c in counts),
            files=[(number_of[file], file, _by_cause(entries)) for file, entries in by_file.items()],
            several_fields=len({c.cause.field for c in counts}) > 1,
        )  # fmt: skip


def of_page(page: RowPage, pages: int, batch_id: str) -> str:
    """A page of rows, its groups one after the other."""
    ways = [("previous", page_name(page.number - 1))] if page.number > 1 else []
    ways += [("next", page_name(page.number + 1))] if page.number < pages else []
    seen: set[Cause] = set()
    by_rule: dict[str, list[tuple[dict[str, object], Markup]]] = {}
    for group in page.groups:
        first = {"group": group, "rows": rows_of(group.rows), "is_first": group.cause not in seen}
        seen.add(group.cause)
        items = Markup("\n".join(_items(group)))  # noqa: S704
        by_rule.setdefault(group.cause.rule_id, []).append((first, items))
    title = messages.text("rows.title", "vi", page=page.number)
    return _framed(
        page_name(page.number), "rows_page.html", batch_id, title, ways, page=page, pages=pages, by_rule=by_rule
    )


def _by_cause(entries: Iterable[tuple[int, CauseCount]]) -> dict[Cause, list[tuple[int, CauseCount]]]:
    """The pages of each cause, so that its words stand once and not beside each page."""
    found: dict[Cause, list[tuple[int, CauseCount]]] = {}
    for number_, count in entries:
        found.setdefault(count.cause, []).append((number_, count))
    return found


def _items(group: RowGroup) -> Iterable[str]:
    column = str(escape(group.letter)) if group.sheet is not None and group.letter.isalpha() else ""
    for row in group.rows:
        line = _line(row)
        cell = f" {column}{row.line}" if column and row.line is not None else ""
        yield f"<li><b>{line}</b>{cell} {row.record_id}" if row.record_id else f"<li><b>{line}</b>"


def _line(row: FailingRow) -> str:
    line = "–" if row.line is None else str(row.line)
    run = f"–{row.last}" if row.last is not None else ""
    return (f"{row.page}: " if row.page is not None else "") + line + run


def _sums(pages: Sequence[PageSummary]) -> list[int]:
    return [sum(page.states[at] for page in pages) for at in range(len(STATES))]


def _framed(
    name: str, template: str, batch_id: str, title: str, ways: Iterable[tuple[str, str]], **context: Any
) -> str:
    words = {
        "both": _both, "plain": lambda key: messages.text(f"rows.{key}", "vi"), "num": partial(number, language="vi"),
        "wrong": partial(_rule, messages.wrong), "what_to_do": partial(_rule, messages.what_to_do), "state": _state,
        "field": _field, "lines": _lines,
        "is_counted": _is_counted, "anchor": anchor, "page_name": page_name, "batch": batch_id, "name": name,
    }  # fmt: skip
    body = Markup(filled(template, **context, **words))  # noqa: S704
    style = Markup(filled("rows.css"))  # noqa: S704
    return filled("rows.html", title=title, style=style, body=body, ways=ways, **words)


def _both(key: str, **values: object) -> Markup:
    """A text in both languages, one of them hidden."""
    told = {
        x: messages.text(f"rows.{key}", x, **{n: number(v, x) if isinstance(v, int) else v for n, v in values.items()})
        for x in LANGUAGES
    }
    return _spans(told)


def _spans(told: dict[messages.Language, str]) -> Markup:
    return Markup("".join(f'<span lang="{x}">{escape(text)}</span>' for x, text in told.items()))  # noqa: S704


@cache
def _rule(said: Callable[[str, messages.Language], str], rule_id: str) -> Markup | str:
    return _spans({x: said(rule_id, x) for x in LANGUAGES}) if rule_id in all_rules() else rule_id


@cache
def _state(state: str) -> Markup:
    return Markup('<span class="pill {}">{}</span>').format(state, _both(f"state.{state}"))


@cache
def _field(name: str) -> Markup | str:
    if not name:
        return _both("whole_row")
    field = _FIELDS.get(name)
    return _spans({"vi": field.label_vi, "en": field.label_en}) if field else name


def _is_counted(cause: Cause) -> bool:
    """Are rows of that cause counted and not numbered by line? Of a refused file no line is known."""
    known = all_rules().get(cause.rule_id)
    return cause.state == "rejected" and known is not None and known.outcome == "file"


def _lines(first: int, last: int) -> Markup:
    """Lines are bare, as they are searched for."""
    return _both("lines", first=str(first), last=str(last))
