"""Forms as data: what a page of a ledger has printed on it, and where the values stand.

Each file of readers/forms/ describes one form; docs/forms.md says how to write one. Columns that may stand in any
order are learned from the headings read on the page (`readers.learned_forms`). A door to PyYAML, like
dedup.declared_yaml.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, NoReturn, cast, get_args

import yaml

from schemas.errors import UsageError
from schemas.tables import RAW_COLUMNS

Kind = Literal["name", "date", "number", "code", "place", "serial", "relation", "text"]
Layout = Literal["table", "blocks"]
KINDS: tuple[str, ...] = get_args(Kind)
BETWEEN = "line_between"
"""Column of what stands in a line between rows that is one cell as wide as the table: whose household follows."""
_MOST_BYTES = 1 << 18

KIND_OF: Mapping[str, Kind] = {
    **dict.fromkeys(
        ("full_name_raw", "head_name_raw", "father_name_raw", "mother_name_raw", "spouse_name_raw",
         "representative_name_raw", "other_names_raw"), "name"),
    **dict.fromkeys(("birth_date_raw", "death_date_raw", "entry_date_raw"), "date"),
    **dict.fromkeys(
        ("household_id_raw", "head_number_raw", "personal_number_raw", "old_id_number_raw",
         "residence_file_number_raw"), "number"),
    **dict.fromkeys(
        ("sex_raw", "ethnic_group_raw", "religion_raw", "nationality_raw", "marital_status_raw", "blood_type_raw"),
        "code"),
    **dict.fromkeys(
        ("birth_registration_place_raw", "native_place_raw", "permanent_residence_raw", "temporary_residence_raw",
         "current_residence_raw", "birth_place_raw"), "place"),
    "serial_raw": "serial", "relation_raw": "relation",
}  # fmt: skip
"""What kind of value a raw column holds; those left out hold text."""

FormTexts = tuple[tuple[str, str], ...]
"""Id and YAML text of each form."""


@dataclass(frozen=True)
class FormColumn:
    """A column of the ruled table.

    Attributes:
        name: a raw column of schemas.tables.RAW_COLUMNS, or a name of the form's own; one part of a value stands
        behind a slash ("birth_date_raw/female"). Unique in the form.
        kind: what is written there. share: of the width of the table; all shares of a form make 1.
        headings: wordings, the usual one first. group: wordings of the heading above it, which it shares with its
        neighbours of the same group; empty where the heading has one level.
    """

    name: str
    kind: Kind
    share: float
    headings: tuple[str, ...]
    group: tuple[str, ...] = ()

    @property
    def raw_column(self) -> str | None:
        """The raw column it feeds; None if it is the form's own."""
        whole = self.name.partition("/")[0]
        return whole if whole in RAW_COLUMNS else None

    @property
    def part(self) -> str:
        """Which part of the value (day, month, year, male, female, family, given); "" for all of it."""
        return self.name.partition("/")[2]


@dataclass(frozen=True)
class HeaderField:
    """A labelled place for one value outside a table: label, then the value, often on a dotted line.

    Attributes:
        name, kind: as of a column. labels: wordings of the label, the usual one first. place: above or below the
        table, or inside a person's block. line: from 0, counted from the top of that place. start, end: where label
        and value lie together, as shares of the width of the table or block.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...]
    place: Literal["above", "below", "block"]
    line: int
    start: float
    end: float


@dataclass(frozen=True)
class Form:
    """A form.

    Attributes:
        form_id: name of its file. titles: wordings of its title. layout: "table", or "blocks" where each person has a
        block of labelled lines (`block`) one below the other. columns: of the table, from the left. header: fields
        outside table and blocks. free_order: the columns are those that may stand there, in any order and number;
        which do is learned from the headings. numbered: a row of column numbers may stand under the headings.
        rows: fewest and most lines of a page (of blocks: persons). landscape: the sheet lies.
    """

    form_id: str
    titles: tuple[str, ...]
    layout: Layout
    columns: tuple[FormColumn, ...]
    header: tuple[HeaderField, ...] = ()
    block: tuple[HeaderField, ...] = ()
    free_order: bool = False
    numbered: bool = False
    rows: tuple[int, int] = (1, 40)
    landscape: bool = True

    def kind_of(self, name: str) -> Kind:
        """Kind of the column or field of that name.

        Raises:
            KeyError: the form has none of that name.
        """
        kinds: dict[str, Kind] = {c.name: c.kind for c in self.columns}
        return (kinds | {f.name: f.kind for f in (*self.header, *self.block)})[name]


def load_forms(folder: Path | None = None) -> tuple[Form, ...]:
    """The forms of the package, and those of `folder` (*.yml), in order of their ids; a folder's form replaces ours.

    Raises:
        UsageError: forms.*, with the file and the place in it.
    """
    return with_ours(form_texts(folder))


def form_texts(folder: Path | None) -> FormTexts:
    """Id and YAML text of each form of a folder (*.yml), looked at; none where there is no folder.

    Raises:
        UsageError: forms.*, with the file and the place in it; forms.unreadable also where the folder is none.
    """
    if folder is None:
        return ()
    if not folder.is_dir():
        raise UsageError("forms.unreadable", file=folder.name)
    texts = tuple((path.stem, _text(path)) for path in sorted(folder.glob("*.yml")))
    with_ours(texts)
    return texts


def with_ours(texts: FormTexts) -> tuple[Form, ...]:
    """The forms of the package and those of the texts, in order of their ids; a text replaces ours of its id.

    Raises:
        UsageError: forms.*, with the place in it.
    """
    found = {**_own_forms(), **{form_id: _read(form_id, text) for form_id, text in texts}}
    return tuple(found[form_id] for form_id in sorted(found))


def with_lines_between(form: Form) -> Form:
    """The form with a column, of no width, for lines between its rows that are one cell."""
    between = FormColumn(BETWEEN, "text", 0.0, ("Dòng giữa bảng",))
    return replace(form, columns=(*form.columns, between))


def known_form(form_id: str) -> Form:
    """A form of the package.

    Raises:
        KeyError: there is none of that id.
    """
    return _own_forms()[form_id]


def parse_form(form_id: str, text: str) -> Form:
    """The form of a YAML text. Raises UsageError as `load_forms` does."""
    return _read(form_id, text)


@cache
def _own_forms() -> Mapping[str, Form]:
    folder = files("readers").joinpath("forms")
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".yml"))
    return {n.removesuffix(".yml"): _read(n.removesuffix(".yml"), folder.joinpath(n).read_text("utf-8")) for n in names}


def _text(path: Path) -> str:
    try:
        if path.stat().st_size <= _MOST_BYTES:
            return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        pass
    raise UsageError("forms.unreadable", file=path.name)


def _read(form_id: str, text: str) -> Form:
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UsageError("forms.no_yaml", file=form_id) from None
    return _Reader(form_id).form(content)


class _Reader:
    """Turns the plain content of a file into a Form and says where it is wrong."""

    _TOP = frozenset(("layout", "titles", "columns", "header", "block", "free_order", "numbered", "rows", "landscape"))

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id

    def form(self, content: Any) -> Form:
        given = self._mapping(content, "", self._TOP)
        layout = given.get("layout", "table")
        if layout not in get_args(Layout):
            self._wrong("layout")
        columns = self._columns(given.get("columns", []))
        block = tuple(self._fields(given.get("block", []), "block", "block"))
        header = given.get("header", {})
        header = self._mapping(header, "header", frozenset(("above", "below")))
        above = self._fields(header.get("above", []), "header.above", "above")
        below = self._fields(header.get("below", []), "header.below", "below")
        if (layout == "table" and not columns) or (layout == "blocks" and not block):
            self._wrong("columns" if layout == "table" else "block")
        form = Form(
            self.form_id,
            self._words(given.get("titles"), "titles"),
            cast(Layout, layout),
            columns,
            (*above, *below),
            block,
            free_order=self._flag(given, "free_order"),
            numbered=self._flag(given, "numbered"),
            rows=self._rows(given.get("rows", [1, 40])),
            landscape=self._flag(given, "landscape"),
        )
        self._unique([c.name for c in form.columns] + [f.name for f in form.block])
        self._unique([f.name for f in form.header])
        return form

    def _columns(self, content: Any) -> tuple[FormColumn, ...]:
        entries = self._list(content, "columns")
        columns = []
        for at, entry in enumerate(entries):
            place = f"columns.{at + 1}"
            given = self._mapping(entry, place, frozenset(("name", "kind", "width", "headings", "group")))
            name, kind = self._name_and_kind(given, place)
            share = self._number(given.get("width"), f"{place}.width")
            group = self._words(given["group"], f"{place}.group") if "group" in given else ()
            columns.append(
                FormColumn(name, kind, share, self._words(given.get("headings"), f"{place}.headings"), group)
            )
        whole = sum(c.share for c in columns)
        return tuple(FormColumn(c.name, c.kind, c.share / whole, c.headings, c.group) for c in columns)

    def _fields(self, content: Any, place: str, where: Literal["above", "below", "block"]) -> Iterable[HeaderField]:
        for line, entries in enumerate(self._list(content, place)):
            for at, entry in enumerate(self._list(entries, f"{place}.{line + 1}")):
                here = f"{place}.{line + 1}.{at + 1}"
                given = self._mapping(entry, here, frozenset(("name", "kind", "labels", "from", "to")))
                name, kind = self._name_and_kind(given, here)
                start = self._number(given.get("from", 0), f"{here}.from", 0) / 100
                end = self._number(given.get("to", 100), f"{here}.to") / 100
                if not start < end <= 1:
                    self._wrong(f"{here}.to")
                yield HeaderField(
                    name, kind, self._words(given.get("labels"), f"{here}.labels"), where, line, start, end
                )

    def _name_and_kind(self, given: Mapping[str, Any], place: str) -> tuple[str, Kind]:
        name = given.get("name")
        if not isinstance(name, str) or not name:
            self._wrong(f"{place}.name")
        kind = given.get("kind", KIND_OF.get(name.partition("/")[0], "text"))
        if kind not in KINDS:
            self._wrong(f"{place}.kind")
        return name, cast(Kind, kind)

    def _mapping(self, content: Any, place: str, allowed: frozenset[str]) -> Mapping[str, Any]:
        if not isinstance(content, dict):
            self._wrong(place)
        for key in content:
            if key not in allowed:
                self._wrong(f"{place}.{key}".lstrip("."))
        return content

    def _list(self, content: Any, place: str) -> list[Any]:
        if not isinstance(content, list):
            self._wrong(place)
        return content

    def _words(self, content: Any, place: str) -> tuple[str, ...]:
        words = [content] if isinstance(content, str) else content
        if not isinstance(words, list) or not words or not all(isinstance(w, str) and w.strip() for w in words):
            self._wrong(place)
        return tuple(words)

    def _number(self, content: Any, place: str, least: float = 0.001) -> float:
        if isinstance(content, bool) or not isinstance(content, int | float) or not least <= content <= 10_000:
            self._wrong(place)
        return float(content)

    def _flag(self, given: Mapping[str, Any], key: str) -> bool:
        value = given.get(key, False)
        if not isinstance(value, bool):
            self._wrong(key)
        return value

    def _rows(self, content: Any) -> tuple[int, int]:
        rows = self._list(content, "rows")
        if len(rows) != 2 or not all(type(r) is int for r in rows) or not 1 <= rows[0] <= rows[1] <= 200:
            self._wrong("rows")
        return rows[0], rows[1]

    def _unique(self, names: list[str]) -> None:
        for name in names:
            if names.count(name) > 1:
                self._wrong(name)

    def _wrong(self, place: str) -> NoReturn:
        raise UsageError("forms.wrong", file=self.form_id, place=place or "-")
