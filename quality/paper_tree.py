"""A page of ours as a tree of elements: HTML as `quality.render` writes it, pictures kept as their source."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"br", "input", "meta", "line", "rect", "path", "circle", "polyline"})


@dataclass
class Node:
    """An element with its attributes and children; an SVG picture keeps its source in `raw`."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)
    raw: str = ""

    @property
    def classes(self) -> frozenset[str]:
        """Its classes."""
        return frozenset(self.attributes.get("class", "").split())

    def elements(self, *tags: str) -> Iterator["Node"]:
        """The elements of those tags below it, in order, none inside another."""
        for child in self.children:
            if isinstance(child, Node):
                if child.tag in tags:
                    yield child
                else:
                    yield from child.elements(*tags)

    def words(self) -> str:
        """Its text alone, in one line."""
        said = (c if isinstance(c, str) else c.words() for c in self.children)
        return re.sub(r"\s+", " ", "".join(said)).strip()


def parsed(page: str) -> Node:
    """The tree of a page."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    return parser.root


class _Parser(HTMLParser):
    """Builds nodes; the source of a picture is kept as it stands, since HTML folds the case of its attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        self._keep(self.get_starttag_text() or "")
        if tag == "svg":
            node.raw = self.get_starttag_text() or ""
        if tag not in _VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or all(node.tag != tag for node in self._open[1:]):
            return
        self._keep(f"</{tag}>")
        while self._open[-1].tag != tag:
            self._open.pop()
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
        self._keep(data.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))

    def _keep(self, source: str) -> None:
        for node in self._open:
            if node.tag == "svg":
                node.raw += source
