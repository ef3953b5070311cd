"""HTML as tokens, in a stream, never failing: what a browser or Excel would forgive is forgiven.

Written for tables of millions of cells: one regular expression cuts tags and text; attributes are read only where asked
for. Scripts, styles and comments are passed over. No pattern can be made to try again what it has read: its parts are
possessive, and the quoted texts of a tag are limited in number and length.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape

from schemas.errors import FileRefused

Token = tuple[str, str]
"""(tag name in lower case, with a slash in front where it closes; attributes as written), or ("", text as written)."""

_TOKEN = re.compile(
    r"<(/?[a-zA-Z][^\s/<>]*+)((?:[^<>\"']++|\"[^\"]{0,8192}+\"|'[^']{0,8192}+'|[\"']){0,400}+)>"  # a tag
    r"|<[!?][^>]*+>"  # a declaration
    r"|([^<]++)"  # text
)
_HIDES = re.compile(r"<!--|<(script|style|title|textarea|xml)\b", re.IGNORECASE)
_ENDS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title", "textarea", "xml")}
_COMMENT_ENDS = re.compile("-->")
_LONGEST_MARK = 12
_ATTRIBUTE = re.compile(r"([^\s=\"'/>]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]++)))?")
_LONGEST_TOKEN = 4 << 20
_LONG_TEXT, _LONGEST_SIGN = 1 << 16, 40
_PIECE = 1 << 17


def tokens(blocks: Iterable[str]) -> Iterator[Token]:
    """The tokens of a document.

    Raises:
        FileRefused: file.line_too_long, a tag or a text without end.
    """
    rest, cutter = "", _Cutter()
    for piece in _pieces(blocks):
        rest = cutter.cut(rest + piece, is_last=False)
        yield from cutter.take()
        if len(rest) > _LONGEST_TOKEN:
            raise FileRefused("file.line_too_long", limit=_LONGEST_TOKEN)
    cutter.cut(rest, is_last=True)
    yield from cutter.take()


def _pieces(blocks: Iterable[str]) -> Iterator[str]:
    """Blocks may be long where a page has no line ends: their tokens would take many times their size."""
    for block in blocks:
        for at in range(0, len(block), _PIECE):
            yield block[at : at + _PIECE]


def attributes_of(written: str) -> Mapping[str, str]:
    """Attributes of a tag by their names in lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(written):
        found.setdefault(name.lower(), unescape(double or single or bare))
    return found


def _whole(text: str) -> int:
    """How far a piece can be cut: what follows the last "<" may be half a tag, or a text whose last sign is half one.

    A text that is far longer than any cell is cut all the same, but never within the code of a sign (&#7877;).
    """
    last = text.rfind("<")
    if len(text) - last < _LONG_TEXT:
        return last
    begun = text.rfind("&", len(text) - _LONGEST_SIGN)
    return begun if begun >= 0 else len(text)


class _Cutter:
    """Cuts pieces of text into tokens; remembers the passage that is being passed over."""

    def __init__(self) -> None:
        self._found: list[Token] = []
        self._ends: re.Pattern[str] | None = None

    def take(self) -> list[Token]:
        """The tokens so far."""
        found, self._found = self._found, []
        return found

    def cut(self, text: str, *, is_last: bool) -> str:
        """Cut a piece of text; gives back what has to be seen together with the next piece."""
        end = len(text) if is_last else _whole(text)
        at = 0
        while True:
            if self._ends is not None:
                passed = self._ends.search(text, at)
                if passed is None:
                    return text[max(at, len(text) - _LONGEST_MARK) :]
                at, self._ends = passed.end(), None
            hides = _HIDES.search(text, at)
            upto = max(at, end) if hides is None else hides.start()
            left = self._tokens(text, at, upto)
            if hides is None:
                return "" if is_last else text[left:]
            name = hides.group(1)
            self._ends = _COMMENT_ENDS if name is None else _ENDS[name.lower()]
            at = hides.end()

    def _tokens(self, text: str, at: int, upto: int) -> int:
        """Add the tokens between two places; where the next one begins that is not complete there."""
        last = text.rfind(">", at, upto)
        while at < upto:
            match = _TOKEN.match(text, at, upto)
            if match is not None:
                name, written, plain = match.groups()
                if name is not None:
                    self._found.append((name.lower(), written))
                elif plain is not None:
                    self._found.append(("", plain))
                at = match.end()
            elif at > last:
                return at
            else:
                self._found.append(("", "<"))  # a "<" that begins no tag is text
                at += 1
        return at
