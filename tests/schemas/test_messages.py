import re
import tomllib
from pathlib import Path

import pytest

from schemas import messages

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def test_both_languages_have_the_same_keys() -> None:
    assert set(messages.catalogue("vi")) == set(messages.catalogue("en"))


@pytest.mark.parametrize("key", sorted(messages.catalogue("vi")))
def test_both_languages_have_the_same_shape_and_placeholders(key: str) -> None:
    vi, en = messages.catalogue("vi")[key], messages.catalogue("en")[key]
    assert type(vi) is type(en)
    if isinstance(vi, str):
        assert set(_PLACEHOLDER.findall(vi)) == set(_PLACEHOLDER.findall(en))
    else:
        assert set(vi) == set(en) >= {"wrong", "do"}


def test_what_is_wrong_and_what_to_do_hold_no_placeholder() -> None:
    """Details are said apart: nobody fills these sentences in, and a reader would see the braces."""
    said = [(k, t) for k, v in messages.catalogue("vi").items() if isinstance(v, dict) for t in v.values()]
    assert [(key, text) for key, text in said if re.search(r"\{[a-z_]+\}", str(text))] == []


def test_a_sentence_goes_from_where_to_what_to_do() -> None:
    said = messages.explain("birth_date.impossible", "vi", where="Tệp a.csv, dòng 15", read="30/02/1975")
    where, wrong, read, do = (said.index(x) for x in ("dòng 15", "không có trong lịch", "30/02/1975", "Xem lại sổ gốc"))
    assert where < wrong < read < do


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        messages.text("no.such.text", "vi")


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_key_stands_in_one_file_only(language: messages.Language) -> None:
    """Else the file that is read last takes the text of the other one's place."""
    found: dict[str, list[str]] = {}
    for file in sorted((Path(messages.__file__).parent / "messages" / language).glob("*.toml")):
        for key in tomllib.loads(file.read_text("utf-8")):
            found.setdefault(key, []).append(file.name)
    assert {key: names for key, names in found.items() if len(names) > 1} == {}
