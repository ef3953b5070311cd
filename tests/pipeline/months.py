"""A store with a month of three small deliveries of two provinces, for the tests of reports of a month."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline import run
from pipeline.period import month_of
from pipeline.result import BatchResult
from pipeline.settings import Settings
from store import provision
from store.embedded import Server
from tests.conftest import create
from tests.pipeline.deliveries import FAMILY, NAMELESS, NO_SUCH_DAY, ledger

SOUTH = (
    ("330100001", "Lò Văn Sáng", "Chủ hộ", "12/03/1966", "Nam", "Thái", "Sơn La", "Xã A, Hưng Yên", ""),
    ("330100001", "Lò Thị Nở", "Vợ", "01/07/1968", "Nữ", "Thái", "Sơn La", "Xã A, Hưng Yên", ""),
)


@dataclass(frozen=True)
class Months:
    """The store's settings, and the deliveries: two of province 01, one of 33; `now` is when they were loaded."""

    settings: Settings
    now: datetime
    north: BatchResult
    again: BatchResult
    south: BatchResult

    @property
    def month(self) -> str:
        """The month of the deliveries."""
        return month_of(self.now)

    @property
    def later(self) -> datetime:
        """A moment at which it is over."""
        return self.now + timedelta(days=40)


@contextmanager
def made(server: Server, empty_store: str) -> Iterator[Months]:
    """A store of its own with the deliveries loaded; gone at the end."""
    name, home = "t" + uuid.uuid4().hex[:12], Path(tempfile.mkdtemp(prefix="levels-"))
    settings = Settings(
        home / "home", store_url=create(server, name, empty_store), workers=1, received_on=date(2024, 6, 1), keep_runs=3
    )
    try:
        north = run.run_batch([ledger(home / "a" / "so.csv", [*FAMILY, NAMELESS, NO_SUCH_DAY])], "01", settings)
        again = run.run_batch([ledger(home / "b" / "so.csv", [FAMILY[0], (*FAMILY[1][:3], "1957", *FAMILY[1][4:])])],
                              "01", settings)  # fmt: skip
        south = run.run_batch([ledger(home / "c" / "so.csv", SOUTH)], "33", settings)
        yield Months(settings, datetime.now(UTC), north, again, south)
    finally:
        shutil.rmtree(home, ignore_errors=True)
        with provision._superuser(server) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[call-overload]
