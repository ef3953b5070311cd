"""`sohoa store`: the store itself."""

import typer

from pipeline.cli_options import Json

store_app = typer.Typer(no_args_is_help=True, help="Kho dữ liệu · The store.")


@store_app.command("check")
def store_check_command(as_json: Json = False) -> None:
    """Kiểm tra bất biến của kho · check the invariants of the store; exit 1 if one is broken."""
    from pipeline import console, inquiries
    from pipeline.settings import load_settings

    settings = load_settings()
    broken = inquiries.broken_invariants(settings)
    if broken or as_json:
        console.say_table(broken, settings.language, as_json)
    else:
        console.say("store.sound", settings.language)
    raise typer.Exit(1 if broken else 0)


@store_app.command("start")
def store_start_command() -> None:
    """Mở kho nhúng và để nó chạy · start the embedded store and leave it running."""
    from pipeline import console, inquiries
    from pipeline.settings import load_settings

    settings = load_settings()
    inquiries.start_store(settings)
    console.say(
        "store.open", settings.language, where=settings.home if settings.store_url is None else "SOHOA_STORE_URL"
    )


@store_app.command("stop")
def store_stop_command() -> None:
    """Dừng kho nhúng · stop the embedded store."""
    from pipeline import console, inquiries
    from pipeline.settings import load_settings

    settings = load_settings()
    inquiries.stop_store(settings)
    console.say("store.stopped", settings.language)


@store_app.command("digest")
def store_digest_command(as_json: Json = False) -> None:
    """Dấu vân của kho, như nhau với mọi thứ tự nạp · digest of what the store says, whatever order batches came in."""
    from pipeline import console, inquiries
    from pipeline.settings import load_settings

    settings = load_settings()
    console.say_table(inquiries.digest(settings), settings.language, as_json)
