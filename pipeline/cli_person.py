"""`sohoa person`: how a person was built, why two rows are one or not, and what somebody decides about it."""

from typing import Annotated

import typer

from pipeline.cli_options import Json, Reason

person_app = typer.Typer(no_args_is_help=True, help="Người trong kho · Persons.")
Author = Annotated[str, typer.Option("--author", help="Ai quyết định · who decides")]


@person_app.command("how")
def person_how_command(person_id: str, as_json: Json = False) -> None:
    """Một người được dựng từ đâu · where each value of a person came from: file, sheet, line."""
    from pipeline import console, inquiries
    from pipeline.settings import load_settings

    settings = load_settings()
    console.say_table(inquiries.how(person_id, settings), settings.language, as_json)


@person_app.command("why")
def person_why_command(one: str, other: str, as_json: Json = False) -> None:
    """Vì sao hai người là một, hay chưa · why two persons (or records) were matched or wait for review.

    Ví dụ · Example: sohoa person why 0f3c... 9a1b...
    """
    from pipeline import console, inquiries
    from pipeline.settings import load_settings

    settings = load_settings()
    found = inquiries.why(one, other, settings)
    if found or as_json:
        console.say_table(found, settings.language, as_json)
    else:
        console.say("person.one_record", settings.language)


@person_app.command("unmerge")
def person_unmerge_command(
    person_id: str,
    record: Annotated[list[str], typer.Option("--record", help="Bản ghi tách ra · a record that leaves; repeat it")],
    author: Author,
    reason: Reason,
    as_json: Json = False,
) -> None:
    """Tách bản ghi ghép nhầm thành người riêng · let records leave a person and be one of their own.

    Ví dụ · Example: sohoa person unmerge 0f3c... --record 9a1b... --author "Trần Lan" --reason "hai anh em"
    """
    from pipeline import console, person_changes
    from pipeline.settings import load_settings

    settings = load_settings()
    done = person_changes.unmerge(person_id, record, author, reason, settings)
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
