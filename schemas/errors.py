"""The one exception family. Messages carry codes, positions and counts, never a value of a person."""


class SohoaError(Exception):
    """Root of all known errors; `code` names a row of rules.csv or of the message catalogue."""

    exit_code = 1

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        self.details = details
        super().__init__(code + "".join(f" {k}={v}" for k, v in details.items()))


class ContractError(SohoaError):
    """A table broke its contract: a fault of the code, not of the data."""

    def __init__(self, table: str, aspect: str, detail: str) -> None:
        super().__init__("contract." + aspect, table=table, detail=detail)


class FileRefused(SohoaError):  # noqa: N818 - the word of the field
    """A file cannot be read as a ledger. `code` is a rule id `file.*`, `encoding.*` or `header.*`.

    `details` may hold: sheet, line, column (headings are no personal data), found, limit.
    `rows` is how many data rows were counted before refusal (0 when unknown).
    """

    def __init__(self, code: str, *, rows: int = 0, **details: object) -> None:
        self.rows = rows
        super().__init__(code, **details)


class StoreUnavailable(SohoaError):  # noqa: N818
    """The store cannot be reached or started. May pass on retry."""

    exit_code = 3


class StoreMoved(StoreUnavailable):
    """Another batch was committed between matching and loading, or the server chose ours to give way; match again."""


class SystemFailed(SohoaError):  # noqa: N818
    """The operating system refused something: no room, no permission, a broken disk. May pass on retry."""

    exit_code = 3


class SettingsError(SohoaError):
    """A setting is missing or wrong."""

    exit_code = 3


class Refused(SohoaError):  # noqa: N818
    """The policy forbids it."""

    exit_code = 4


class UsageError(SohoaError):
    """The command was called wrongly."""

    exit_code = 2
