"""Excel's single file web page: pages in quoted-printable or base64, between pictures and lists of files."""

import base64
import quopri
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.readers.files import HEADINGS, PEOPLE, Read, read_bytes, to_tcvn3
from tests.readers.office_files import to_html

PAGE = to_html([HEADINGS, *PEOPLE])
FRAMES = b"<html><frameset><frame src=3D'sheet001.htm'></frameset></html>"


def part(body: bytes, how: str = "quoted-printable", kind: str = 'text/html; charset="utf-8"') -> bytes:
    encoded = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}.get(how, lambda b: b)(body)
    head = f"Content-Location: file:///C:/x.htm\r\nContent-Transfer-Encoding: {how}\r\nContent-Type: {kind}\r\n\r\n"
    return b"------=_Next\r\n" + head.encode() + encoded + b"\r\n"


def archive(*parts: bytes, end: bytes = b"------=_Next--\r\n") -> bytes:
    head = "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related;\r\n"
    return (
        head.encode()
        + b'\tboundary="----=_Next"\r\n'
        + b"\r\nThis document is a web archive.\r\n\r\n"
        + b"".join(parts)
        + end
    )


def read(folder: Path, content: bytes, name: str = "so.mht") -> Read:
    return read_bytes(folder, content, name)


@pytest.mark.parametrize("how", ["quoted-printable", "base64", "8bit", "7bit"])
def test_a_page_is_read_to_the_letter_however_it_is_wrapped(tmp_path: Path, how: str) -> None:
    page = PAGE.decode().encode("ascii", "xmlcharrefreplace") if how == "7bit" else PAGE
    picture = part(b"\x89PNG\r\n<table><tr><td>x</td></tr></table>", "base64", "image/png")
    found = read(tmp_path, archive(part(FRAMES), picture, part(page, how), part(b"<xml/>", "8bit", "text/xml")))

    assert found.people == list(PEOPLE)
    assert found.notes == set()


def test_each_page_has_its_tables_and_none_hides_the_next(tmp_path: Path) -> None:
    open_page = PAGE.replace(b"</table>", b"")
    found = read(tmp_path, archive(part(open_page), part(PAGE)), "so.xls")

    assert found.people == [*PEOPLE, *PEOPLE]
    assert len(set(found.column("record_id"))) == 12
    assert found.notes == {"file.kind_mismatch"}


@pytest.mark.parametrize("encode", [to_tcvn3])
def test_old_letters(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    found = read(tmp_path, archive(part(encode(PAGE.decode()), kind="text/html; charset=windows-1252")))

    assert found.people == list(PEOPLE)
    assert found.notes == {"encoding.legacy"}


REFUSED = {
    "cut": (archive(part(PAGE), end=b""), "file.damaged"),
    "cut in the headers": (archive(part(PAGE))[:260], "file.damaged"),
    "no page": (archive(part(b"x", "8bit", "text/plain")), "file.unsupported_kind"),
    "bad base64": (archive(part(b"", "8bit").replace(b"8bit", b"base64") + b"x\r\n"), "file.damaged"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, case: str) -> None:
    content, code = REFUSED[case]

    assert read(tmp_path, content).code == code
