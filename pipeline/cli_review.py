"""`sohoa review`: the pairs, the rows and the cells of scans that wait for a person."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json, Reason, Scope

review_app = typer.Typer(
    no_args_is_help=True, help="Cặp và dòng chờ người xem · Pairs and rows that wait for a person."
)
Author = Annotated[str, typer.Option("--author", help="Ai quyết định · who decides")]


@review_app.command("list")
def review_list_command(
    province: Scope = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Nhiều nhất · at most")] = 20,
    as_json: Json = False,
) -> None:
    """Các cặp chờ xem, cặp đáng xem nhất trước · pairs that wait, the one most worth a look first, names masked.

    Ví dụ · Example: sohoa review list --province 01 --limit 50
    """
    from pipeline import console, review_pile
    from pipeline.settings import load_settings

    settings = load_settings()
    found = review_pile.pile(province, limit, settings)
    if not found.rows and not as_json:
        console.say("review.none", settings.language)
        return
    console.say_table(found.rows, settings.language, as_json)
    if not as_json:
        console.say("review.more", settings.language, shown=len(found.rows), open=found.waiting)


@review_app.command("decide")
def review_decide_command(
    left: str,
    right: str,
    author: Author,
    reason: Reason,
    same: Annotated[bool, typer.Option("--same", help="Một người · one person")] = False,
    different: Annotated[bool, typer.Option("--different", help="Hai người · two persons")] = False,
    province: Scope = None,
) -> None:
    """Quyết định một cặp: một người hay hai người · decide a pair of records: one person or two.

    Ví dụ · Example: sohoa review decide 0f3c... 9a1b... --different --author "cán bộ Lan" --reason "khác cha mẹ"
    """
    from pipeline import console, review_pile
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    said = review_pile.decide(
        left, right, same=same, different=different, author=author, reason=reason, settings=settings
    )
    console.say(said, settings.language)


@review_app.command("undo")
def review_undo_command(left: str, right: str, author: Author, reason: Reason, province: Scope = None) -> None:
    """Bỏ quyết định đang có về một cặp · take back the decision that stands for a pair.

    Ví dụ · Example: sohoa review undo 0f3c... 9a1b... --author "cán bộ Lan" --reason "nhầm"
    """
    from pipeline import console, review_pile
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    console.say(review_pile.undo(left, right, author, reason, settings), settings.language)


@review_app.command("rows")
def review_rows_command(
    province: Scope = None,
    rule: Annotated[str | None, typer.Option("--rule", help="Chỉ quy tắc này · rows of this rule only")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="Nhiều nhất · at most")] = 20,
    as_json: Json = False,
) -> None:
    """Các dòng bị giữ lại: số dòng theo quy tắc, từng dòng · rows that are kept out, by rule and each, masked.

    Ví dụ · Example: sohoa review rows --province 01 --rule birth_date.impossible
    """
    from dataclasses import asdict

    from pipeline import console, waiting_rows
    from pipeline.settings import load_settings

    settings = load_settings()
    found = waiting_rows.pile(province, rule, limit, settings)
    if as_json:
        console.say_json(asdict(found))
        return
    if not found.rules:
        console.say("review.no_rows", settings.language)
        return
    console.say_tables([("", found.rules), ("", found.rows)], settings.language)
    console.say("review.more_rows", settings.language, shown=len(found.rows), undecided=found.undecided)


@review_app.command("row")
def review_row_command(
    record_id: str,
    author: Author,
    reason: Reason,
    accept: Annotated[bool, typer.Option("--accept", help="Sổ ghi đúng như thế · right as the ledger has it")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Không phải là người nào · the row is nobody")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Bỏ quyết định đang có · take the decision back")] = False,
    province: Scope = None,
) -> None:
    """Quyết định một dòng bị giữ lại (sohoa review rows) · decide a row that is kept out (sohoa review rows).

    Ví dụ · Example: sohoa review row 0f3c... --accept --author "cán bộ Lan" --reason "đã xem sổ gốc"
    """
    from pipeline import console, row_judging
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    said = row_judging.decide(
        record_id, accept=accept, reject=reject, undo=undo, author=author, reason=reason, settings=settings
    )
    console.say(said, settings.language)


@review_app.command("cells")
def review_cells_command(
    batch: Annotated[str | None, typer.Option("--batch", help="Của lô này · of this batch")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Ghi sổ ô có ảnh · write a workbook with pictures")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Nhiều nhất · at most")] = 2_000,
    province: Scope = None,
    as_json: Json = False,
) -> None:
    """Các ô trên trang quét máy chưa chắc · cells of scans that wait; --out: with pictures, to be answered.

    Ví dụ · Example: sohoa review cells --province 01 --out o_can_xem.xlsx
    """
    from pipeline import cell_reviews, console
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = load_settings()
    if out is not None:
        written = cell_reviews.write_book(out, batch, limited(settings, province), limit)
        console.say("review.cells_written" if written else "review.cells_none", settings.language, cells=written)
        return
    found = cell_reviews.waiting(province, batch, limit, settings)
    if not found and not as_json:
        console.say("review.cells_none", settings.language)
        return
    console.say_table(found, settings.language, as_json)


@review_app.command("answers")
def review_answers_command(
    path: Path, author: Author, reason: Annotated[str, typer.Option("--reason", help="Vì sao · why")] = "xem ảnh",
    province: Scope = None,
) -> None:  # fmt: skip
    """Nhận sổ ô đã điền · take back the workbook of cells as it was filled in.

    Ví dụ · Example: sohoa review answers o_can_xem.xlsx --author "cán bộ Lan"
    """
    from pipeline import cell_reviews, console
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = load_settings()
    told = cell_reviews.bring_back(path, author, reason, limited(settings, province))
    console.say("review.cells_recorded", settings.language, recorded=told.recorded, open=told.open)
    if told.unclear:
        lines = ", ".join(map(str, told.unclear[:50]))
        console.say("review.cells_unclear", settings.language, lines=lines)
        raise typer.Exit(1)


@review_app.command("cell")
def review_cell_command(
    record_id: str,
    column: str,
    author: Author,
    reads: Annotated[str | None, typer.Option("--reads", help="Đọc là · what stands there")] = None,
    right: Annotated[bool, typer.Option("--right", help="Máy đọc đúng · the machine is right")] = False,
    illegible: Annotated[bool, typer.Option("--illegible", help="Không đọc được · nobody can read it")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Bỏ lần đọc cuối · take the last reading back")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Vì sao · why")] = "xem ảnh",
    province: Scope = None,
) -> None:
    """Đọc một ô · read one cell of a scan (sohoa review cells).

    Ví dụ · Example: sohoa review cell 0f3c... full_name_raw --reads "Trần Thị Bé" --author "cán bộ Lan"
    """
    from pipeline import cell_reviews, console
    from pipeline.scope import limited
    from pipeline.settings import load_settings
    from schemas.errors import UsageError
    from store.cell_judgements import CellAnswer

    if [reads is not None, right, illegible, undo].count(True) != 1:
        raise UsageError("cells.one_answer")
    settings = limited(load_settings(), province)
    answer: CellAnswer = "undone" if undo else "illegible" if illegible else "reads"
    console.say(cell_reviews.decide(record_id, column, answer, reads, author, reason, settings), settings.language)


@review_app.command("send")
def review_send_command(batch_id: str, province: Scope = None, as_json: Json = False) -> None:
    """Nộp những dòng mà mọi ô đã đọc xong · send in the rows of a batch whose cells are all read.

    Ví dụ · Example: sohoa review send 4f0a...
    """
    from pipeline import cell_reviews, console
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    result = cell_reviews.send(batch_id, settings)
    if result is None:
        console.say("review.cells_not_whole", settings.language)
        return
    console.say_any(result, settings.language, as_json)
