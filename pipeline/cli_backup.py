"""`sohoa store backup | restore | archive`: so that a store is never lost."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Json
from pipeline.cli_store import store_app

Until = Annotated[
    str | None,
    typer.Option("--until", help="Mốc (giờ Việt Nam) hoặc end · moment, of Viet Nam unless it names a zone, or end"),
]


@store_app.command("backup")
def store_backup_command(folder: Path, as_json: Json = False) -> None:
    """Sao lưu kho nhúng vào một thư mục mới · back the embedded store up into a new folder.

    Ví dụ · Example: sohoa store backup /sao_luu/2026-11-26
    """
    from pipeline import backups, console
    from pipeline.settings import load_settings

    settings = load_settings()
    made = backups.back_up(folder, settings)
    if as_json:
        console.say_json(made)
        return
    console.say("store.backed_up", settings.language, **made)
    if made["broken"]:
        console.say("store.backed_up_broken", settings.language, invariants=", ".join(made["broken"]))
    console.say("store.backed_up_log" if made["is_archived"] else "store.backed_up_alone", settings.language)


@store_app.command("restore")
def store_restore_command(folder: Path, until: Until = None, as_json: Json = False) -> None:
    """Khôi phục kho từ bản sao lưu, đến mốc đã chọn · restore the store from a backup, until a moment.

    Ví dụ · Example: sohoa store restore /sao_luu/2026-11-26 --until "2026-11-26 18:05"
    """
    from pipeline import backups, console
    from pipeline.settings import load_settings

    settings = load_settings()
    done = backups.restore(folder, until, settings)
    if as_json:
        console.say_json(done)
        return
    console.say("store.restored_until" if until else "store.restored", settings.language, **done)
    if done["before"]:
        console.say("store.restored_before", settings.language, path=done["before"])
    if done["is_archived"]:
        console.say("store.restored_archive", settings.language)


@store_app.command("archive")
def store_archive_command(
    folder: Annotated[Path | None, typer.Argument(help="Nơi lưu nhật ký · where the log goes")] = None,
    off: Annotated[bool, typer.Option("--off", help="Thôi lưu · archive no more")] = False,
    as_json: Json = False,
) -> None:
    """Lưu nhật ký của kho để lùi về mọi lúc · archive the store's log, to go back to any moment; alone: how it goes.

    Ví dụ · Example: sohoa store archive /sao_luu/nhat_ky
    """
    from pipeline import backups, console
    from pipeline.settings import load_settings

    settings = load_settings()
    if folder is not None or off:
        state = backups.switch_archive(None if off else folder, settings)
    else:
        state = backups.archive_state(settings)
    if as_json:
        console.say_json(state)
        return
    console.say("store.archive_off" if state["folder"] is None else "store.archive_on", settings.language, **state)
    if state["is_running"] and (folder is not None or off):
        console.say("store.archive_next_start", settings.language)
    elif state["last_kept"] or state["last_failed"]:
        console.say("store.archive_counts", settings.language, **{k: "–" if v is None else v for k, v in state.items()})
