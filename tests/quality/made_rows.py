"""Made-up pages of failing rows: of two files, with every state, a sheet, a scan and a run of rejected rows."""

from quality.failing_rows import Cause, FailingRow, RowGroup, RowIndex, RowPage, summary_of

NO_DAY = Cause("quarantined", "birth_date.impossible", "birth_date")
CENTURY = Cause("in_review", "birth_date.default_day", "birth_date")
REFUSED = Cause("rejected", "header.missing_required", "")


def record(n: int) -> str:
    return f"{n * 7919:032x}"


def pages() -> tuple[RowPage, ...]:
    book, scan = "nghe_an/Sổ hộ khẩu 1994–2003.xlsx", "trang_14.png"
    others = tuple(FailingRow(None, n, None, record(n)) for n in (13, 40))
    both, alone = FailingRow(None, 12, None, record(12)), FailingRow(None, 77, None, record(77))
    return (
        RowPage(
            1,
            "ban_chup_trang_14.csv",
            (RowGroup(REFUSED, None, "", "", (FailingRow(None, 2, 86, ""),)),),
        ),
        RowPage(
            2,
            book,
            (
                RowGroup(
                    NO_DAY, "Sổ 1", "D", "Ngày sinh <b>", (both, *others)
                ),
                RowGroup(CENTURY, "Sổ 1", "D", "Ngày sinh <b>", (both,)),
            ),
        ),
        RowPage(3, book, (RowGroup(CENTURY, "Sổ 1", "C, D", "Ngày / Tháng", (alone,)),)),
        RowPage(4, scan, (RowGroup(NO_DAY, None, "", "", (FailingRow(3, None, None, record(5)),)),)),
    )  # fmt: skip


def index() -> RowIndex:
    return RowIndex(tuple(summary_of(page) for page in pages()))
