"""Decisions of people about how a ledger is read: what the file itself does not say clearly enough.

One shape for all kinds, so that they are given as options, remembered by the store and handed to the readers alike.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["encoding", "heading"]
Origin = Literal["option", "remembered"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WHOLE_FILE = ""


@dataclass(frozen=True)
class Decision:
    """One decision.

    Attributes:
        kind: "encoding": in which encoding a file or column is; "heading": which field a column is.
        match: what it is about: a folded heading, of an encoding also the name of a field or "" for the whole file.
        value: the encoding; the field, with its part behind a dot (birth_date.year), or "aside" for none.
        origin: whether it was given with the command or remembered for the office.
    """

    kind: Kind
    match: str
    value: str
    origin: Origin = "option"
