"""Reads a declaration from YAML and says, where it is wrong, at which line and what is allowed there.

The file is composed into nodes that know their lines; nothing in it is ever made into an object. The only door to
PyYAML.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

from dedup import declared_form as form
from schemas.errors import UsageError

_MOST_BYTES = 1 << 20
_MOST_ENTRIES, _MOST_RECORDS = 100, 10_000
"""Entries of a list, whose numbers stand in small integers; records of a block, whose pairs are their square."""
_T = TypeVar("_T")
_DATE_FORMAT = re.compile(r"^(?=.*YYYY)(?:YYYY|MM|DD|[-/. ])+$")
_TOP = (
    "id", "source", "pairs", "columns", "comparisons", "blocking", "unique", "one_per_source", "labels", "thresholds",
    "training",
)  # fmt: skip


def load_declaration(path: Path) -> form.Declaration:
    """Read a file of comparisons.

    Raises:
        UsageError: comparisons.*, with the line, the place in the file and what is allowed there.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError("comparisons.unreadable", path=str(path))
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UsageError("comparisons.unreadable", path=str(path)) from None
    return parse_declaration(text)


def parse_declaration(text: str) -> form.Declaration:
    """The declaration of a YAML text. Raises UsageError as `load_declaration` does."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise UsageError("comparisons.no_yaml", line=mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UsageError("comparisons.no_yaml") from None
    if node is None:
        raise UsageError("comparisons.no_yaml", line=1)
    return _Reader(node).declaration()


class _Item:
    """A node with its place in the file."""

    def __init__(self, node: yaml.Node, place: str) -> None:
        self.node, self.place = node, place

    def wrong(self, code: str, **details: object) -> NoReturn:
        line = self.node.start_mark.line + 1
        raise UsageError(f"comparisons.{code}", line=line, place=self.place or "the file", **details)

    def fields(self, allowed: Sequence[str], needed: Sequence[str] = ()) -> dict[str, "_Item"]:
        """The entries of a mapping."""
        if not isinstance(self.node, yaml.MappingNode):
            self.wrong("wrong_value", allowed="a mapping with " + " | ".join(allowed))
        found: dict[str, _Item] = {}
        for key, value in self.node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            inside = _Item(value, f"{self.place}.{name}".lstrip("."))
            if allowed and name not in allowed:
                _Item(key, self.place).wrong("unknown_key", key=name, allowed=" | ".join(allowed))
            if not name or name in found:
                _Item(key, self.place).wrong("doubled_key", key=name)
            found[name] = inside
        missing = [n for n in needed if n not in found]
        if missing:
            self.wrong("missing_key", missing=", ".join(missing))
        return found

    def items(self) -> list["_Item"]:
        """The entries of a list that is not empty."""
        if not isinstance(self.node, yaml.SequenceNode) or not 0 < len(self.node.value) <= _MOST_ENTRIES:
            self.wrong("wrong_value", allowed=f"a list of 1 to {_MOST_ENTRIES} entries")
        return [_Item(n, f"{self.place}[{i}]") for i, n in enumerate(self.node.value, 1)]

    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    def is_text(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode)

    def text(self) -> str:
        if not isinstance(self.node, yaml.ScalarNode) or not self.node.value:
            self.wrong("wrong_value", allowed="a text")
        return str(self.node.value)

    def texts(self) -> tuple[str, ...]:
        """One text, or a list of different ones."""
        found = tuple(i.text() for i in self.items()) if self.is_list() else (self.text(),)
        if len(set(found)) < len(found):
            self.wrong("wrong_value", allowed="each entry once")
        return found

    def one_of(self, allowed: Iterable[str]) -> str:
        known = tuple(allowed)
        if not self.is_text() or self.text() not in known:
            self.wrong("wrong_value", allowed=" | ".join(known))
        return self.text()

    def flag(self) -> bool:
        return self.one_of(("true", "false")) == "true"

    def number(self, kind: str) -> float:
        """A number: a share 0 to 1, a whole count from 1, or an amount from 0."""
        said = {"share": "a number above 0, at most 1", "count": "a whole number from 1", "amount": "a number from 0"}
        try:
            value = float(self.text())
        except ValueError:
            value = math.nan
        fits = {
            "share": 0 < value <= 1,
            "count": 1 <= value <= 1e12 and value == math.floor(value),
            "amount": 0 <= value < math.inf,
        }
        if not fits[kind]:
            self.wrong("wrong_value", allowed=said[kind])
        return value

    def count(self) -> int:
        return int(self.number("count"))


class _Reader:
    """Reads the parts of a declaration in the order in which they need each other."""

    def __init__(self, node: yaml.Node) -> None:
        self._top = _Item(node, "").fields(_TOP, ("comparisons", "blocking"))
        self._columns: dict[str, form.Column] = {}

    def declaration(self) -> form.Declaration:
        if "columns" in self._top:
            self._columns = {name: _column(name, item) for name, item in self._top["columns"].fields(()).items()}
        comparisons = tuple(self._comparison(i) for i in self._top["comparisons"].items())
        _each_once(comparisons, self._top["comparisons"])
        blocking = tuple(self._rule(i) for i in self._top["blocking"].items())
        unique = tuple(self._name(n) for n in _entries(self._top["unique"])) if "unique" in self._top else ()
        across = self._read("pairs", lambda i: i.one_of(("all", "across")) == "across", False)
        one_per_source = self._read("one_per_source", _Item.flag, False)
        source = self._read("source", _Item.text, "")
        for needs, is_there in (("pairs", across), ("one_per_source", one_per_source)):
            if is_there and not source:
                self._top[needs].wrong("missing_key", missing="source")
        return form.Declaration(
            tuple(self._columns.values()), comparisons, blocking, self._read("id", _Item.text, "record_id"), source,
            across, one_per_source, self._read("labels", _Item.text, ""), unique,
            self._read("thresholds", _thresholds, form.Thresholds()),
            self._read("training", _training, form.Training()),
        )  # fmt: skip

    def _read(self, key: str, read: Callable[[_Item], _T], default: _T) -> _T:
        return read(self._top[key]) if key in self._top else default

    def _name(self, item: _Item) -> str:
        """Name of a column; one that is not declared is a text column of the table."""
        name = item.text()
        self._columns.setdefault(name, form.Column(name, (name,)))
        return name

    def _comparison(self, item: _Item) -> form.Comparison:
        fields = item.fields(("name", "column", "columns", "levels", "frequency", "must"), ("levels",))
        if ("column" in fields) == ("columns" in fields):
            item.wrong("missing_key", missing="column or columns, one of them")
        named = fields.get("column") or fields["columns"]
        columns = tuple(self._name(i) for i in _entries(named))
        kinds = {self._columns[c].kind for c in columns}
        if len(kinds) > 1:
            named.wrong("wrong_value", allowed="columns of one kind")
        levels = tuple(self._level(i, columns, kinds.copy().pop()) for i in fields["levels"].items())
        frequency = fields["frequency"].flag() if "frequency" in fields else False
        if frequency and len(columns) > 1:
            fields["frequency"].wrong("wrong_value", allowed="true for a comparison of one column")
        must = fields["must"].count() if "must" in fields else 0
        if must > len(levels):
            fields["must"].wrong("wrong_value", allowed=f"1 to {len(levels)}")
        name = fields["name"].text() if "name" in fields else "_".join(columns)
        return form.Comparison(name, columns, levels, frequency, must)

    def _level(self, item: _Item, columns: tuple[str, ...], kind: str) -> form.Level:
        tests = dict(form.TESTS[kind])
        if kind == "text" and len(columns) == 2:
            tests[form.SWAPPED] = "share"
        if item.is_text():
            test = item.one_of([t for t, bound in tests.items() if not bound or (t == form.SWAPPED and kind == "text")])
            return form.Level(test, 1.0 if test == form.SWAPPED else 0.0)
        fields = item.fields((*tests, "of"))
        named = [t for t in fields if t != "of"]
        if len(named) != 1:
            item.wrong("wrong_value", allowed="one test: " + " | ".join(tests))
        test = named[0]
        of = fields["of"].texts() if "of" in fields else ()
        if set(of) - set(columns) or (of and test == form.SWAPPED and kind == "text"):
            fields["of"].wrong("wrong_value", allowed=" | ".join(columns))
        if not tests[test]:
            fields[test].one_of(("true",))
            return form.Level(test, 0.0, of)
        return form.Level(test, fields[test].number(tests[test]), of)

    def _rule(self, item: _Item) -> form.BlockingRule:
        default = form.BlockingRule("", ())
        fields = {"columns": item} if item.is_list() else item.fields(("columns", "then", "most", "name"), ("columns",))
        parts = tuple(self._part(i) for i in fields["columns"].items())
        then = tuple(self._part(i) for i in fields["then"].items()) if "then" in fields else ()
        most = fields["most"].count() if "most" in fields else default.most
        if most > _MOST_RECORDS:
            fields["most"].wrong("wrong_value", allowed=f"1 to {_MOST_RECORDS}")
        name = fields["name"].text() if "name" in fields else ", ".join(map(_part_name, parts))
        return form.BlockingRule(name, parts, then, most)

    def _part(self, item: _Item) -> form.KeyPart:
        if item.is_text():
            return self._known_part(form.KeyPart((self._name(item),)), item)
        fields = item.fields(("column", "any_order", "first", "last", "part"))
        if ("column" in fields) == ("any_order" in fields):
            item.wrong("missing_key", missing="column or any_order, one of them")
        named = fields.get("column") or fields["any_order"]
        columns = tuple(self._name(i) for i in (_entries(named) if "any_order" in fields else [named]))
        first, last = (fields[n].count() if n in fields else 0 for n in ("first", "last"))
        part = fields["part"].one_of(form.DATE_PARTS) if "part" in fields else ""
        return self._known_part(form.KeyPart(columns, first, last, part), item)

    def _known_part(self, part: form.KeyPart, item: _Item) -> form.KeyPart:
        kinds = {self._columns[c].kind for c in part.columns}
        if "set" in kinds:
            item.wrong("wrong_value", allowed="a column that is no set")
        if part.part and kinds != {"date"}:
            item.wrong("wrong_value", allowed="part, of a date only")
        if (part.first or part.last) and kinds != {"text"}:
            item.wrong("wrong_value", allowed="first and last, of a text only")
        return part


def _column(name: str, item: _Item) -> form.Column:
    fields = item.fields(("from", "kind", "format", "separator"))
    sources = fields["from"].texts() if "from" in fields else (name,)
    kind = fields["kind"].one_of(form.KINDS) if "kind" in fields else "text"
    for key, owner in (("format", "date"), ("separator", "set")):
        if key in fields and kind != owner:
            fields[key].wrong("wrong_value", allowed=f"{key}, of a {owner} only")
    most = {"text": math.inf, "date": 3}.get(kind, 1)
    if len(sources) > most or (kind == "date" and len(sources) == 2):
        fields["from"].wrong("wrong_value", allowed="one column" + ", or year, month and day" * (kind == "date"))
    default = form.Column(name, sources, kind)
    written = fields["format"].text() if "format" in fields else default.format
    if not _DATE_FORMAT.match(written) or any(written.count(p) > 1 for p in ("YYYY", "MM", "DD")):
        fields["format"].wrong("wrong_value", allowed="YYYY, MM and DD, each once, with - / . or a space between them")
    separator = fields["separator"].text() if "separator" in fields else default.separator
    return form.Column(name, sources, kind, written, separator)


def _entries(item: _Item) -> list[_Item]:
    item.texts()
    return item.items() if item.is_list() else [item]


def _each_once(comparisons: tuple[form.Comparison, ...], item: _Item) -> None:
    names = [c.name for c in comparisons]
    doubled = sorted({n for n in names if names.count(n) > 1})
    if doubled:
        item.wrong("doubled_key", key=", ".join(doubled))


def _part_name(part: form.KeyPart) -> str:
    cut = [f"first {part.first}"] * bool(part.first) + [f"last {part.last}"] * bool(part.last)
    return " ".join([" and ".join(part.columns), *cut, *([part.part] if part.part else [])])


def _thresholds(item: _Item) -> form.Thresholds:
    fields, default = item.fields(("match", "review")), form.Thresholds()
    match, review = (
        fields[n].number("share") if n in fields else getattr(default, n) for n in ("match", "review")
    )  # fmt: skip
    if review > match:
        item.wrong("wrong_value", allowed="review, at most match")
    return form.Thresholds(match, review)


def _training(item: _Item) -> form.Training:
    default: dict[str, Any] = vars(form.Training())
    fields = item.fields(tuple(default))
    return form.Training(**{n: fields[n].count() if n in fields else d for n, d in default.items()})
