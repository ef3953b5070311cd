"""Commands that change what was loaded: undone, parted, made one, erased, removed; tormented like a delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from store.engine import borrowed, open_store
from store.roles import Role

_ONE, _OTHER, _WHY = "Trần Lan", "Lê Minh", "thử"
_PERSONS = """
    SELECT encode(uuid_send(person_id), 'hex'), array_agg(encode(uuid_send(record_id), 'hex') ORDER BY record_id)
    FROM memberships GROUP BY person_id HAVING count(*) > 1 ORDER BY person_id"""


@dataclass(frozen=True)
class Deed:
    """A command, as it was given and is given again.

    Attributes:
        arguments: of `sohoa`.
        settled: code of the error by which it says that it was done before; "" where it says the same again.
        is_told_again: whether a restart says the same, or only what was left to do.
    """

    arguments: tuple[str, ...]
    settled: str = ""
    is_told_again: bool = True


def chosen(url: str, home: Path, batch_id: str) -> Mapping[str, Deed]:
    """The commands, done to a batch and to persons of the store who have several records each."""
    with borrowed(url, home):
        store = open_store(url, home)
        try:
            with store.reading(Role.BACKUP) as connection:
                (parted, records), (one, _), (other, _), (erased, _) = connection.execute(sa.text(_PERSONS)).all()[:4]
        finally:
            store.close()
    signed = ("--author", _ONE, "--reason", _WHY, "--json")
    return {
        "batch undo": Deed(("batch", "undo", batch_id, "--reason", _WHY, "--by", _ONE, "--json"), "undo.undone"),
        "person unmerge": Deed(("person", "unmerge", parted, "--record", records[0], *signed), "person.not_its_record"),
        "person merge": Deed(("person", "merge", one, other, *signed), "person.one_already"),
        "erase person": Deed(("erase", "person", erased, "--approve", "--by", _OTHER, "--json")),
        "retention": Deed(("retention", "--today", "2090-01-01", "--json"), is_told_again=False),
        "key rotate": Deed(("key", "rotate", "--json"), is_told_again=False),
    }  # fmt: skip


def proposal(erasure: Deed) -> tuple[str, ...]:
    """What another person has to ask for before somebody is erased."""
    return (*erasure.arguments[:3], "--reason", _WHY, "--by", _ONE, "--json")
