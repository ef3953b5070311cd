"""`sohoa person`: how a person was built, why two rows are one or not, and what somebody decides about it."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json, Reason, Scope

person_app = typer.Typer(no_args_is_help=True, help="Người trong kho · Persons.")
Svg = Annotated[Path | None, typer.Option("--svg", help="Vẽ ra tệp · a picture, to this file")]
Author = Annotated[str, typer.Option("--author", help="Ai quyết định · who decides")]


@person_app.command("how")
def person_how_command(person_id: str, svg: Svg = None, province: Scope = None, as_json: Json = False) -> None:
    """Một người được dựng thế nào · how a person was built: records, what joins them, decisions, source of each value.

    Ví dụ · Example: sohoa person how 0f3c... --svg nguoi.svg
    """
    from dataclasses import asdict

    from pipeline import console, person_drawings, person_inquiries
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    built = person_inquiries.how(person_id, settings)
    if svg is not None:
        person_drawings.write_picture(person_drawings.person_picture(built, settings.language), svg)
    if as_json:
        console.say_json(asdict(built))
        return
    console.say("person.id", settings.language, person=built.person_id)
    console.say_tables(person_drawings.person_tables(built, settings.language), settings.language)
    if svg is not None:
        console.say("person.picture", settings.language, path=svg)


@person_app.command("trace")
def person_trace_command(
    person_id: str,
    field: Annotated[str | None, typer.Option("--field", help="Một trường · one field, e.g. birth_date")] = None,
    clear: Annotated[
        str | None, typer.Option("--clear", help="Hiện rõ chữ trong ô, vì · cells in clear, and why; it is audited")
    ] = None,
    province: Scope = None,
    as_json: Json = False,
) -> None:
    """Từng giá trị đọc từ ô nào của sổ nào · the cell of the ledger that each value was read from.

    Ví dụ · Example: sohoa person trace 0f3c... --field birth_date --clear "khiếu nại số 12"
    """
    from pipeline import console, person_trace
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    found = person_trace.trace(person_id, field, settings, clear)
    if as_json:
        console.say_json(found)
        return
    console.say_tables(person_trace.in_words(found, settings.language), settings.language)


@person_app.command("history")
def person_history_command(
    person_id: str,
    as_at: Annotated[str | None, typer.Option("--as-at", help="Vào lúc · at this moment, 2026-11-26 18:05")] = None,
    province: Scope = None,
    as_json: Json = False,
) -> None:
    """Một người từng là gì, theo kho lúc đó · what a person was at each moment, as the store knew it then.

    Ví dụ · Example: sohoa person history 0f3c... --as-at "2026-11-26 18:05"
    """
    from pipeline import console, person_history
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    found = person_history.history(person_id, as_at, settings)
    if as_json:
        console.say_json(found)
        return
    console.say_tables(list(person_history.in_words(found, settings.language)), settings.language)


@person_app.command("why")
def person_why_command(one: str, other: str, svg: Svg = None, province: Scope = None, as_json: Json = False) -> None:
    """Vì sao hai người là một, hay chưa · why two persons (or records) were matched or wait for review.

    Ví dụ · Example: sohoa person why 0f3c... 9a1b... --svg vi_sao.svg
    """
    from pipeline import console, person_drawings, person_inquiries
    from pipeline.scope import limited
    from pipeline.settings import load_settings

    settings = limited(load_settings(), province)
    found = person_inquiries.why(one, other, settings)
    if found and svg is not None:
        person_drawings.write_picture(person_drawings.pair_picture(found[0], settings.language), svg)
    if as_json:
        console.say_json(found)
        return
    if not found:
        console.say("person.one_record", settings.language)
        return
    console.say_tables(person_drawings.pair_tables(found, settings.language), settings.language)
    if svg is not None:
        console.say("person.picture", settings.language, path=svg)


@person_app.command("unmerge")
def person_unmerge_command(
    person_id: str,
    author: Author,
    record: Annotated[
        list[str] | None, typer.Option("--record", help="Bản ghi tách ra · a record that leaves; repeat it")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Vì sao · why")] = "",
    approve: Annotated[
        bool, typer.Option("--approve", help="Duyệt đề nghị của người khác · approve what another proposed")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tách bản ghi ghép nhầm thành người riêng · let records leave a person and be one of their own.

    Người có trên 100 bản ghi: một người đề nghị, người khác duyệt · over 100 records take a second person.

    Ví dụ · Example: sohoa person unmerge 0f3c... --record 9a1b... --author "Trần Lan" --reason "hai anh em"
    """
    from pipeline import console, person_changes
    from pipeline.settings import load_settings

    settings = load_settings()
    if approve:
        done = person_changes.approve_unmerge(person_id, author, settings)
    else:
        done = person_changes.unmerge(person_id, record or [], author, reason, settings)
    console.say_person_change(done, settings.language, as_json)


@person_app.command("merge")
def person_merge_command(one: str, other: str, author: Author, reason: Reason, as_json: Json = False) -> None:
    """Gộp hai người là một, cũng để hoàn lại việc tách · make two persons one, also to undo an unmerge.

    Ví dụ · Example: sohoa person merge 0f3c... 9a1b... --author "Trần Lan" --reason "một người, hai sổ"
    """
    from pipeline import console, person_changes
    from pipeline.settings import load_settings

    settings = load_settings()
    done = person_changes.merge(one, other, author, reason, settings)
    console.say_person_change(done, settings.language, as_json)
