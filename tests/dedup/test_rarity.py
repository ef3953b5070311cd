import math

import numpy as np
import pytest

from dedup.encode import Records, encode
from dedup.model import NameShares, load_model
from dedup.rarity import COMMON_AT_HOME, RAREST_NAME, NameRarity, commune_keys
from tests.dedup.rows import match_record, match_table

SHARES = NameShares({"nguyen": 0.4, "le": 0.1}, {"hung": 0.02, "hoa": 0.03}, {"van": 0.3, "thi": 0.5}, 1e-5)


def records(*names: str, communes: tuple[str, ...] = ()) -> Records:
    codes = communes or ("00001",) * len(names)
    rows = [match_record(n, name, permanent_residence_code=codes[n - 1]) for n, name in enumerate(names, 1)]
    return encode([match_table(*rows)])


def whole(found: Records) -> list[float]:
    return NameRarity.of(found, SHARES).whole[found.columns.names[:, 0]].tolist()


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("Nguyễn Văn Hùng", 0.4 * 0.3 * 0.02), ("NGUYEN VAN HUNG", 0.4 * 0.3 * 0.02), ("Lê Hoa", 0.1 * 0.03),
        ("Lê Thị Bông", 0.1 * 0.5 * 1e-5), ("Nguyễn Văn Thị Hùng", 0.4 * 0.3 * 0.5 * 0.02),
    ],
)  # fmt: skip
def test_a_name_is_as_frequent_as_its_parts(name: str, share: float) -> None:
    assert whole(records(name)) == pytest.approx([max(math.log2(share), RAREST_NAME)])


def test_nothing_is_rarer_than_the_floor() -> None:
    assert whole(records("Sùng A Páo")) == [RAREST_NAME]


def test_a_name_that_the_batch_bears_often_is_frequent() -> None:
    """52 records bear it, of which two may be one person's; a batch of fewer counts as 10 000."""
    found = whole(records(*["Sùng A Páo"] * 52, *["Lê Hoa"] * 30))
    assert found[0] == pytest.approx(math.log2(50 / 10_000))
    assert found[-1] == pytest.approx(math.log2(0.1 * 0.03))
    assert whole(records("Sùng A Páo", "Sùng A Páo")) == [RAREST_NAME] * 2


def test_stored_records_are_not_counted() -> None:
    table = match_table(*(match_record(n, "Sùng A Páo", person_id=f"{n:032x}") for n in range(1, 60)))
    found = encode([match_table(match_record(99, "Sùng A Páo"))], [table])
    assert set(whole(found)) == {RAREST_NAME}


def test_a_name_is_frequent_where_its_clan_lives() -> None:
    names, communes = ["Sùng A Páo"] * 22 + ["Lê Hoa"], ("00007",) * 22 + ("00008",)
    found = records(*names, communes=communes)
    rarity, codes = NameRarity.of(found, SHARES), found.columns.names[:1, 0]
    keys = commune_keys(found.columns)
    here, there, anywhere = (
        rarity.shares(found.names, codes, np.array([k], np.uint64)) for k in (keys[0], keys[-1], 0)
    )
    assert here.tolist() == pytest.approx([math.log2(20 / 2_000)])
    assert there.tolist() == anywhere.tolist() == pytest.approx([math.log2(20 / 10_000)])


def test_a_district_is_no_commune() -> None:
    assert commune_keys(records("Lê Hoa", "Lê Hoa", communes=("001", "00001")).columns).astype(bool).tolist() == [
        False,
        True,
    ]


def test_no_records_and_the_model_of_the_package() -> None:
    assert NameRarity.of(encode([]), SHARES).whole.tolist() == [0.0]
    shares = load_model().names
    for table in (shares.surnames, shares.given_names):
        assert sum(table.values()) <= 1.001


def test_where_nothing_is_counted_rare_given_names_and_neighbours_share_whole_names() -> None:
    shares = NameShares({"trieu": 0.001, "nguyen": 0.4}, {"may": 0.0005, "hung": 0.02}, {"thi": 0.5, "van": 0.3}, 1e-5)
    found = records(*["Triệu Thị Mẩy"] * 60, "Nguyễn Văn Hùng")
    rarity, codes = NameRarity.of(found, shares, counted=False), found.columns.names[:, 0]
    assert rarity.whole[codes[0]] == pytest.approx(math.log2(0.0005) - 3.3)
    assert rarity.whole[codes[-1]] == pytest.approx(math.log2(0.4 * 0.3 * 0.02))
    home = commune_keys(found.columns)[:1]
    assert rarity.shares(found.names, codes[:1], home).tolist() == [COMMON_AT_HOME]
