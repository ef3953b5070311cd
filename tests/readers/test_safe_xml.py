"""What the XML parser refuses before it is a danger or a puzzle."""

import pytest

from readers.safe_xml import parse_xml
from schemas.errors import FileRefused


def _parse(text: str) -> list[str]:
    names: list[str] = []
    parse_xml([text.encode()], lambda name, _: names.append(name), lambda _: None)
    return names


@pytest.mark.parametrize("encoding", ["UTF-8", "us-ascii", "windows-1258"])
def test_encodings_of_a_byte_a_letter_are_read(encoding: str) -> None:
    assert _parse(f'<?xml version="1.0" encoding="{encoding}"?><a><x:b xmlns:x="x"/></a>') == ["a", "b"]


@pytest.mark.parametrize("encoding", ["UTF-9", "rot13", "shift_jis", "idna", "x" * 300])
def test_an_encoding_that_is_none_refuses_the_file(encoding: str) -> None:
    with pytest.raises(FileRefused) as refused:
        _parse(f'<?xml version="1.0" encoding="{encoding}"?><a/>')
    assert refused.value.code == "file.damaged"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<!DOCTYPE a><a/>", "file.unsafe"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "file.unsafe"),
        ("<a>" * 101 + "</a>" * 101, "file.unsafe"),
        ("<a><b></a>", "file.damaged"),
        ("", "file.damaged"),
    ],
)
def test_dangers_and_damage(text: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        _parse(text)
    assert refused.value.code == code
