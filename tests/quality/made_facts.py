"""Made-up facts of a batch, realistic in their proportions, for the tests of the report and its picture."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from hashlib import sha256

from quality import gate_trends
from quality.failing_rows import Cause, CauseCount, PageSummary, RowIndex
from quality.field_history import FieldHistory, FieldTally, together
from quality.gate_history import GateHistory
from quality.report_facts import (
    AuditPlace,
    Balance,
    CellCount,
    CodeCount,
    Delivery,
    DuplicateFacts,
    FieldFacts,
    FileFacts,
    GateFacts,
    GroupRows,
    HouseholdCount,
    PersonCount,
    ReportFacts,
    RowPairs,
    RowPlace,
    RuleCount,
    ShownPair,
    ShownRecord,
    WaitingRows,
    WeightCount,
)
from quality.suite import EXPECTATIONS
from quality.validate import ExpectationResult
from schemas.fields import FIELDS

BATCH = "7f3a9c0e5d1b48269a0c4e7712b86f35"
TAKEN = 17_912

# Letters of schemas.field.EmptyReason by field, and how many filled values wait for a review; the rest is filled.
EMPTY: dict[str, tuple[dict[str, int], int]] = {
    "full_name": ({}, 41),
    "birth_date": ({}, 624),
    "sex": ({}, 18),
    "birth_registration_place": ({"f": 17_912}, 0),
    "native_place": ({"b": 1_204, "u": 37, "a": 12}, 96),
    "ethnic_group": ({"b": 402, "i": 7, "a": 3}, 0),
    "religion": ({"f": 9_840, "b": 2_311, "a": 4}, 0),
    "nationality": ({"f": 17_912}, 0),
    "marital_status": ({"f": 9_840, "b": 1_077, "a": 61}, 0),
    "permanent_residence": ({"b": 88, "a": 19}, 203),
    "temporary_residence": ({"f": 9_840, "n": 7_951}, 0),
    "temporary_absence": ({"f": 9_840, "n": 7_903}, 0),
    "current_residence": ({"f": 17_912}, 0),
    "blood_type": ({"f": 17_912}, 0),
    "relatives": ({"b": 2_209, "u": 84, "i": 15}, 57),
    "household": ({"b": 31, "i": 4}, 122),
    "death": ({"f": 9_840, "n": 7_681}, 3),
}

BALANCES = {
    "so_ho_khau_hoan_kiem.csv": Balance(9_968, 9_204, 498, 0, 266, 0),
    "nghe_an/Sổ hộ khẩu 1994–2003.xlsx": Balance(8_507, 7_866, 344, 0, 297, 0),
    "can_tho_tcvn3.csv": Balance(1_240, 0, 0, 1_240, 0, 0),
    "ban_chup_trang_14.csv": Balance(85, 0, 0, 0, 0, 85),
}


def facts() -> ReportFacts:
    """A batch that was accepted in part."""
    return ReportFacts(
        delivery=Delivery(
            BATCH,
            "01",
            "loaded",
            "0.1.0",
            "v1",
            date(2026, 11, 20),
            datetime(2026, 11, 20, 2, 41, 7, tzinfo=UTC),
            loaded_by="5c0e91a7b24f",
            as_of=AuditPlace(1_204, sha256(b"event").hexdigest(), "2026-11-20T02:41:07Z"),
        ),
        balance=total(),
        recount=total(),
        files=tuple(_file(path, balance) for path, balance in BALANCES.items()),
        fields=tuple(_field(f.name) for f in FIELDS),
        identifiers={"personal_number": 4_120, "old_id_number": 6_033},
        duplicates=_duplicates(),
        quarantine=_quarantine(),
        gate=_gate(),
        people=_people(),
        households=(
            HouseholdCount(0, 0, 14),
            HouseholdCount(1, 0, 31),
            *(HouseholdCount(n, 1, 900 - 60 * n) for n in range(1, 13)),
            HouseholdCount(5, 2, 9),
        ),
        states={"living": 16_870, "dead": 418, "missing": 13, "without_household": 52},
        codes=_codes(),
        waiting=(WaitingRows("5" * 32, 4),),
        failing=_failing(),
        history=_history(),
        groups=_groups(),
        gate_history=_gates_before(),
        cells=(
            CellCount("full_name", 9, 4_210, 4_180, 0, 28, 2),
            CellCount("full_name", 6, 310, 0, 120, 140, 50),
            CellCount("birth_date", 9, 4_100, 4_100, 0, 0, 0),
            CellCount("personal_number", 3, 17, 0, 5, 4, 8),
        ),
    )


def stopped() -> ReportFacts:
    """The same batch, stopped by the gate: nothing was loaded, every row is rejected."""
    made = facts()
    delivery = replace(made.delivery, state="stopped", stop_rules=("gate.batch.sex",), loaded_by="", as_of=None)
    files = tuple(
        replace(f, outcome="file_rejected", reason="gate.batch.sex", balance=_rejected(f.balance)) for f in made.files
    )
    assert made.gate is not None
    results = tuple(
        replace(r, success=False, unexpected=1, observed=0.92) if r.id == "gate.batch.sex" else r
        for r in made.gate.results
    )
    return ReportFacts(
        delivery, _rejected(made.balance), _rejected(made.balance), files, gate=replace(made.gate, results=results)
    )


def total() -> Balance:
    """The sums of the batch: those of its files."""
    names = ("read", "loaded", "merged", "known", "quarantined", "rejected")
    return Balance(*(sum(getattr(b, n) for b in BALANCES.values()) for n in names))


def _rejected(balance: Balance) -> Balance:
    return Balance(balance.read, rejected=balance.read)


def _file(path: str, balance: Balance) -> FileFacts:
    kind = "spreadsheet" if path.endswith("xlsx") else "delimited"
    encoding = {"can_tho_tcvn3.csv": "tcvn3"}.get(path, "utf-8" if kind == "delimited" else None)
    if balance.rejected:
        refused = RuleCount("header.missing_required", "block", 1, (RowPlace("", None, 1),))
        return FileFacts(path, "unknown", None, "file_rejected", "header.missing_required", balance, (refused,))
    if balance.known:
        return FileFacts(path, kind, encoding, "already_known", "0" * 32, balance)
    sheet = "Sổ 1" if kind == "spreadsheet" else None
    messages = (
        RuleCount("header.unknown_column", "notice", 1, (RowPlace("", sheet, 6),)),
        RuleCount("birth_date.impossible", "block", 64, _places("", sheet, 40, 5), "D", "Ngày sinh"),
        RuleCount("birth_date.default_day", "review", 311, _places("", sheet, 12, 5)),
        RuleCount("place.missing", "review", 52, (RowPlace("", sheet, 77, 128),), "H", "Nơi ở", is_column=True),
    )
    return FileFacts(path, kind, encoding, "rows_rejected", None, balance, messages)


def _failing() -> RowIndex:
    """Pages of failing rows to which the counts lead."""
    counted = [(path, Cause("quarantined", r.rule_id, ""), r.rows) for path in BALANCES for r in _quarantine()[:2]]
    counted += [(path, Cause("in_review", "birth_date.default_day", "birth_date"), 311) for path in BALANCES]
    return RowIndex(
        tuple(
            PageSummary(n, path, (rows, 0, 0), (CauseCount(cause, rows, 7, 900),))
            for n, (path, cause, rows) in enumerate(counted, 1)
        )
    )


def _places(file: str, sheet: str | None, first: int, count: int) -> tuple[RowPlace, ...]:
    return tuple(RowPlace(file, sheet, first + 137 * i) for i in range(count))


def _field(name: str) -> FieldFacts:
    empty, review = EMPTY[name]
    filled = TAKEN - sum(empty.values())
    return FieldFacts(name, {".": filled, **empty}, review, filled // 40, filled // 900)


def _history() -> FieldHistory:
    """Five batches of the province and forty of the nation, of which some differ from this one."""
    own = [FieldTally(f.name, 9_000, 8_000, 7_800, 300, 4) for f in FIELDS]
    others = [FieldTally(f.name, 90_000, 70_000, 69_000, None, None) for f in FIELDS]
    return FieldHistory(together([own]), "5" * 32, together([own] * 5), together([own] * 5 + [others] * 35))


def _quarantine() -> tuple[RuleCount, ...]:
    csv, book = "so_ho_khau_hoan_kiem.csv", "nghe_an/Sổ hộ khẩu 1994–2003.xlsx"
    return (
        RuleCount("birth_date.impossible", "block", 214, _places(csv, None, 118, 5)),
        RuleCount("birth_date.century_unknown", "block", 133, _places(book, "Sổ 1", 31, 5)),
        RuleCount("personal_number.birth_contradicts", "block", 96, _places(csv, None, 402, 5)),
        RuleCount("full_name.not_a_name", "block", 71, _places(book, "Sổ 2", 9, 5)),
        RuleCount("relation.unknown_code", "block", 46, _places(csv, None, 940, 5)),
        RuleCount("sex.missing", "block", 3, _places(book, "Sổ 2", 388, 3)),
    )


_REVIEWS = (9, 14, 12, 8, 11, 9, 13, 7, 6, 4, 5, 3, 2, 1)
_MATCHES = (3, 7, 9, 14, 22, 31, 44, 61, 83, 96, 112, 104, 88, 70, 52, 38, 27, 16, 9, 4)


def _duplicates() -> DuplicateFacts:
    weights = [WeightCount(w - 2, "review", n) for w, n in enumerate(_REVIEWS)]
    weights += [WeightCount(2 * w + 8, "match", n) for w, n in enumerate(_MATCHES)]
    pairs = {("match", False): 648, ("match", True): 242, ("review", False): 71, ("review", True): 33}
    return DuplicateFacts(
        merged_within=611, merged_with_store=231, pairs=pairs, weights=tuple(weights), match_weight=8.0,
        review_weight=-2.0, candidate_pairs=1_204_517, large_block_records=0,
        examples=_examples(), same_number=_row_pairs(7), other_nationality=_row_pairs(2),
    )  # fmt: skip


def _row_pairs(count: int) -> RowPairs:
    place = RowPlace("so_ho_khau_hoan_kiem.csv", None, 77), RowPlace("dot_truoc_2025.csv", None, 1_204)
    return RowPairs(count, (place,))


def _examples() -> tuple[ShownPair, ...]:
    names = ("name_level", "birth_level", "sex_level", "number_level", "family_level", "household_level", "place_level")
    csv, book = "so_ho_khau_hoan_kiem.csv", "nghe_an/Sổ hộ khẩu 1994–2003.xlsx"

    def side(file: str, sheet: str | None, line: int) -> ShownRecord:
        return ShownRecord(RowPlace(file, sheet, line), sha256(f"{file} {line}".encode()).hexdigest()[:32])

    def levels(*values: int) -> dict[str, int]:
        return dict(zip(names, values, strict=True))

    return (
        ShownPair("match", False, 8.4, levels(6, 6, 2, 0, 6, 0, 7), side(csv, None, 218),
                  side(csv, None, 7_402)),
        ShownPair("match", True, 9.1, levels(8, 9, 2, 2, 0, 2, 5), side(csv, None, 3_377),
                  side("dot_truoc_2025.csv", None, 118)),
        ShownPair("match", False, 9.7, levels(9, 5, 2, 0, 5, 0, 6), side(book, "Sổ 1", 45),
                  side(book, "Sổ 2", 1_032)),
        ShownPair("review", False, 14.2, levels(9, 6, 2, 0, 0, 2, 2), side(csv, None, 5_120),
                  side(book, "Sổ 1", 2_876)),
        ShownPair("review", True, 11.8, levels(4, 9, 2, 0, 6, 4, 10), side(book, "Sổ 2", 631),
                  side("dot_truoc_2025.csv", None, 2_204)),
    )  # fmt: skip


def _groups() -> tuple[GroupRows, ...]:
    tay = "ethnic_groups_121_1979"
    return (
        GroupRows("sex", "1", None, 9_212, 270, 700, 410), GroupRows("sex", "2", None, 8_900, 260, 690, 420),
        GroupRows("sex", None, None, 363, 33, 12, 12), GroupRows("ethnic_group", "01", tay, 17_000, 420, 1_300, 800),
        GroupRows("ethnic_group", "02", tay, 1_300, 140, 100, 40), GroupRows("ethnic_group", "05", tay, 4, 1, 1, 0),
        GroupRows("birth_decade", "1950", None, 9_000, 280, 701, 421),
        GroupRows("birth_decade", "1960", None, 9_475, 283, 701, 421),
    )  # fmt: skip


def _gate() -> GateFacts:
    def result(expected) -> ExpectationResult:  # type: ignore[no-untyped-def]
        batch = expected.field == "batch"
        failed = {"gate.batch.new_year": 1, "gate.relatives.father_name": 212}.get(expected.id, 0)
        observed = {
            "quarantined_share": 0.0306, "rejected_share": 0.0043, "rows_unaccounted": 0.0, "male_share": 0.4962,
            "records_without_person": 0.0, "doubled_person_ids": 0.0, "doubled_number_share": 0.0002,
            "new_year_share": 0.3187, "commonest_birth_year_share": 0.021, "whipple_index": 131.24,
        }.get(expected.column)  # fmt: skip
        rows = 1 if batch else 17_301
        return ExpectationResult(
            expected.id, expected.kind.value, expected.field, expected.column, expected.severity, expected.mostly,
            not failed, rows, rows, failed, observed,
        )  # fmt: skip

    limits = {e.id: (e.low, e.high) for e in EXPECTATIONS}
    return GateFacts("great_expectations 1.24.1", 17_301, tuple(result(e) for e in EXPECTATIONS), limits)


def _gates_before() -> GateHistory:
    """Seven earlier batches of the province; the third was stopped, and the first was judged by less."""
    results = [asdict(r) for r in _gate().results]
    given = []
    for number in range(7):
        told = [
            {**r, "unexpected": r["unexpected"] * number // 4,
             "observed": None if r["observed"] is None else round(r["observed"] * (0.6 + number / 10), 4)}
            for r in results[: len(results) - 3 * (number == 0)]
        ]  # fmt: skip
        if number == 2:
            told = [{**r, "success": False, "observed": 0.93} if r["id"] == "gate.batch.sex" else r for r in told]
        batch_id = sha256(f"earlier {number}".encode()).hexdigest()[:32]
        at = f"2026-{4 + number:02}-11T09:20:00+07:00"
        given.append((batch_id, at, "stopped" if number == 2 else "loaded", told))
    return gate_trends.history(given)


def _people() -> tuple[PersonCount, ...]:
    people = []
    for year in range(1916, 2027):
        age = 2026 - year
        alive = max(0, int(260 - abs(age - 24) * 3.1 - (age > 70) * 20) + (34 if year % 5 == 0 else 0))
        people.append(PersonCount(year, "1", False, int(alive * (0.51 if age < 50 else 0.44))))
        people.append(PersonCount(year, "2", False, int(alive * (0.49 if age < 50 else 0.56))))
    people += [PersonCount(1931, "1", True, 204), PersonCount(1934, "2", True, 227), PersonCount(None, "2", False, 12)]
    return tuple(people)


def _codes() -> tuple[CodeCount, ...]:
    groups = {"01": 14_920, "03": 1_302, "04": 640, "24": 118, "08": 61, "05": 7, "11": 4, "44": 1, None: 248}
    religions = {"01": 3_112, "02": 1_204, "06": 55, "03": 6, None: 12_924}
    return (
        *(CodeCount("ethnic_group", "ethnic_groups_1019_2008", code, n) for code, n in groups.items()),
        *(CodeCount("religion", "religions", code, n) for code, n in religions.items()),
    )
