"""Bytes of a delimited file -> text, block by block: which encoding family they are in, and line ends made one.

8-bit text is given as latin-1, one character a byte; `readers.column_text` finds out what it says. A file that is
UTF-8 but for a few lines is UTF-8; those lines keep a mark of damage (U+FFFD), unless they are many and make sense in
one old encoding.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from readers import encoding as enc
from readers.letters import VISCII, VPS
from readers.reading import ReadLimits
from readers.viqr import from_viqr, is_viqr
from schemas.errors import FileRefused

_BLOCK = 4 << 20
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_NO_CONTROLS = frozenset((0, 9, 10, 12, 13, 0x1A, 0x1B)) | {b for b in (*VISCII, *VPS) if b < 0x20}
"""Blanks, and the letters that VISCII and VPS have among the controls."""
_CONTROLS = bytes(b for b in range(0x20) if b not in _NO_CONTROLS) + b"\x7f"
_MOST_CONTROLS = 0.01
_MOST_NULS = 0.005
_FEW_NULS = 4
_LONGEST_HELD = 32 << 20
_ENOUGH_LINES = 3_000
_LEAST_ALIEN_LINES = 3
_LONG = 1 << 16
_UTF7 = re.compile(rb"\+[A-Za-z0-9/]{3,}-")
_CELLS = re.compile(rb"([,;\t|\"\r\n]+)")
"""What may stand between cells."""
_BOM = "\ufeff"
VIQR = "viqr"
UNKNOWN = "unknown"
"""Encoding of 8-bit text that no candidate makes Vietnamese; its columns may still say more."""


@dataclass(frozen=True)
class TextKind:
    """How to decode a file.

    Attributes:
        codec: Python codec; "latin-1" stands for any 8-bit encoding.
        skip: bytes of the byte order mark.
        legacy: verdict on 8-bit text; None if the text is Unicode.
        is_unmarked: UTF-16 or UTF-32 that says so by no mark, or UTF-32, which few programs write.
        alien: encoding of the lines of a UTF-8 file that are no UTF-8, if that is clear.
        is_clean: all of it was seen to be UTF-8.
    """

    codec: str
    skip: int = 0
    legacy: str | None = None
    alien: str | None = None
    is_unmarked: bool = False
    is_clean: bool = False


def text_kind(path: Path, forced: str | None) -> TextKind:
    """Survey the whole file.

    Raises:
        FileRefused: file.empty, encoding.binary, encoding.unknown.
    """
    with path.open("rb") as source:
        start = source.read(_BLOCK)
    if forced is not None:
        return _forced_kind(start, forced)
    for mark, codec in _BOMS:
        if start.startswith(mark):
            _refuse_blank(path, len(mark))
            if codec == "utf-8":
                return _survey(path, len(mark))
            return TextKind(codec, len(mark), is_unmarked=codec.startswith("utf-32"))
    wide = _wide_codec(start)
    if wide:
        return TextKind(wide, is_unmarked=True)
    _refuse_blank(path, 0)
    return _survey(path, 0)


def utf8_blocks(path: Path, kind: TextKind, limits: ReadLimits) -> Iterator[bytes]:
    """The text as UTF-8 in blocks of whole lines, each line ended by one newline.

    Raises:
        FileRefused: file.line_too_long.
    """
    rest, ready, first = b"", b"", True
    for block in _utf8_pieces(path, kind):
        rest += block
        held = b""
        if rest.endswith(b"\r"):
            rest, held = rest[:-1], b"\r"
        rest = _with_newlines(rest)
        if first:
            rest = _without_marks(rest)
            first = not rest
        cut = rest.rfind(b"\n") + 1
        if cut:
            if ready:
                yield ready
            ready = rest[:cut]  # held back, so that a last line without its end comes with those before it
        rest = rest[cut:] + held
        if len(rest) > limits.line_bytes and _letters(rest) > limits.line_bytes:
            raise FileRefused("file.line_too_long", limit=limits.line_bytes)
    rest = rest.replace(b"\r", b"\n").replace(b"\x1a", b"")
    if rest and not rest.endswith(b"\n"):
        rest += b"\n"
    if ready or rest:
        yield ready + rest


def _letters(text: bytes) -> int:
    """Characters of UTF-8: bytes that do not go on with one."""
    return int(np.count_nonzero((np.frombuffer(text, np.uint8) & 0xC0) != 0x80))


def _with_newlines(text: bytes) -> bytes:
    """One newline at the end of each line, and no byte order mark at the start of one."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    # its first byte alone is far quicker to look for
    return text.replace(b"\n" + codecs.BOM_UTF8, b"\n") if codecs.BOM_UTF8[:1] in text else text


def _without_marks(text: bytes) -> bytes:
    while text.startswith(codecs.BOM_UTF8):
        text = text[len(codecs.BOM_UTF8) :]
    return text


def _utf8_pieces(path: Path, kind: TextKind) -> Iterator[bytes]:
    if not kind.is_clean:
        yield from (text.encode("utf-8", "replace") for text in decoded_blocks(path, kind))
        return
    with path.open("rb") as source:
        source.seek(kind.skip)
        yield from _line_blocks(source)


def decoded_blocks(path: Path, kind: TextKind) -> Iterator[str]:
    """The text as it comes, in blocks that need not end with a line."""
    with path.open("rb") as source:
        source.seek(kind.skip)
        if kind.codec == "utf-8":
            for block in _line_blocks(source):
                yield _utf8(block, kind.alien)
            return
        if kind.codec == VIQR:
            for block in _line_blocks(source):
                yield from_viqr(block.decode("ascii", "replace"))
            return
        decoder = codecs.getincrementaldecoder(kind.codec)("replace")
        while block := source.read(_BLOCK):
            yield decoder.decode(block)
        yield decoder.decode(b"", final=True)


def _utf8(block: bytes, alien: str | None) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError:
        lines = (_utf8_line(line, alien) for line in block.splitlines(keepends=True))
        return "".join(lines)


def _utf8_line(line: bytes, alien: str | None) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        if alien is None:
            return line.decode("utf-8", "replace")
        return "".join(_cell_text(cell, alien) for cell in _CELLS.split(line))


def _cell_text(cell: bytes, alien: str) -> str:
    """A cell, or a separator: a line may hold columns of both kinds."""
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return enc.decode(cell.decode("latin-1"), alien)


def _line_blocks(source: BinaryIO) -> Iterator[bytes]:
    """Blocks that end with a line, but for a line longer than a block, which ends where a character does not matter."""
    rest = b""
    while block := source.read(_BLOCK):
        rest += block
        cut = max(rest.rfind(b"\n"), rest.rfind(b"\r")) + 1
        if not cut and len(rest) < _LONGEST_HELD:
            continue
        yield rest[:cut] if cut else rest
        rest = rest[cut:] if cut else b""
    if rest:
        yield rest


@dataclass
class _Survey:
    """What a pass over the bytes counted: lines beyond ASCII that are UTF-8, those that are not, a sample of them."""

    utf8_lines: int = 0
    other_lines: int = 0
    sample: list[str] = field(default_factory=list)
    is_ascii: bool = True

    def add(self, block: bytes) -> None:
        if block.isascii():
            return
        self.is_ascii = False
        if _is_utf8(block):
            self.utf8_lines += _ENOUGH_LINES if len(block) == _BLOCK else block.count(b"\n") + 1
        else:
            for line in block.splitlines():
                self._add_line(line)

    def _add_line(self, line: bytes) -> None:
        if line.isascii():
            return
        if _is_utf8(line):
            self.utf8_lines += 1
        else:
            self.other_lines += 1
            if len(self.sample) < _ENOUGH_LINES:
                self.sample += [cell.decode("latin-1") for cell in _CELLS.split(line) if not _is_utf8(cell)]


def _is_utf8(text: bytes) -> bool:
    """Arrow looks at a block in half the time that Python takes to decode it, for which a line is too short."""
    if len(text) < _LONG:
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True
    offsets = np.array([0, len(text)], np.int64)
    try:
        pa.LargeStringArray.from_buffers(1, pa.py_buffer(offsets), pa.py_buffer(text)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _survey(path: Path, skip: int) -> TextKind:
    survey, head = _Survey(), b""
    with path.open("rb") as source:
        source.seek(skip)
        for number, block in enumerate(_line_blocks(source)):
            if not number:
                _refuse_binary(block)
                _refuse_utf7(block)
                head = block
            survey.add(block)
            if survey.other_lines > _ENOUGH_LINES and not survey.utf8_lines:
                break
    if survey.is_ascii and is_viqr(head.decode("ascii")):
        return TextKind(VIQR, skip)
    if not survey.other_lines:
        return TextKind("utf-8", skip, is_clean=True)
    verdict = enc.judge_bytes(enc.words_of(survey.sample))
    few = max(_LEAST_ALIEN_LINES, (survey.utf8_lines + survey.other_lines) // 50)
    if skip or survey.utf8_lines >= few:
        alien = verdict.encoding if survey.other_lines >= _LEAST_ALIEN_LINES else None
        return TextKind("utf-8", skip, alien=alien)
    return TextKind("latin-1", skip, legacy=verdict.encoding or UNKNOWN)


def _forced_kind(start: bytes, forced: str) -> TextKind:
    skip = next((len(mark) for mark, codec in _BOMS if codec.startswith(forced) and start.startswith(mark)), 0)
    if forced in enc.TYPED:
        return TextKind("utf-8", skip)
    if forced in enc.DECODERS:
        return TextKind("utf-8" if forced.startswith("mojibake") else "latin-1", skip, legacy=forced)
    codec = next((c for mark, c in _BOMS if c.startswith(forced) and start.startswith(mark)), forced)
    return TextKind(codec if codec not in ("utf-16", "utf-32") else f"{codec}-le", skip)


def _wide_codec(start: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark: the zero bytes of its ASCII letters stand in a pattern."""
    head = start[: 1 << 16]
    head = head[: len(head) // 4 * 4]
    if len(head) < 8 or not head.strip(b"\x00"):
        return None
    nuls = [head[at::4].count(0) / (len(head) // 4) for at in range(4)]
    even, odd = (nuls[0] + nuls[2]) / 2, (nuls[1] + nuls[3]) / 2
    if nuls[3] > 0.9 and nuls[2] > 0.9 and nuls[0] < 0.2:
        return "utf-32-le"
    if nuls[0] > 0.9 and nuls[1] > 0.9 and nuls[3] < 0.2:
        return "utf-32-be"
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    if even > 0.4 and odd < 0.1:
        return "utf-16-be"
    return None


def _refuse_blank(path: Path, skip: int) -> None:
    with path.open("rb") as source:
        source.seek(skip)
        while block := source.read(_BLOCK):
            if block.strip(b" \t\r\n\v\f\x1a\xef\xbb\xbf,;"):
                return
    raise FileRefused("file.empty")


def _refuse_binary(block: bytes) -> None:
    controls = len(block) - len(block.translate(None, _CONTROLS))
    if controls > _MOST_CONTROLS * len(block) or block.count(0) > max(_FEW_NULS, _MOST_NULS * len(block)):
        raise FileRefused("encoding.binary")
    if not block.strip(b"\x00 \t\r\n"):
        raise FileRefused("encoding.binary")


def _refuse_utf7(block: bytes) -> None:
    if not block.isascii() or len(_UTF7.findall(block)) < _LEAST_ALIEN_LINES:
        return
    try:
        text = block.decode("utf-7")
    except UnicodeDecodeError:
        return
    if enc.judge(enc.words_of(text.splitlines()), ("utf-8",)).encoding == "utf-8" and not text.isascii():
        raise FileRefused("encoding.unknown", found="utf-7")
