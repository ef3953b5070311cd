import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from schemas import lineage

_ID = 32


@given(st.lists(st.binary(), max_size=5))
def test_a_file_id_does_not_depend_on_how_the_bytes_were_cut(chunks: list[bytes]) -> None:
    assert lineage.file_id(chunks) == lineage.file_id([b"".join(chunks)])


@given(st.sets(st.integers(1, 10_000), min_size=2, max_size=20))
def test_record_ids_differ_by_line_and_place_and_repeat_exactly(lines: set[int]) -> None:
    ordered = sorted(lines)
    first = lineage.record_ids("f", "Sổ 1", ordered).to_pylist()
    assert len(set(first)) == len(first)
    assert first == lineage.record_ids("f", "Sổ 1", ordered).to_pylist()
    assert not set(first) & set(lineage.record_ids("f", "Sổ 2", ordered).to_pylist())
    assert all(len(i) == _ID for i in first)


def test_record_ids_of_a_file_lie_side_by_side_and_hardly_any_of_another_file_between_them() -> None:
    files = [lineage.hash_text(str(number)) for number in range(200)]
    begin = {
        file: {i[:4] for place in ("Sổ 1", "Sổ 2") for i in lineage.record_ids(file, place, range(40)).to_pylist()}
        for file in files
    }
    assert {len(starts) for starts in begin.values()} == {1}
    assert len(set.union(*begin.values())) > len(files) - 5


def test_content_ids_tell_null_from_empty_and_columns_apart() -> None:
    left = pa.array(["a", None, "", "ab", "a"])
    right = pa.array(["b", "x", "x", "c", "bc"])
    ids = lineage.content_ids([left, right]).to_pylist()
    assert len(set(ids)) == len(ids)
    assert ids == lineage.content_ids([left, right]).to_pylist()


@given(st.lists(st.text(alphabet="0123456789abcdef", min_size=1, max_size=6), min_size=1, max_size=5))
def test_a_batch_id_does_not_depend_on_the_order_of_files(files: list[str]) -> None:
    assert lineage.batch_id("01", files) == lineage.batch_id("01", reversed(files))
    assert lineage.batch_id("01", files) != lineage.batch_id("79", files)
