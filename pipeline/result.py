"""What a run answers: the sums of the batch and of each file, the messages, where the report is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from quality.report_facts import RowPairs, RowPlace
from schemas.errors import SohoaError
from schemas.messages import Language, text
from schemas.tables import OUTCOMES


@dataclass(frozen=True)
class FileResult:
    """Outcome and sums of one file; `messages` are pipeline.findings.Message as dictionaries.

    `file` is its alias; `path` the path it was given under, told to its sender only. `to_mend` rows
    are in the error file at `error_file`; None where none is needed, or the rows were too many.
    `is_twin`: another file of the delivery has its content.
    """

    file: str
    outcome: str
    reason: str | None
    read: int
    counts: Mapping[str, int]
    messages: tuple[Mapping[str, Any], ...] = field(default=())
    error_file: str | None = None
    to_mend: int = 0
    path: str = field(default="", repr=False)
    is_twin: bool = False


@dataclass(frozen=True)
class BatchResult:
    """Sums of a batch. `state` is loaded, stopped (the gate refused it) or known (nothing new).

    `same_number` are persons in the store that bear one personal number, `other_nationality` those merged from rows of
    different nationalities. `waiting` counts, by earlier batch, the known rows that were kept out there and still wait
    for their correction.
    """

    batch_id: str
    province: str
    state: str
    read: int
    counts: Mapping[str, int]
    files: tuple[FileResult, ...]
    report: str | None
    stop_rules: tuple[str, ...] = ()
    same_number: RowPairs = field(default_factory=RowPairs)
    other_nationality: RowPairs = field(default_factory=RowPairs)
    waiting: Mapping[str, int] = field(default_factory=dict)

    @property
    def has_findings(self) -> bool:
        """Rows quarantined or rejected, files refused, or the batch stopped: exit code 1."""
        refused = any(f.outcome == "file_rejected" for f in self.files)
        return bool(self.counts["quarantined"] or self.counts["rejected"] or refused or self.state == "stopped")


def sums_in_words(read: int, counts: Mapping[str, int], language: Language) -> str:
    """`đã đọc 6 = nạp mới 5 + ...`: the rows of a file or a batch by outcome."""
    return text("run.sums", language, read=read, **{o: counts[o] for o in OUTCOMES})


def demand_sums(result: BatchResult) -> None:
    """Every row has one outcome, in each file and in the batch. Raises SohoaError run.sums_differ."""
    for name, read, counts in ((result.batch_id, result.read, result.counts), *_sums_of_files(result)):
        if read != sum(counts.values()):
            raise SohoaError("run.sums_differ", file=name, sums=f"{read} ≠ {sum(counts.values())}")
    if result.read != sum(f.read for f in result.files if not f.is_twin):
        raise SohoaError("run.sums_differ", file=result.batch_id)


def _sums_of_files(result: BatchResult) -> list[tuple[str, int, Mapping[str, int]]]:
    return [(f.file, f.read, f.counts) for f in result.files]


def as_json(result: BatchResult) -> dict[str, Any]:
    """The result with the stable keys of the command line: sums beside batch_id, never nested."""
    return {
        "batch_id": result.batch_id,
        "province": result.province,
        "state": result.state,
        "read": result.read,
        **{outcome: result.counts[outcome] for outcome in OUTCOMES},
        "files": [_file_as_json(f) for f in result.files],
        "stop_rules": list(result.stop_rules),
        "waiting": dict(result.waiting),
        "report": result.report,
        "same_number": asdict(result.same_number),
        "other_nationality": asdict(result.other_nationality),
    }


def from_json(value: Mapping[str, Any]) -> BatchResult:
    """The reverse of `as_json`."""
    files = tuple(
        FileResult(
            f["file"], f["outcome"], f["reason"], f["read"], {o: f[o] for o in OUTCOMES}, tuple(f["messages"]),
            f["error_file"], f["to_mend"], f["path"], f.get("twice", False),
        )
        for f in value["files"]
    )  # fmt: skip
    counts = {o: value[o] for o in OUTCOMES}
    return BatchResult(
        value["batch_id"], value["province"], value["state"], value["read"], counts, files, value["report"],
        tuple(value["stop_rules"]), _row_pairs(value["same_number"]), _row_pairs(value["other_nationality"]),
        value["waiting"],
    )  # fmt: skip


def _row_pairs(value: Mapping[str, Any]) -> RowPairs:
    places = tuple((RowPlace(**left), RowPlace(**right)) for left, right in value["places"])
    return RowPairs(value["count"], places)


def named(result: BatchResult, given: Mapping[str, str]) -> BatchResult:
    """The result for the person who sent the files: each under the path it was given by, in their order."""
    files = (replace(f, path=given.get(f.file, f.file)) for f in result.files)
    return replace(result, files=tuple(sorted(files, key=lambda f: f.path)))


def _file_as_json(file: FileResult) -> dict[str, Any]:
    return {
        "path": file.path,
        "file": file.file,
        "outcome": file.outcome,
        "reason": file.reason,
        "read": file.read,
        **{outcome: file.counts[outcome] for outcome in OUTCOMES},
        "messages": list(file.messages),
        "error_file": file.error_file,
        "to_mend": file.to_mend,
        "twice": file.is_twin,
    }
