"""A restored cluster on trial: a home inside the home, with a server of its own that nobody else finds."""

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from schemas.errors import Refused, StoreUnavailable
from store import archive, cluster, embedded, provision
from store.cluster import Home

_SECONDS = 24 * 3600
"""Hours of log may have to be replayed."""
_LOCAL = "postgresql.local.conf"
_TRUST = "local all all trust\n"
"""While the passwords are being set: the socket's folder is for this user only."""
_NOT_REACHED = "recovery ended before configured recovery target was reached"


class Trial:
    """The home of the cluster on trial, below the home that it is for."""

    def __init__(self, main: Home) -> None:
        self.main = main
        self.folder = main.path / "restoring"
        self.home = Home(self.folder / cluster.FOLDER)

    def clear(self) -> None:
        """Stop its server and remove it, and a proven cluster that never became the store."""
        if self.home.path.exists():
            embedded.down(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.main.data.exists():
            shutil.rmtree(self.main.proven, ignore_errors=True)

    def bring_up(self, log: list[Path] | None, until: datetime | None) -> None:
        """Start the cluster at the moment of the backup or, with folders of `log`, at a later one or their end.

        Its roles get the passwords that the main home has. Afterwards it runs as any store does.

        Raises:
            Refused: the log does not reach the moment.
            StoreUnavailable: the server does not start.
        """
        for name in (archive.LIFE_FILE, *(p.name for p in self.home.data.glob("*.provisioned"))):
            (self.home.data / name).unlink(missing_ok=True)
        for passfile in self.main.path.glob("*.pgpass"):
            shutil.copy2(passfile, self.home.path)
        if not self.home.passfile(cluster.SUPERUSER).exists():
            cluster.write_passfile(self.home, cluster.SUPERUSER, secrets.token_urlsafe(24))
        local = self.main.path / _LOCAL
        shared = local.read_text() if local.exists() else ""
        (self.home.path / "trust.conf").write_text(_TRUST)
        (self.home.path / _LOCAL).write_text(shared + "".join(self._settings(log, until)))
        if log is not None:
            (self.home.data / "recovery.signal").touch()
        try:
            server = embedded.up(self.folder, _SECONDS)
            # A server that replays log counts as started before anybody may connect.
            if not embedded.await_ready(self.home, _SECONDS):
                raise StoreUnavailable("store.start_failed", program="postgres")
            provision.set_passwords(server)
        except StoreUnavailable:
            if _NOT_REACHED in self._log():
                raise Refused("store.restore_not_reached", moment=until and until.isoformat()) from None
            raise
        self.put_down()
        (self.home.path / _LOCAL).write_text(shared)

    def put_down(self) -> None:
        """Stop its server."""
        embedded.down(self.folder)

    def hand_over_passwords(self) -> None:
        """Let the main home have the passwords of the cluster; those that it has are the same."""
        for passfile in self.home.path.glob("*.pgpass"):
            if not (self.main.path / passfile.name).exists():
                shutil.copy2(passfile, self.main.path / passfile.name)

    def _settings(self, log: list[Path] | None, until: datetime | None) -> list[str]:
        told = {**archive.RECEIVING, "archive_mode": "off", "hot_standby": "off"}
        told["hba_file"] = str(self.home.path / "trust.conf")
        if log is not None:
            told |= {"restore_command": archive.fetching(log), "recovery_target_timeline": "current"}
            told["recovery_target_action"] = "promote"
        if until is not None:
            told["recovery_target_time"] = until.astimezone(UTC).isoformat(sep=" ")
        return ["\n", *(f"{name} = '{value}'\n" for name, value in told.items())]

    def _log(self) -> str:
        return self.home.log.read_text(errors="replace") if self.home.log.exists() else ""
