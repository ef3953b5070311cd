"""A page of ours as a document of Typst: the same words, tables and pictures, laid out for A4.

Made from the page itself, so that paper says what the screen says. Every text goes in as a string of Typst, never as
markup: nothing that a file says can become a command. Pictures stay vectors; what is only for narrow screens, for
navigation or for the eye is left out.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from quality.paper_tree import Node, parsed

_LEFT_OUT = frozenset({"nav", "header", "script", "style", "title", "fieldset"})
_LEFT_OUT_CLASSES = frozenset({"only-narrow", "unseen", "mark"})
_BLOCKS = frozenset({
    "section", "article", "div", "p", "h1", "h2", "h3", "dl", "ul", "ol", "table", "figure", "details", "summary",
    "figcaption", "blockquote",
})  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3}
_NUMBERS = "number"
_AS_WIDE_AS_THEIR_CELL = frozenset({"shares", "trend"})


def document(page: str, *, about: str, title: str) -> str:
    """The source of a Typst document.

    Args:
        page: HTML of `quality.render.page`.
        about: what stands in the footer beside the number of the page.
        title: of the document.
    """
    tree = parsed(page)
    articles = list(tree.elements("article"))
    parts = [_article(a, is_first=n == 0) for n, a in enumerate(articles)]
    head = _template("paper.typ").replace('"ABOUT"', _string(about)).replace('"TITLE"', _string(title))
    return head + "\n" + "\n".join(parts) + "\n"


def _article(article: Node, *, is_first: bool) -> str:
    start = "" if is_first else "#pagebreak()\n"
    return f"{start}#[#set text(lang: {_string(article.attributes.get('lang', 'vi'))})\n{_flow(article)}]"


def _flow(node: Node) -> str:
    """Block after block; loose text between blocks is a paragraph of its own."""
    parts: list[str] = []
    loose: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node) and _is_left_out(child):
            continue
        if isinstance(child, Node) and (child.tag in _BLOCKS or (child.tag == "svg" and not _has_text(loose))):
            parts.extend(_loose(loose))
            loose = []
            parts.append(_block(child))
        else:
            loose.append(child)
    parts.extend(_loose(loose))
    return "\n".join(p for p in parts if p)


def _has_text(loose: Iterable[Node | str]) -> bool:
    return any(not isinstance(x, str) or x.strip() for x in loose)


def _loose(loose: Sequence[Node | str]) -> list[str]:
    said = _inline(loose)
    return [f"#par[{said}]"] if said else []


def _block(node: Node) -> str:
    match node.tag:
        case "h1" | "h2" | "h3":
            return f"#heading(level: {_HEADINGS[node.tag]})[{_inline(node.children)}]"
        case "p" | "figcaption":
            return _paragraph(node)
        case "dl":
            return _terms(node)
        case "ul" | "ol":
            return _list(node)
        case "table":
            return _table(node)
        case "svg":
            return _picture(node)
        case "summary":
            return f"#par(strong[{_inline(node.children)}])"
    return _boxed(node)


def _paragraph(node: Node) -> str:
    said = _inline(node.children)
    if not said:
        return ""
    style = next((c for c in ("badge", "sentence", "lead", "quiet", "kicker") if c in node.classes), "")
    if node.tag == "figcaption":
        style = "quiet"
    return f"#par({style}[{said}])" if style else f"#par[{said}]"


def _boxed(node: Node) -> str:
    inner = _flow(node)
    return f"#verdict[{inner}]" if "verdict" in node.classes else inner


def _terms(node: Node) -> str:
    items = []
    for pair in node.elements("div") if any(node.elements("div")) else iter((node,)):
        term, meanings = next(pair.elements("dt"), None), list(pair.elements("dd"))
        if term is not None and meanings:
            said = " ".join(_inline(meaning.children) for meaning in meanings)
            items.append(f"terms.item([{_inline(term.children)}], [{said}])")
    return f"#terms({', '.join(items)})" if items else ""


def _list(node: Node) -> str:
    kind = "enum" if node.tag == "ol" else "list"
    items = [f"[{_flow(item)}]" for item in node.elements("li")]
    return f"#{kind}({', '.join(items)})" if items else ""


def _table(node: Node) -> str:
    """Columns of numbers are as wide as they must be, the others share what is left."""
    head = [_cells(row) for part in node.elements("thead") for row in part.elements("tr")]
    rows = [_cells(row) for part in node.elements("tbody", "tfoot") for row in part.elements("tr")]
    count = max((sum(int(c.attributes.get("colspan", "1")) for c in row) for row in (*head, *rows)), default=0)
    if not count:
        return ""
    whole = [row for row in rows if len(row) == count]
    widths = ", ".join(_width(n, whole) for n in range(count))
    sides = ", ".join("right" if _is_numbers(n, whole) else "left" for n in range(count))
    header = f"table.header({', '.join(_cell(c) for row in head for c in row)}), " if head else ""
    body = ", ".join(_cell(c) for row in rows for c in row)
    return f"#table(columns: ({widths},), align: ({sides},), {header}{body})"


def _cells(row: Node) -> list[Node]:
    return list(row.elements("th", "td"))


def _is_numbers(column: int, rows: Sequence[Sequence[Node]]) -> bool:
    return bool(rows) and all(_NUMBERS in row[column].classes for row in rows)


def _width(column: int, rows: Sequence[Sequence[Node]]) -> str:
    if _is_numbers(column, rows):
        return "auto"
    return "2fr" if column == 0 else "1fr"


def _cell(node: Node) -> str:
    span = node.attributes.get("colspan")
    inner = _flow(node)
    return f"table.cell(colspan: {int(span)})[{inner}]" if span else f"[{inner}]"


def _picture(node: Node) -> str:
    alt = " ".join(n.words() for n in node.elements("title", "desc"))
    shown = _string(_styled(node.raw))
    width = "100%" if node.classes & _AS_WIDE_AS_THEIR_CELL else "28mm" if "qr" in node.classes else _mm(node.raw)
    return f'#block(image(bytes({shown}), format: "svg", width: {width}, alt: {_string(alt or " ")}))'


def _mm(svg: str) -> str:
    """As wide as on the screen, where a line of text is a thousand wide."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ', svg)
    return f"{min(178.0, float(found.group(1)) * 0.178):.1f}mm" if found else "100%"


def _inline(children: Iterable[Node | str]) -> str:
    """Content of a line; spaces fold as in HTML."""
    parts = list(_pieces(Node("span", children=list(children)), ()))
    folded: list[tuple[tuple[str, ...], str]] = []
    ends_with_space = True
    for styles, said in parts:
        text = re.sub(r"[ \t\r\n]+", " ", said)
        if ends_with_space:
            text = text.removeprefix(" ")
        if text:
            ends_with_space = text.endswith((" ", "\n"))
            folded.append((styles, text))
    if folded:
        styles, last = folded[-1]
        folded[-1] = (styles, last.removesuffix(" "))
    return "".join(_styled_text(styles, text) for styles, text in folded if text)


def _pieces(child: Node | str, styles: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(child, str):
        yield styles, child
        return
    if _is_left_out(child) or child.tag == "svg":
        return
    if child.tag == "br" or (child.tag in _BLOCKS or "hint" in child.classes or "do" in child.classes):
        yield styles, " "
    mine = next((c for c in ("pill", "hint", "code", "step", "no", "quiet") if c in child.classes), "")
    if "swatch" in child.classes:
        yield (*styles, "swatch:" + _colour(child.classes)), "\u25a0 "
        return
    more = (*styles, mine) if mine else (*styles, "strong") if child.tag == "b" else styles
    before: Node | str = ""
    for inner in child.children:
        if isinstance(inner, Node) and isinstance(before, Node):
            yield more, " "  # side by side on the screen, by the style sheet alone
        yield from _pieces(inner, more)
        before = inner


def _styled_text(styles: Sequence[str], text: str) -> str:
    said = f"#{_string(text)}"
    for style in reversed(styles):
        if style.startswith("swatch:"):
            said = f'#text(fill: rgb("{style.removeprefix("swatch:")}"))[{said}]'
        else:
            said = f"#{style}[{said}]"
    return said + ";" if said.endswith('"') else said


def _is_left_out(node: Node) -> bool:
    return node.tag in _LEFT_OUT or bool(node.classes & _LEFT_OUT_CLASSES)


def _string(text: str) -> str:
    """A string of Typst: a backslash and a quotation mark are all that could end it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _styled(svg: str) -> str:
    """A picture with the rules of the style sheet that speak of it, so that it can stand alone."""
    at = svg.index(">") + 1
    head = svg[:at] if "xmlns" in svg[:at] else svg[: at - 1] + ' xmlns="http://www.w3.org/2000/svg">'
    return f"{head}<style>{_picture_style()}</style>{svg[at:]}"


@cache
def _rules() -> tuple[tuple[str, str], ...]:
    """Selectors and declarations of the style sheet of reports, its variables filled in."""
    style = _template("report.css").split("@media screen")[0]
    names = dict(re.findall(r"(--[a-z]+):\s*([^;}]+)", style))
    filled = re.sub(r"var\((--[a-z]+)\)", lambda m: names[m.group(1)].strip(), style)
    return tuple((s.strip(), body.strip()) for s, body in re.findall(r"([^{}@]+)\{([^{}]*)\}", filled))


@cache
def _picture_style() -> str:
    kept = []
    for selectors, body in _rules():
        mine = [d for d in body.split(";") if re.match(r"\s*(fill|stroke|opacity|font)", d)]
        plain = [s.strip() for s in selectors.split(",") if re.fullmatch(r"[.\w\s-]+", s.strip())]
        if mine and plain:
            kept.append(f"{', '.join(s.removeprefix('.picture ') for s in plain)} {{ {'; '.join(mine)} }}")
    return " ".join(kept)


def _colour(classes: frozenset[str]) -> str:
    for selectors, body in _rules():
        found = re.search(r"background: (#[0-9a-f]{3,6})", body)
        if found and {s.strip() for s in selectors.split(",")} & {f".{c}" for c in classes - {"swatch"}}:
            return found.group(1)
    for selectors, body in _rules():
        found = re.search(r"fill: (#[0-9a-f]{3,6})", body)
        if found and {s.strip() for s in selectors.split(",")} & {f".{c}" for c in classes - {"swatch"}}:
            return found.group(1)
    return "#66727e"


@cache
def _template(name: str) -> str:
    return files("quality").joinpath("templates", name).read_text("utf-8")
