"""A province with a layout of its own: tried on a sample, then a landing zone that its deliveries come through."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import landing, landing_zones, provinces
from pipeline.landing_zones import Zone
from pipeline.settings import Settings
from schemas.errors import FileRefused, SettingsError, UsageError
from tests.pipeline.deliveries import FAMILY, HEADINGS, ledger
from tests.pipeline.test_landing import declare


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A ledger whose column of names bears a heading that nobody knows."""
    path = ledger(tmp_path / "xa 1" / "so.csv", FAMILY)
    text = path.read_text("utf-8-sig")
    assert HEADINGS[1] in text
    path.write_text(text.replace(HEADINGS[1], "Cột Q7", 1), "utf-8")
    return path


def test_a_layout_is_not_good_until_it_is_told(odd: Path, tmp_path: Path) -> None:
    settings, zone = Settings(tmp_path / "home"), Zone("nghe-an", "40", "file:///srv/40")
    with pytest.raises(FileRefused) as refused:
        provinces.tried(zone, odd, settings)
    assert refused.value.code == "header.missing_required"
    told = provinces.tried(replace(zone, headings=("Cột Q7=full_name",)), odd, settings)
    assert told.is_good
    assert told.rows == len(FAMILY)
    assert told.understood["Cột Q7"] == "full_name_raw"
    assert not list((settings.home / "work").iterdir()), "nothing of the sample is kept"


@pytest.mark.store
def test_the_zone_that_was_added_reads_its_deliveries_as_the_sample_was(odd: Path, settings: Settings) -> None:
    zone = Zone("nghe-an", "40", odd.parent.parent.as_uri(), headings=("Cột Q7=full_name",), office="Xã Đông")
    settings.home.mkdir(exist_ok=True)
    path = provinces.add(zone, settings)
    assert landing_zones.zones(settings) == (zone,)
    declare(odd.parent, odd.name)
    (landed,) = landing.look(zone, settings, datetime.now(UTC))
    assert Path(landed.folder).is_dir()
    before = path.read_bytes()
    with pytest.raises(SettingsError) as doubled:
        provinces.add(zone, settings)
    assert doubled.value.code == "landing.doubled"
    assert path.read_bytes() == before
    provinces.add(replace(zone, name="hai"), settings)
    assert [each.name for each in landing_zones.zones(settings)] == ["nghe-an", "hai"]


@pytest.mark.parametrize(
    "zone",
    [
        Zone("a", "01", "file:///x", "manifest", 5, 7, ("tcvn3",), ('Cột "X"\\=full_name',), "Xã Đông"),
        Zone("b", "40", "s3://a/b", options={"endpoint": "h:1", "scheme": "http"}, secrets=Path("/etc/b c.toml")),
    ],
    ids=lambda zone: zone.name,
)
def test_a_zone_is_written_as_it_is_read(zone: Zone, tmp_path: Path) -> None:
    table = tmp_path / "z.toml"
    table.write_text(provinces.as_toml(zone), "utf-8")
    assert landing_zones._zone(landing_zones._table(Settings(tmp_path, landing=table))["zone"][0]) == zone


def test_a_wrong_province_or_sample_is_told(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    with pytest.raises(UsageError):
        provinces.tried(Zone("a", "99", "file:///x"), tmp_path / "so.csv", settings)
    with pytest.raises(UsageError):
        provinces.tried(Zone("a", "01", "file:///x"), tmp_path / "gone.csv", settings)
