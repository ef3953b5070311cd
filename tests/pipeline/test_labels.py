"""Files of decided pairs are read, and what cannot stand in one is told by counts, never by what it says."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.labels import agreement, read_labels
from schemas.errors import UsageError
from schemas.tables import LABELLED_PAIRS

A, B, C = ("a" * 32, "b" * 32, "c" * 32)
HEAD = "left_record_id,right_record_id,decision"


def csv(path: Path, *lines: str, head: str = HEAD) -> Path:
    path.write_text("\n".join((head, *lines)) + "\n", "utf-8")
    return path


def pairs(rows: Sequence[tuple[str, str, str]]) -> pa.Table:
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=LABELLED_PAIRS.schema)


def test_csv_and_parquet_say_the_same_and_other_columns_are_passed_over(tmp_path: Path) -> None:
    plain = csv(tmp_path / "a.csv", f"{A},{B},same,x", f"{A},{C},different,y", head=HEAD + ",reason")
    wanted = pairs([(A, B, "same"), (A, C, "different")])
    assert read_labels(plain) == wanted
    pq.write_table(wanted.append_column("author", pa.array(["x", "y"])), tmp_path / "a.parquet")
    assert read_labels(tmp_path / "a.parquet") == wanted
    assert read_labels(csv(tmp_path / "none.csv")).num_rows == 0


def test_ids_of_digits_alone_stay_texts(tmp_path: Path) -> None:
    digits = "0" * 31 + "1"
    assert read_labels(csv(tmp_path / "a.csv", f"{digits},{B},same"))["left_record_id"].to_pylist() == [digits]


@pytest.mark.parametrize(
    ("lines", "head", "code"),
    [
        ((f"{A},{B}",), "left_record_id,right_record_id", "labels.no_pairs"),
        ((f"{A},{B},same,same",), HEAD + ",decision", "labels.no_pairs"),
        ((f"{A},Nguyễn Văn Bách,same",), HEAD, "labels.no_ids"),
        ((f"{A},,same",), HEAD, "labels.no_ids"),
        ((f"{A},{B},Nguyễn Văn Bách",), HEAD, "labels.unknown_decision"),
        ((f"{A},{B},",), HEAD, "labels.unknown_decision"),
        ((f"{A},{B},same", f"{B},{A},different"), HEAD, "labels.contradict"),
        ((f"{A},{B},same", f"{A}"), HEAD, "labels.unreadable"),
    ],
)
def test_what_cannot_stand_is_told_without_saying_it(
    tmp_path: Path, lines: tuple[str, ...], head: str, code: str
) -> None:
    with pytest.raises(UsageError) as error:
        read_labels(csv(tmp_path / "a.csv", *lines, head=head))
    assert error.value.code == code
    assert "Bách" not in str(error.value)


def test_a_file_that_is_not_there_or_no_table(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"path\.not_found"):
        read_labels(tmp_path / "nowhere.csv")
    (tmp_path / "a.bin").write_bytes(b"\x00\xff\xfe" * 9)
    with pytest.raises(UsageError, match=r"labels\."):
        read_labels(tmp_path / "a.bin")


def test_agreement_counts_each_decided_pair_once(tmp_path: Path) -> None:
    kept = {"left_record_id": [B, A], "right_record_id": [A, C], "outcome": ["match", "review"]}
    pq.write_table(pa.table(kept), tmp_path / "pairs.parquet")
    said = pairs([(A, B, "same"), (B, A, "same"), (C, A, "different"), (B, C, "different")])
    assert agreement(said, tmp_path) == [
        {"decision": "same", "matches": 1, "reviews": 0, "non_matches": 0},
        {"decision": "different", "matches": 0, "reviews": 1, "non_matches": 1},
    ]
