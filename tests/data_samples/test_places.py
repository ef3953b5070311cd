from collections import Counter

from data_samples.places import WAYS, gazetteer, province_rows


def test_every_province_of_63_has_communes():
    places = gazetteer()
    assert set(places.province_codes) == set(province_rows())
    assert min(Counter(c.province for c in places.communes).values()) >= 4


def test_a_commune_is_written_in_three_ways():
    places = gazetteer()
    assert len(places.written) == WAYS * len(places.communes)
    vinh = next(c for c in places.communes if c.written[0].startswith("phường Trường Thi,"))
    assert vinh.written == (
        "phường Trường Thi, thành phố Vinh, tỉnh Nghệ An", "P.Trường Thi, Vinh, Nghệ An",
        "Phường Trường Thi, Vinh, Nghệ Tĩnh",
    )  # fmt: skip


def test_minorities_live_where_they_live():
    groups = {code: {g for c in gazetteer().communes if c.province == code for g in c.groups} for code in ("40", "92")}
    assert {"Thái", "Hmông", "Thổ", "Khơ-mú"} <= groups["40"]
    assert groups["92"] == {"Khơ-me", "Hoa"}
