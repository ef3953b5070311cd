"""What a field, a column, a code list and a table are: frozen declarations without behaviour."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import pyarrow as pa


class FieldKind(StrEnum):
    """The shape of a field's value; each consumer (Arrow, SQL, suite, template, report) decides by it."""

    NAME = "name"
    PARTIAL_DATE = "partial_date"
    CODE = "code"
    PLACE = "place"
    PLACE_PERIOD = "place_period"
    STATUS_PERIOD = "status_period"
    RELATIVES = "relatives"
    HOUSEHOLD = "household"
    NUMBER = "number"
    TEXT = "text"


class EmptyReason(StrEnum):
    """Why a field of a record has no value: one letter, so that 17 of them make one short string.

    ``FILLED`` is the letter of a field that has a value.
    """

    FILLED = "."
    NOT_IN_FORM = "f"
    BLANK = "b"
    STATED_UNKNOWN = "u"
    INVALID = "i"
    AMBIGUOUS = "a"
    NOT_APPLICABLE = "n"


Sensitivity = Literal["basic", "sensitive"]
"""Classes of Law 91/2025/QH15 on personal data: basic, sensitive (ethnic origin, religion, health)."""


@dataclass(frozen=True)
class Column:
    """One column of a table: name, Arrow type, whether it may be null, what it holds."""

    name: str
    type: pa.DataType
    nullable: bool = True
    description: str = ""


@dataclass(frozen=True)
class Field:
    """One field of the National Population Database, an identifier beside it, or an optional extra.

    Attributes:
        number: 1 to 17 in the law's order; None for identifiers and extras.
        name: English key, the stem of the column names.
        label_vi: name in the law.
        label_en: English label.
        point: point of art. 9(1) Law 59/2014/QH13 as amended by Law 68/2020/QH14 art. 37(1).
        qcvn_element: element of QCVN 109:2017/BTTTT; empty where the regulation has none.
        kind: shape of the value.
        columns: standardised columns, in order.
        raw_columns: columns of text in ``source_records`` that feed it.
        required: must a ledger row have it?
        sensitivity: class under the law on personal data.
        empty_reasons: why it may be empty.
        code_list: name of its closed set of codes, if coded.
    """

    number: int | None
    name: str
    label_vi: str
    label_en: str
    point: str
    qcvn_element: str
    kind: FieldKind
    columns: tuple[Column, ...]
    raw_columns: tuple[str, ...]
    required: bool
    sensitivity: Sensitivity
    empty_reasons: tuple[EmptyReason, ...]
    code_list: str | None = None


@dataclass(frozen=True)
class TableSpec:
    """A table that passes between steps: exact columns in order, and its key."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    description: str

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema that `schemas.contract.conform` demands."""
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns])

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(c.name for c in self.columns)
