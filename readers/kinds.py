"""What a file is, by its content first and its name second. Nothing is parsed here: only marks are looked at."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Literal

from readers.compound_file import MARK, CompoundFile
from readers.dbf_header import looks_like_dbf
from readers.disk import blame
from readers.markup_kinds import MarkupKind, markup_kind
from readers.page_kinds import kind_of_start
from schemas.errors import FileRefused

Kind = Literal["delimited", "spreadsheet", "old_spreadsheet", "open_document", "dbf", "scan"] | MarkupKind

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "GIF"), (b"II+\x00", "BigTIFF"), (b"MM\x00+", "BigTIFF"), (b"BM", "BMP"), (b"RIFF", "RIFF"),
    (b"\x1f\x8b", "GZIP"), (b"BZh", "BZIP2"),
    (b"\xfd7zXZ\x00", "XZ"), (b"7z\xbc\xaf\x27\x1c", "7Z"), (b"Rar!", "RAR"), (b"\x28\xb5\x2f\xfd", "ZSTD"),
    (b"MSCF\x00", "CAB"), (b"MZ", "EXE"), (b"\x7fELF", "ELF"), (b"PAR1", "Parquet"), (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"\x09\x00\x04\x00", "Excel 2"), (b"\x09\x02\x06\x00", "Excel 3"), (b"\x09\x04\x06\x00", "Excel 4"),
    (b"\x00\x01\x00\x00Standard ", "Access"), (b"%!PS", "PostScript"), (b"wOFF", "font"), (b"ARROW1", "Arrow"),
)  # fmt: skip
_NAMES: Mapping[Kind, tuple[str, ...]] = {
    "delimited": (".csv", ".tsv", ".txt", ".tab", ".psv", ""), "spreadsheet": (".xlsx",), "old_spreadsheet": (".xls",),
    "open_document": (".ods", ".ots"), "dbf": (".dbf",), "html": (".html", ".htm"), "xml_spreadsheet": (".xml",),
    "flat_open_document": (".fods", ".xml"), "web_archive": (".mht", ".mhtml"),
    "scan": (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".pdf"),
}  # fmt: skip
_KNOWN_NAMES = frozenset((".xlsm", ".xlsb", ".xltx", ".xltm", *(name for names in _NAMES.values() for name in names)))
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_ARCHIVES = frozenset({"GZIP", "BZIP2", "XZ", "7Z", "RAR", "ZSTD", "CAB"})
_MACRO_NAMES = (".xlsm", ".xltm", ".xlam")
_PROGRAM_NAMES = (
    ".exe", ".bat", ".cmd", ".com", ".scr", ".js", ".vbs", ".ps1", ".sh", ".jar", ".msi", ".dll",
)  # fmt: skip
SAFE_ENDINGS = frozenset({
    *_KNOWN_NAMES, *_MACRO_NAMES, *_PROGRAM_NAMES, ".zip", ".gz", ".tgz", ".tar", ".rar", ".7z", ".dbt", ".fpt", ".cdx",
    ".idx", ".ndx", ".mdx", ".ntx", ".pdf", ".doc", ".docx", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".json",
    ".parquet", ".mdb", ".accdb", ".rtf",
})  # fmt: skip
"""Endings that say a kind of file, hence nothing of a person."""
_START = 4096
_SEARCHED = 64 << 20
_STREAMS = (
    "EncryptedPackage", "Workbook", "Book", "WordDocument", "PowerPoint Document", "_VBA_PROJECT_CUR", "_VBA_PROJECT",
)  # fmt: skip
_BARE_BIFF = (b"\x09\x08\x08\x00\x00\x05", b"\x09\x08\x10\x00\x00\x06")
"""A binary workbook outside a compound file, as some programs write it."""


def kind_of(path: Path) -> Kind:
    """The kind of a file by its content.

    Raises:
        FileRefused: file.empty, file.unsupported_kind, file.macro, file.password, file.damaged, encoding.binary.
    """
    with path.open("rb") as source:
        start = source.read(_START)
    if not start:
        raise FileRefused("file.empty")
    if start.startswith(_ZIP):
        return _kind_of_zip(path)
    if start.startswith(MARK):
        return _kind_of_ole(path)
    if start.startswith(_BARE_BIFF):
        return "old_spreadsheet"
    for mark, found in _FOREIGN:
        if start.startswith(mark) and (len(mark) > 2 or b"\x00" in start[:64]):
            raise FileRefused("file.archive_kind" if found in _ARCHIVES else "file.unsupported_kind", found=found)
    if start[257:262] == b"ustar":
        raise FileRefused("file.archive_kind", found="TAR")
    if kind_of_start(start) is not None:
        return "scan"
    return "dbf" if looks_like_dbf(start) else markup_kind(start) or "delimited"


def name_fits(name: str, kind: Kind) -> bool:
    """Does the ending of the file's name say what its content says?"""
    ending = PurePath(name).suffix.lower()
    return ending in _NAMES[kind] or ending not in _KNOWN_NAMES


def refuse_name(name: str) -> None:
    """Names that say a kind which is never read, whatever is inside.

    Raises:
        FileRefused: file.macro, file.unsupported_kind.
    """
    ending = PurePath(name.rstrip(". ")).suffix.lower()
    if ending in _MACRO_NAMES:
        raise FileRefused("file.macro", found=ending)
    if ending in _PROGRAM_NAMES:
        raise FileRefused("file.unsupported_kind", found=ending)


def _kind_of_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename.replace("\\", "/").lstrip("/") for info in archive.infolist()}
            is_sealed = any(info.flag_bits & 1 for info in archive.infolist())
            mark = _mimetype(archive)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, EOFError, KeyError) as wrong:
        blame(wrong)
        raise FileRefused("file.damaged") from wrong
    lower = {n.lower() for n in names}
    if any(n.endswith("vbaproject.bin") or "/macrosheets/" in n for n in lower):
        raise FileRefused("file.macro")
    if "xl/workbook.bin" in lower:
        raise FileRefused("file.unsupported_kind", found="XLSB")
    for folder, found in (("word/", "DOCX"), ("ppt/", "PPTX"), ("visio/", "VSDX")):
        if any(n.startswith(folder) for n in lower):
            raise FileRefused("file.unsupported_kind", found=found)
    if mark.startswith(_OPEN_DOCUMENT):
        return _open_document(lower)
    if "content.xml" in lower:
        raise FileRefused("file.unsupported_kind", found="OpenDocument")
    if any(n.startswith("xl/") for n in lower) or "[content_types].xml" in lower:
        if is_sealed:
            raise FileRefused("file.password")
        return "spreadsheet"
    raise FileRefused("file.unsupported_kind", found="ZIP")


def _mimetype(archive: zipfile.ZipFile) -> bytes:
    """What an OpenDocument package says it is, in its first member."""
    info = next((i for i in archive.infolist() if i.filename == "mimetype" and i.file_size < 200), None)
    if info is None or info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return b""
    return archive.read(info)


def _open_document(members: set[str]) -> Kind:
    if any(m.startswith(("basic/", "scripts/")) and not m.endswith(("/", "-lc.xml", "-lb.xml")) for m in members):
        raise FileRefused("file.macro")
    return "open_document"


def _kind_of_ole(path: Path) -> Kind:
    """By the streams at the root: an old document may hold a whole workbook further down, and is none."""
    streams = _streams(path)
    if "EncryptedPackage" in streams:
        raise FileRefused("file.password")
    found = next((name for name in ("WordDocument", "PowerPoint Document") if name in streams), None)
    if found is None and streams & {"_VBA_PROJECT_CUR", "_VBA_PROJECT"}:
        raise FileRefused("file.macro")
    if found is None and streams & {"Workbook", "Book"}:
        return "old_spreadsheet"
    raise FileRefused("file.unsupported_kind", found=found or "OLE")


def _streams(path: Path) -> set[str]:
    """The names at the root; of a damaged file those that stand anywhere in it, in UTF-16."""
    try:
        names = CompoundFile(path).entries
        return {name for name in _STREAMS if name.lower() in names}
    except FileRefused:
        with path.open("rb") as source:
            content = source.read(_SEARCHED)
        found = {name for name in _STREAMS if _wide(name) in content}
        if not found:
            raise
        return found


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le") + b"\x00\x00"
