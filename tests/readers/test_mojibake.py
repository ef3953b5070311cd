"""Bytes read in the wrong encoding and saved, and back."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.legacy_text import BYTES, IN_UNICODE
from readers import mojibake
from readers.encoding import decode, judge_unicode, words_of
from readers.letters import TCVN3

NAMES = ("Nguyễn Văn Bình", "Trần Thị Tuyết", "Lê Đức Thắng", "Phạm Hữu Phước", "Đỗ Thị Hường")


@pytest.mark.parametrize(
    "misread",
    [IN_UNICODE["mojibake"], lambda t: t.encode().decode("latin-1"),
     lambda t: "".join(bytes([b]).decode("cp1258", "ignore") or chr(b) for b in t.encode())],
    ids=["cp1252", "latin-1", "cp1258"],
)  # fmt: skip
def test_one_round_through_any_window(misread) -> None:  # type: ignore[no-untyped-def]
    seen = [misread(n) for n in NAMES]

    assert judge_unicode(words_of(seen)).encoding == "mojibake"
    assert [decode(t, "mojibake") for t in seen] == list(NAMES)


def test_two_rounds_and_a_converter_of_fonts() -> None:
    twice = [IN_UNICODE["mojibake-twice"](n) for n in NAMES]
    assert judge_unicode(words_of(twice)).encoding == "mojibake-twice"
    assert [decode(t, "mojibake-twice") for t in twice] == list(NAMES)

    table = {chr(b): c for b, c in TCVN3.items()}
    taken = ["".join(table.get(c, c) for c in n.encode().decode("latin-1")) for n in NAMES]
    assert [decode(t, "mojibake-tcvn3") for t in taken] == list(NAMES)


def test_old_text_that_vietnamese_windows_took_for_its_own() -> None:
    seen = [BYTES["tcvn3"](n).encode("latin-1").decode("cp1258") for n in NAMES]

    assert judge_unicode(words_of(seen)).encoding == "tcvn3-cp1258"
    assert [decode(t, "tcvn3-cp1258") for t in seen] == list(NAMES)


@given(st.text(st.characters(max_codepoint=0xFF), max_size=20))
def test_latin_1_is_its_own_view(text: str) -> None:
    assert mojibake.checked_view(text) == text


@given(st.text(max_size=20))
def test_views_are_bytes_or_refused(text: str) -> None:
    for view in (mojibake.checked_view, mojibake.cp1258_view):
        try:
            assert all(ord(c) < 0x100 for c in view(unicodedata.normalize("NFC", text)))
        except UnicodeError:
            continue
