from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from readers.second_columns import RULE, differ
from tests.pipeline.deliveries import FAMILY, HEADINGS, ledger, read_and_checked

SAME = [
    ("nationality_raw", "Việt Nam", "VN"), ("nationality_raw", "việt nam", "VIET NAM."),
    ("nationality_raw", None, "Lào"), ("nationality_raw", "Lào", None),
    ("birth_date_raw", "05/03/1960", "1960"), ("birth_date_raw", "1960", "5.3.1960"),
    ("birth_date_raw", "05/03/1960", "?"), ("old_id_number_raw", "012 345 678", "012345678"),
    ("native_place_raw", "Xã A, huyện B", "B"), ("occupation_raw", "làm ruộng", "nông dân"),
    ("entry_date_raw", "1", "2"),
]  # fmt: skip
OTHER = [
    ("nationality_raw", "Việt Nam", "Lào"), ("nationality_raw", "Việt Nam", "xứ lạ"), ("sex_raw", "Nam", "Nữ"),
    ("birth_date_raw", "05/03/1960", "1961"), ("birth_date_raw", "05/03/1960", "6/3/1960"),
    ("old_id_number_raw", "012345678", "012345679"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "first", "second", "wanted"), [*((*c, False) for c in SAME), *((*c, True) for c in OTHER)]
)
def test_what_contradicts_between_two_columns(raw: str, first: str | None, second: str | None, wanted: bool) -> None:
    columns = [pa.array([text, "x"], pa.string()) for text in (first, second)]
    assert differ(columns[0], columns[1], raw).tolist() == [wanted, False]


def test_a_row_whose_nationalities_differ_is_told(tmp_path: Path) -> None:
    said = (("Việt Nam", "Lào"), ("", "Lào"), ("Việt Nam", "VN"))
    rows = [(*person, *pair) for person, pair in zip(FAMILY, said, strict=False)]
    made = read_and_checked(
        ledger(tmp_path / "so.csv", rows, headings=(*HEADINGS, "Quốc tịch", "Quốc tịch gốc")), tmp_path
    )
    folder = made.of("standardise_records", made.plan.files[0].file_id)
    found = pq.read_table(folder / "check_results").filter(pa.compute.field("rule_id") == RULE)
    records = pq.read_table(folder / "records").sort_by("line")
    assert found["field"].to_pylist() == ["nationality"]
    assert found["record_id"].to_pylist() == records["record_id"].to_pylist()[:1]
    assert records["nationality_code"].to_pylist() == ["VN", "LA", "VN"]
