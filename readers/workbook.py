"""The parts of a workbook beside its sheets: which sheets there are, shared texts, number formats, calendar."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Any, TypeVar

from readers.cell_values import NumberFormat, number_format
from readers.package import Package
from readers.safe_xml import attribute, parse_xml
from schemas.errors import FileRefused

_ROOT, _WORKBOOK = "_rels/.rels", "xl/workbook.xml"
_Sheet = TypeVar("_Sheet", bound=Any)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class SheetPart:
    """A worksheet: name, the part that holds it, whether it is hidden."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True)
class Workbook:
    """Sheets in order, shared texts, format of each cell style, and whether days count from 1904."""

    sheets: tuple[SheetPart, ...]
    texts: list[str]
    formats: tuple[NumberFormat, ...]
    is_1904: bool


def open_workbook(package: Package) -> Workbook:
    """Read all but the sheets. Raises FileRefused: file.damaged, file.unsafe, file.macro."""
    main = _main_part(package)
    targets = _targets(package, main)
    sheets: list[SheetPart] = []
    is_1904 = False

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal is_1904
        if name == "sheet":
            kind, target = targets.get(attribute(attributes, "id") or "", ("", ""))
            if not kind:
                raise FileRefused("file.damaged", found="sheets")
            if kind.endswith("/worksheet"):
                hidden = (attributes.get("state") or "visible") != "visible"
                sheets.append(SheetPart(attributes.get("name", ""), target, hidden))
            elif "macro" in kind.lower():
                raise FileRefused("file.macro")
        elif name == "workbookPr":
            is_1904 = attributes.get("date1904", "0").lower() in ("1", "true", "on")

    parse_xml(package.blocks(main), start, _ignore)
    if not sheets:
        raise FileRefused("file.damaged", found="sheets")
    kinds = {kind.rpartition("/")[2]: target for kind, target in targets.values()}
    texts = _shared_texts(package, kinds.get("sharedStrings"))
    formats = _formats(package, kinds.get("styles"))
    return Workbook(distinct_names(sheets), texts, formats, is_1904)


def unescaped(text: str) -> str:
    """Text of a cell with the escapes of control characters (_x000D_) undone."""
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


def distinct_names(sheets: Sequence[_Sheet]) -> tuple[_Sheet, ...]:
    """Sheets with names of their own: the name is part of every row's identity."""
    seen: set[str] = set()
    named: list[_Sheet] = []
    for number, sheet in enumerate(sheets, 1):
        name = sheet.name if sheet.name and sheet.name not in seen else f"{sheet.name} #{number}"
        seen.add(name)
        named.append(replace(sheet, name=name))
    return tuple(named)


def _main_part(package: Package) -> str:
    """The part that lists the sheets: what the package says, else where Excel puts it."""
    if package.has(_ROOT):
        for kind, part in _targets(package, "").values():
            if kind.endswith("/officeDocument") and package.has(part):
                return part
    if not package.has(_WORKBOOK):
        raise FileRefused("file.damaged", found=_WORKBOOK)
    return _WORKBOOK


def _targets(package: Package, of: str) -> dict[str, tuple[str, str]]:
    """Relation id of a part -> its kind and the part it names."""
    folder, name = PurePosixPath(of).parent, PurePosixPath(of).name
    targets: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode", "Internal") == "Internal":
            target = attributes.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else normpath(str(folder / target))
            targets[attributes.get("Id", "")] = (attributes.get("Type", ""), part)

    parse_xml(package.blocks(str(folder / "_rels" / f"{name}.rels")), start, _ignore)
    return targets


def _shared_texts(package: Package, part: str | None) -> list[str]:
    """The shared table; a workbook that names one and lacks it is damaged."""
    part = part or _if_there(package, "xl/sharedStrings.xml")
    if part is None:
        return []
    reader = _SharedTexts()
    parse_xml(package.blocks(part), reader.start, reader.end, reader.text)
    return reader.texts


class _SharedTexts:
    """The shared table: runs of rich text joined, phonetic readings left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._in_text = False
        self._phonetic = 0

    def start(self, name: str, _: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic += 1
        elif name == "t":
            self._in_text = not self._phonetic

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "si":
            self.texts.append(unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "t":
            self._in_text = False

    def text(self, data: str) -> None:
        """Characters."""
        if self._in_text:
            self._pieces.append(data)


def _if_there(package: Package, part: str) -> str | None:
    return part if package.has(part) else None


def _formats(package: Package, part: str | None) -> tuple[NumberFormat, ...]:
    """The number format of each cell style, by its index."""
    part = part or _if_there(package, "xl/styles.xml")
    if part is None:
        return ()
    codes: dict[int, str] = {}
    styles: list[int] = []
    inside: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        inside.append(name)
        if name == "numFmt":
            codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "xf" and "cellXfs" in inside:
            styles.append(_whole(attributes.get("numFmtId")))

    def end(_: str) -> None:
        inside.pop()

    parse_xml(package.blocks(part), start, end)
    return tuple(number_format(style, codes.get(style)) for style in styles)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _ignore(_: str) -> None:
    return
