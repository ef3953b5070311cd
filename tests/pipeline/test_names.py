"""Original names through a whole run: revealed by the key, written down nowhere in clear."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline import inquiries, run
from pipeline.settings import Settings
from pipeline.vault import KEY_FILE
from schemas.errors import SettingsError
from store.engine import open_store
from tests.pipeline.deliveries import FAMILY, NO_SUCH_DAY, ledger
from tests.pipeline.test_delivery import DBF, MEMO, zipped

pytestmark = pytest.mark.store
CANARY = "Hộ ông Hoàng Bảo Khuyến"


def test_no_name_of_a_file_is_written_anywhere_in_clear(settings: Settings, tmp_path: Path) -> None:
    given = tmp_path / CANARY
    so = ledger(given / f"{CANARY}.csv", [*FAMILY, NO_SUCH_DAY])
    (given / f"{CANARY} 2.csv").write_bytes(b"")
    (given / f"{CANARY}.fpt").write_bytes(MEMO)
    (given / f"{CANARY}.zip").write_bytes(zipped((f"{CANARY}/{CANARY}.dbf", DBF), (f"{CANARY} 3.csv", so.read_bytes())))
    told: list[str] = []
    result = run.run_batch([given], "01", settings, told=told.append)
    assert {f.path.rsplit("/", 1)[-1] for f in result.files} >= {f"{CANARY}.csv", f"{CANARY} 2.csv", f"{CANARY}.fpt"}
    assert {f.outcome for f in result.files} >= {"rows_rejected", "file_rejected", "set_aside", "already_known"}
    mark = CANARY.encode()
    for path in (p for p in settings.home.rglob("*") if p.is_file()):
        assert mark not in path.read_bytes(), path.relative_to(settings.home)
        assert "Khuy" not in str(path.relative_to(settings.home))
    assert CANARY not in str(told)
    assert CANARY not in repr(result)
    assert not list(settings.home.rglob("unpacked/*/*"))
    store = open_store(settings.store_url, settings.home)
    with store.reading() as connection:
        for table in ("batch_files", "row_outcomes", "quarantine", "file_names", "batch_notes"):
            assert CANARY not in str(connection.execute(sa.text(f"SELECT * FROM {table}")).fetchall())
    store.close()
    revealed = inquiries.files(result.batch_id, settings, reveal=True)
    assert {row["path"] for row in revealed} == {f.path for f in result.files}
    (settings.home / KEY_FILE).unlink()
    with pytest.raises(SettingsError, match=r"key\.missing"):
        inquiries.files(result.batch_id, settings, reveal=True)
    with pytest.raises(SettingsError, match=r"key\.missing"):
        run.run_batch([given], "01", settings)
