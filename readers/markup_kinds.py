"""Which kind of marked-up text a file begins like: a web page, XML of Excel 2003, flat OpenDocument, a web archive."""

import codecs
import re
from typing import Literal

from schemas.errors import FileRefused

MarkupKind = Literal["html", "xml_spreadsheet", "flat_open_document", "web_archive"]

_LEADING = re.compile(r"^(?:\ufeff|\s|<!--.*?-->|<\?xml[^>]*\?>)*", re.DOTALL)
_HTML = re.compile(
    r"<(?:!doctype\s+html|(?:html|head|body|table|tr|td|meta|title|style|script|link|div|span|center|font|form|p|br|b|h[1-6]"
    r"|thead|tbody|caption|colgroup|pre|base|basefont)\b)",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?t[rdh][\s>]")
_LEAST_TAGS = 12
_EXCEL_2003 = re.compile(r"urn:schemas-microsoft-com:office:spreadsheet|<(?:\w+:)?Workbook[\s>]")
_FLAT = re.compile(r"<office:document[\s>].*?opendocument\.spreadsheet", re.DOTALL)
_ARCHIVE = re.compile(r"\A(?:[A-Za-z-]+:.*\r?\n(?:[ \t].*\r?\n)*)*?mime-version:", re.IGNORECASE)
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def markup_kind(start: bytes) -> MarkupKind | None:
    """The kind of the first bytes of a file; None if they are no markup.

    Raises:
        FileRefused: file.unsupported_kind, XML of another kind.
    """
    text = _as_text(start)
    if _ARCHIVE.match(text) and "multipart/related" in text.lower():
        return "web_archive"
    leading = _LEADING.match(text)
    body = text[leading.end() :] if leading else text
    if _EXCEL_2003.search(text) and _is_xml(text, body):
        return "xml_spreadsheet"
    if _FLAT.search(text):
        return "flat_open_document"
    if _HTML.match(body) or _is_page_below_text(text):
        return "html"
    if "<?xml" in text[:200] or body[:5].lower() in ("<svg ", "<svg>"):
        raise FileRefused("file.unsupported_kind", found="XML")
    return None


def _is_page_below_text(text: str) -> bool:
    """Programs of the web put a warning or a title before their page; a cell that holds some markup is no page."""
    lower = text.lower()
    return "<table" in lower and "<tr" in lower and len(_TAG.findall(lower)) >= _LEAST_TAGS


def _is_xml(text: str, body: str) -> bool:
    """Excel's own web pages name its XML too, below their <html>."""
    return not body[:5].lower().startswith("<html") and body.startswith("<")


def _as_text(start: bytes) -> str:
    for mark, codec in _WIDE:
        if start.startswith(mark):
            return start.decode(codec, "replace")
    if start[:1] in b"<" and start[1:2] == b"\x00":
        return start.decode("utf-16-le", "replace")
    return start.removeprefix(codecs.BOM_UTF8).decode("latin-1")
