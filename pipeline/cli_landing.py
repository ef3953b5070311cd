"""`sohoa landing`: what lies in the landing zones of the provinces, and what became of it."""

from dataclasses import asdict
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
