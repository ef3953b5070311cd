import pyarrow as pa

from transforms.number_everywhere import Named, everywhere, often_borne


def _found(*rows: tuple[str | None, str], parts: int = 1) -> list[str]:
    known: Named = {}
    size = -(-len(rows) // parts)
    for start in range(0, len(rows), size):
        numbers, names = zip(*rows[start : start + size], strict=True)
        columns = {"old_id_number_raw": pa.array(numbers, pa.string()), "full_name_raw": pa.array(names, pa.string())}
        often_borne(pa.table(columns), known)
    return list(everywhere(known))


NAMES = ["Nguyễn Văn An", "Trần Thị Ba", "Lê Văn Cả", "Phạm Thị Dư", "Vũ Văn Én", "Hồ Thị Gái"]


def test_one_number_for_everybody_stands_for_none() -> None:
    assert _found(*(("012 345 679", name) for name in NAMES)) == ["012345679"]
    assert _found(*(("12345679.0", name) for name in NAMES), parts=2) == ["012345679"]


def test_one_person_typed_often_and_a_family_are_left_alone() -> None:
    assert _found(*[("012345679", "Nguyễn Văn An")] * 6) == []
    family = ["Nguyễn Văn An", "Trần Thị Ba", "Nguyễn Văn Con", "Nguyễn Thị Út", "Nguyễn Văn Tư"]
    assert _found(*(("012345679", name) for name in family)) == []


def test_other_texts_say_nothing() -> None:
    assert _found(*((text, name) for name in NAMES for text in (None, "", "chưa cấp", "001090012345"))) == []
