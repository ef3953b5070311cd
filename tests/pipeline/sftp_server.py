"""A server of SFTP on loopback over a folder: one user, one key of its own, reading and writing below the folder."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paramiko

USER, PASSWORD = "tinh01", "mat-khau-thu"


@dataclass(frozen=True)
class Running:
    port: int
    host_key: str


class _Door(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        is_right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password"


class _Handle(paramiko.SFTPHandle):
    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


def _files_of(root: Path) -> type[paramiko.SFTPServerInterface]:
    class Files(paramiko.SFTPServerInterface):
        def _at(self, path: str) -> Path:
            return root / self.canonicalize(path).lstrip("/")

        def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
            try:
                entries = list(self._at(path).iterdir())
            except OSError as wrong:
                return int(paramiko.SFTPServer.convert_errno(wrong.errno))
            return [paramiko.SFTPAttributes.from_stat(entry.lstat(), filename=entry.name) for entry in entries]

        def stat(self, path: str) -> paramiko.SFTPAttributes | int:
            try:
                return paramiko.SFTPAttributes.from_stat(self._at(path).stat())
            except OSError as wrong:
                return int(paramiko.SFTPServer.convert_errno(wrong.errno))

        lstat = stat

        def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
            handle = _Handle(flags)
            try:
                handle.readfile = self._at(path).open("rb")
            except OSError as wrong:
                return int(paramiko.SFTPServer.convert_errno(wrong.errno))
            return handle

    return Files


@contextmanager
def running(root: Path) -> Iterator[Running]:
    """The server while the block goes on."""
    key = paramiko.ECDSAKey.generate()
    listener = socket.create_server(("127.0.0.1", 0))
    sessions: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            sessions.append(transport)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _files_of(root))
            try:
                transport.start_server(server=_Door())
            except (paramiko.SSHException, EOFError):
                continue

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield Running(listener.getsockname()[1], f"{key.get_name()} {key.get_base64()}")
    finally:
        listener.close()
        for session in sessions:
            session.close()
