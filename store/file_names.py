"""The paths that files were given under. They may name persons, so the store keeps them sealed and holds no key."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from store.engine import Store
from store.roles import Role

_ID = "encode(uuid_send(batch_id), 'hex')"


def of_batch(store: Store, batch_id: str) -> Mapping[str, str]:
    """The sealed path of each file of a batch, by its alias."""
    with store.reading(Role.REVIEW) as connection:
        found = connection.execute(
            sa.text("SELECT file, sealed FROM file_names WHERE batch_id = :b AND is_sealed"), {"b": batch_id}
        )
        return {str(file): str(sealed) for file, sealed in found}


def sealed(store: Store) -> Mapping[tuple[str, str], str]:
    """(batch_id, alias) -> the sealed path, of all files."""
    with store.reading() as connection:
        found = connection.execute(sa.text(f"SELECT {_ID}, file, sealed FROM file_names WHERE is_sealed"))
        return {(str(batch), str(file)): str(token) for batch, file, token in found}


def unsealed(store: Store) -> Mapping[tuple[str, str], str]:
    """(batch_id, alias) -> path, of files that an older version loaded without sealing it."""
    with store.reading() as connection:
        found = connection.execute(sa.text(f"SELECT {_ID}, file, sealed FROM file_names WHERE NOT is_sealed"))
        return {(str(batch), str(file)): str(path) for batch, file, path in found}


def replace_with(store: Store, sealed: Mapping[tuple[str, str], str]) -> None:
    """Put sealed paths in the place of clear ones."""
    with store.writing() as connection:
        for (batch, file), token in sealed.items():
            connection.execute(
                sa.text("UPDATE file_names SET sealed = :s, is_sealed = true WHERE batch_id = :b AND file = :f"),
                {"s": token, "b": batch, "f": file},
            )


def write(connection: Connection, batch_id: str, sealed: Mapping[str, str]) -> None:
    """Keep the sealed paths of a batch; a batch that was stopped and comes again has them written anew."""
    connection.execute(sa.text("DELETE FROM file_names WHERE batch_id = :b"), {"b": batch_id})
    for file, token in sealed.items():
        connection.execute(
            sa.text("INSERT INTO file_names (batch_id, file, sealed) VALUES (:b, :f, :s)"),
            {"b": batch_id, "f": file, "s": token},
        )
