"""Every item of the catalogue of bad inputs, in a few seeded variants, ends exactly as it should."""

import logging
from pathlib import Path

import pytest

from tests.corpus.cases import Item
from tests.corpus.catalogue import items
from tests.corpus.open_items import OPEN
from tests.corpus.verdict import judge

_SEEDS = (0, 1)
_STRICT = False


def _params() -> list[object]:
    return [pytest.param(one, id=f"{one.number:03d} {one.title}", marks=_marks(one)) for one in items()]


def _marks(one: Item) -> list[pytest.MarkDecorator]:
    reason = OPEN.get(one.number)
    return [pytest.mark.xfail(reason=reason, strict=_STRICT, raises=(AssertionError, ImportError))] if reason else []


@pytest.mark.parametrize("one", _params())
def test_item_ends_as_it_should(
    one: Item, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    found, secrets = [], set[str]()
    for seed in _SEEDS:
        case = one.case(seed)
        secrets |= set(case.secrets)
        found += [f"variant {seed}: {fault}" for fault in judge(one, case, tmp_path).faults]
    said = caplog.text + "".join(capfd.readouterr())
    assert not [1 for secret in secrets if secret in said], "a value of a person in a log or on the terminal"
    assert not found, "\n".join(found)


def test_the_catalogue_is_whole() -> None:
    assert [one.number for one in items()] == list(range(1, 217))


def test_variants_are_the_same_everywhere_and_differ_from_each_other() -> None:
    for one in items():
        again, other = one.case(3), one.case(3)
        if isinstance(again.content, bytes) and not again.content.startswith((b"PK", b"\xd0\xcf")):
            assert again.content == other.content
