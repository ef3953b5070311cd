"""Cells of scans in words: every cell in one field and one band, shares of what a person read."""

from hypothesis import given
from hypothesis import strategies as st

from quality.report_facts import CellCount
from quality.sections_scans import COUNTED, scans, sums_of
from schemas.fields import ALL_FIELDS
from tests.quality import made_facts

NAMES = [f.name for f in ALL_FIELDS]
CELLS = st.builds(CellCount, st.sampled_from(NAMES), st.integers(0, 9), *[st.integers(0, 400)] * 5)


def test_fields_come_in_their_order_and_the_surest_band_first() -> None:
    found = scans(made_facts.facts().cells, "en")
    assert found is not None
    assert [row.label for row in found.bands] == ["0.9 and above", "0.6 to below 0.7", "0.3 to below 0.4"]
    name = found.fields[0]
    assert (name.counts, name.right.replace("\N{NO-BREAK SPACE}", "")) == (
        ("4,520", "4,180", "120", "168", "52"),
        "76.36%",
    )
    assert [row.right for row in found.fields[1:2]] == ["–"]
    assert scans((), "vi") is None


@given(st.lists(CELLS, min_size=1, max_size=30))
def test_each_cell_stands_in_one_field_and_one_band(cells: list[CellCount]) -> None:
    found = scans(cells, "en")
    assert found is not None
    for rows in (found.fields, found.bands):
        counted = [sum(int(row.counts[n].replace(",", "")) for row in rows) for n in range(len(COUNTED))]
        assert counted == list(sums_of(cells).values())
