"""No detail of an error reaches a person under the name it has in the code."""

import ast
import re
from pathlib import Path

import pytest

from pipeline.details import in_words, value_of
from schemas import messages, rules
from schemas.messages import LANGUAGES

ROOT = Path(__file__).parents[2]
ROOMS = ("pipeline", "quality", "readers", "schemas", "store", "transforms", "dedup", "portal")
ERRORS = {
    "UsageError", "SohoaError", "SettingsError", "StoreUnavailable", "Refused", "StoreMoved", "FileRefused",
    "ContractError",
}  # fmt: skip
_KEY = re.compile(r"\b[a-z_]+=(?!\w+\")")
_TYPED = re.compile(r"--heading \"[^\"]*\"|--costs \S+|--encoding \S+|\bfull_name=utf-8|\bsep=")


def raised() -> dict[str, set[str]]:
    """Code -> keys of its details, of every error that the code raises with a code written out."""
    found: dict[str, set[str]] = {}
    for path in (p for room in ROOMS for p in (ROOT / room).rglob("*.py")):
        for call in (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)):
            if getattr(call.func, "id", "") in ERRORS and call.args:
                codes = [n.value for n in ast.walk(call.args[0]) if isinstance(n, ast.Constant)]
                keys = {k.arg for k in call.keywords if k.arg and k.arg != "rows"}
                for code in codes:
                    found.setdefault(str(code), set()).update(keys)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_detail_of_every_error_has_its_words(language: messages.Language) -> None:
    keys = {key for keys in raised().values() for key in keys} | {"table", "detail"}
    assert len(keys) > 30
    for key in keys:
        said = in_words({key: "x"}, language)
        assert said.endswith(": x"), key
        assert "=" not in said, key


def test_no_text_in_vietnamese_shows_a_key_of_the_code() -> None:
    known = messages.catalogue("vi")
    for code, keys in raised().items():
        if code in known and isinstance(known[code], dict):
            said = messages.explain(code, "vi", details=in_words(dict.fromkeys(keys, "x"), "vi"))
            assert not _KEY.search(_TYPED.sub("", said)), said
    for rule in rules.all_rules().values():
        said = messages.explain(rule.message, "vi", where="Tệp a", read="b")
        assert not _KEY.search(_TYPED.sub("", said)), said


def test_columns_and_known_words_are_told_in_words() -> None:
    assert value_of("found", "birth_date_raw, sex_raw", "vi") == "Ngày sinh, Giới tính"
    assert value_of("found", "depth", "vi") == "phần tử lồng quá sâu"
    assert value_of("found", "PDF", "vi") == "PDF"
    assert in_words({"path": None, "limit": 5}, "vi") == "giới hạn: 5"
