"""`sohoa review`: the pairs and the rows that wait for a person."""

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
