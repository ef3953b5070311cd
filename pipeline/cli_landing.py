"""`sohoa landing`: what lies in the landing zones of the provinces, and what became of it."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from pipeline.cli_options import Json

landing_app = typer.Typer(no_args_is_help=True, help="Nơi tiếp nhận tệp của các tỉnh · Landing zones of the provinces.")
ZoneName = Annotated[str | None, typer.Option("--zone", help="Chỉ nơi này · this zone only")]


@landing_app.command("look")
def landing_look_command(zone: ZoneName = None, as_json: Json = False) -> None:
    """Xem các nơi tiếp nhận, lấy những gì đã trọn vẹn · look at the zones, fetch what is whole; runs nothing.

    Ví dụ · Example: sohoa landing look --zone ha-noi
    """
    from pipeline import console, landing, landing_zones
    from pipeline.settings import load_settings

    settings = load_settings()
    zones = landing_zones.zones(settings) if zone is None else (landing_zones.zone(zone, settings),)
    landed = [(each, landing.look(each, settings)) for each in zones]
    if as_json:
        console.say_json([asdict(each) for _, found in landed for each in found])
        return
    for each, found in landed:
        counts = {"zone": each.name, "entries": len(landing.listed(each, settings)), "opened": len(found)}
        console.say("landing.looked", settings.language, **counts)
    if not zones:
        console.say("landing.nothing", settings.language)


@landing_app.command("list")
def landing_list_command(zone: ZoneName = None, as_json: Json = False) -> None:
    """Từng lần nộp: chờ gì, hay thành đợt nào · each delivery: what it waits for, or which batch it became.

    Ví dụ · Example: sohoa landing list --json
    """
    from pipeline import console, landing, landing_zones
    from pipeline.settings import load_settings
    from schemas import messages

    settings = load_settings()
    zones = landing_zones.zones(settings) if zone is None else (landing_zones.zone(zone, settings),)
    rows = [dict(row) for each in zones for row in landing.listed(each, settings)]
    if not as_json:
        for row in rows:
            row["state"] = messages.text(f"landing.state.{row['state']}", settings.language)
    console.say_table(rows, settings.language, as_json)


@landing_app.command("again")
def landing_again_command(
    province: Annotated[str, typer.Option("--province", help="Mã tỉnh của nơi tiếp nhận · province of the zones")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="Từ ngày · from this day")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Đến hết ngày · to this day, included")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ xem · only say which")] = False,
    as_json: Json = False,
) -> None:
    """Chạy lại các lần nộp chưa vào kho đủ, theo tỉnh và ngày · run again what is not wholly in the store.

    Ví dụ · Example: sohoa landing again --province 40 --from 2026-01-01 --to 2026-01-31
    """
    from pipeline import console, landing_again
    from pipeline.settings import load_settings
    from schemas import messages

    settings = load_settings()
    found = landing_again.again(province, first.date(), last.date(), settings, is_trial=dry_run)
    rows = [asdict(each) for each in found]
    if not as_json:
        for row in rows:
            row["why"] = messages.text(f"landing.again.{row['why']}", settings.language)
    console.say_table(rows, settings.language, as_json)
