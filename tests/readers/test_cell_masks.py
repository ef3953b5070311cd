"""What is a date, a number, a serial; a masked lattice gives nothing but letters of the mask."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.cell_masks import is_well_formed, masked, price, regrouped
from readers.lattice import Lattice, Letters

LETTERS = Letters([*"0123456789/.- abOl"])


@pytest.mark.parametrize(
    ("text", "kind", "column", "holds"),
    [
        ("05/03/1960", "date", "birth_date_raw", True),
        ("5.3.60", "date", "birth_date_raw", True),
        ("03/1960", "date", "birth_date_raw", True),
        ("1960", "date", "birth_date_raw", True),
        ("31/04/1970", "date", "birth_date_raw", False),
        ("05/03-1960", "date", "birth_date_raw", False),
        ("29/02/1900", "date", "birth_date_raw", False),
        ("05/03/2960", "date", "birth_date_raw", False),
        ("001090012345", "number", "personal_number_raw", True),
        ("012 345 678", "number", "old_id_number_raw", True),
        ("01234567", "number", "old_id_number_raw", False),
        ("01234567", "number", "household_id_raw", True),
        ("154090..", "number", "household_id_raw", False),
        ("154 090", "number", "household_id_raw", True),
        ("0l2345678", "number", "old_id_number_raw", False),
        ("12", "serial", "serial_raw", True),
        ("1234", "serial", "serial_raw", False),
        ("anything", "text", "notes_raw", True),
    ],
)
def test_what_a_column_holds(text: str, kind: str, column: str, holds: bool) -> None:
    assert is_well_formed(text, kind, column) is holds
    assert (price(text, kind, column) < 0) is not holds


@given(st.integers(0, 10_000), st.integers(1, 12), st.sampled_from(["date", "number", "serial"]))
def test_a_mask_lets_nothing_else_through(seed: int, steps: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    log_probs = np.log(rng.dirichlet(np.ones(len(LETTERS.letters) + 1), steps)).astype(np.float32)
    found = masked(Lattice(log_probs, LETTERS), kind)
    assert found
    allowed = set("0123456789") | (set("/-. ") if kind == "date" else set(" .") if kind == "number" else set())
    assert all(set(text) <= allowed for text in found)


def test_a_column_of_words_has_no_mask() -> None:
    assert masked(Lattice(np.zeros((3, len(LETTERS.letters) + 1), np.float32), LETTERS), "name") == []


@pytest.mark.parametrize(
    ("read", "meant"), [("276 1940", "27.6.1940"), ("03 05-1959", "03-05-1959"), ("11.4 1984", "11.4.1984")]
)
def test_signs_of_a_day_that_were_not_seen_are_proposed(read: str, meant: str) -> None:
    assert meant in list(regrouped(read))


@given(st.text("0123456789/.- ", max_size=12))
def test_days_are_regrouped_with_all_their_digits(read: str) -> None:
    for told in regrouped(read):
        assert is_well_formed(told, "date", "birth_date_raw")
        assert [c for c in told if c.isdigit()] == [c for c in read if c.isdigit()]
