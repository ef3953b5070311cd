"""Streaming XML without the dangerous parts: no document type, no entities, no depth beyond a workbook's need."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.parsers import expat

from schemas.errors import FileRefused

DEEPEST = 100
_MOST_NAMES = 10_000
_BYTES = 256
_OWN_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "us-ascii"})

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def parse_xml(blocks: Iterable[bytes], start: Start, end: End, text: Text | None = None) -> None:
    """Feed handlers with element names and attributes without their namespaces.

    Raises:
        FileRefused: file.unsafe (document type, entity, too deep), file.damaged (no XML).
    """
    for _ in parse_steps(blocks, start, end, text):
        pass


def parse_steps(
    blocks: Iterable[bytes], start: Start, end: End, text: Text | None = None, *, counts_depth: bool = False
) -> Iterable[None]:
    """`parse_xml`, giving way after each block so that the caller can hand on what it has.

    `counts_depth`: the handlers keep to DEEPEST themselves; where the elements have no prefix they are then called by
    the parser itself, which is twice as fast.
    """
    parser = _parser(start, end, text, counts_depth=counts_depth)
    try:
        for block in blocks:
            parser.Parse(block, False)
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as wrong:
        raise FileRefused("file.damaged", found="XML", line=wrong.lineno) from wrong


def _parser(start: Start, end: End, text: Text | None, *, counts_depth: bool) -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    names: dict[str, str] = {}
    deep: list[str] = []

    def refuse(*_: object) -> int:
        raise FileRefused("file.unsafe", found="DTD")

    def on_start(name: str, attributes: Mapping[str, str]) -> None:
        deep.append(name)
        local = names.get(name)
        if local is None:
            local = names[name] = name.rpartition(":")[2]
        if len(deep) > DEEPEST or len(names) > _MOST_NAMES:
            raise FileRefused("file.unsafe", found="depth")
        start(local, attributes)
        if counts_depth and len(deep) == 1 and local == name:
            parser.StartElementHandler, parser.EndElementHandler = start, end

    def on_end(_: str) -> None:
        end(names[deep.pop()])

    parser.XmlDeclHandler = _check_encoding
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    if text is not None:
        parser.CharacterDataHandler = text
    return parser


def attribute(attributes: Mapping[str, str], name: str) -> str | None:
    """An attribute by its local name (``r:id`` answers to ``id``)."""
    for key, value in attributes.items():
        if key == name or key.rpartition(":")[2] == name:
            return value
    return None


def local_names(attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes by their local names; of two of one name (office:value-type, calcext:value-type) the last."""
    return {_LOCAL[name]: value for name, value in attributes.items()}


class _Locals(dict[str, str]):
    """Names without their prefixes; few, and asked for millions of times."""

    def __missing__(self, name: str) -> str:
        local = name.rpartition(":")[2]
        if len(self) < _MOST_NAMES:
            self[name] = local
        return local


_LOCAL = _Locals()


def _check_encoding(_: str, encoding: str | None, __: int) -> None:
    """An encoding that the parser knows itself, or one of a byte a letter, as it wants them.

    Raises:
        FileRefused: file.damaged.
    """
    if encoding is None or encoding.lower() in _OWN_ENCODINGS:
        return
    try:
        letters = len(bytes(range(256)).decode(encoding, "replace"))
    except (LookupError, ValueError, TypeError):
        letters = 0
    if letters != _BYTES:
        raise FileRefused("file.damaged", found="XML")
