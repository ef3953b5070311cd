"""A short seeded slice of the fuzzing, and the laws on text that hypothesis finds. `make fuzz` goes on for longer."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.corpus.people import HEADINGS
from tests.fuzz.formats import FORMATS, mutated
from tests.fuzz.law import holds

_RUNS = {"worksheet": 80, "strings": 60, "zip": 80, "biff": 60, "dbf": 30, "text": 25}
_HEADING = ",".join(HEADINGS.values())
_ODD = st.sampled_from(
    ["", '"', '""', ",", ";", "\t", "\n", "\r", "\x00", "\ufeff", "=1+1", "\x1f", "\u2028", "\ud7ff", "nt"]
)
_CELL = st.one_of(st.text(max_size=12), _ODD, st.from_regex(r"\d{1,2}/\d{1,2}/\d{2,4}", fullmatch=True))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_whatever_is_done_to_a_file_it_ends_as_a_refusal_or_a_reading(name: str) -> None:
    wanted, rng = FORMATS[name], Random(20_261)  # noqa: S311 - examples, no secrets
    seeds = wanted.seeds()
    for _ in range(_RUNS[name]):
        holds(wanted.wrap(mutated(rng.choice(seeds), rng)), wanted.file)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(_CELL, max_size=12), max_size=6), st.sampled_from(",;\t|"))
def test_any_cells_below_a_heading_are_rows_with_one_outcome(rows: list[list[str]], separator: str) -> None:
    text = _HEADING.replace(",", separator) + "\n" + "\n".join(separator.join(row) for row in rows)
    holds(text.encode("utf-8", "surrogatepass"), "so.csv")


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.sampled_from(["so.csv", "so.xlsx", "so.xls", "so.dbf", "so.zip", ""]), st.booleans())
def test_any_bytes_are_refused_or_read(data: bytes, name: str, is_below_a_heading: bool) -> None:
    holds((_HEADING.encode() + b"\n" if is_below_a_heading else b"") + data, name)
