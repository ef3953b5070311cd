"""`sohoa province`: a province, or a layout of its own, by configuration alone."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli_options import Encodings, Headings, Json, Office

province_app = typer.Typer(no_args_is_help=True, help="Thêm tỉnh bằng cấu hình · Provinces by configuration.")


@province_app.command("add")
def province_add_command(
    code: Annotated[str, typer.Argument(help="Mã tỉnh (34 hoặc 63) · province code")],
    name: Annotated[str, typer.Option("--name", help="Tên nơi tiếp nhận: a-z 0-9 - · name of the landing zone")],
    url: Annotated[str, typer.Option("--url", help="file:///... | s3://... | sftp://...")],
    sample: Annotated[Path, typer.Option("--sample", help="Một tệp mẫu của tỉnh · a sample ledger")],
    encoding: Encodings = None,
    heading: Headings = None,
    office: Office = "",
    whole: Annotated[str, typer.Option("--whole", help="stable | manifest")] = "stable",
    secrets: Annotated[Path | None, typer.Option("--secrets", help="Tệp bí mật, 0600 · file of secrets")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ thử tệp mẫu · try the sample alone")] = False,
    as_json: Json = False,
) -> None:
    """Thử tệp mẫu, rồi thêm nơi tiếp nhận của tỉnh · try a sample, then add the province's landing zone.

    Ví dụ · Example: sohoa province add 40 --name nghe-an --url file:///srv/40 --sample so.csv
    """
    from dataclasses import asdict

    from pipeline import console, provinces
    from pipeline.landing_zones import Zone
    from pipeline.settings import load_settings

    settings = load_settings()
    zone = Zone(
        name, code, url, whole, encodings=tuple(encoding or ()), headings=tuple(heading or ()), office=office,
        secrets=secrets,
    )  # fmt: skip
    trial = provinces.tried(zone, sample, settings)
    added = provinces.add(zone, settings) if trial.is_good and not dry_run else None
    if as_json:
        console.say_json({**asdict(trial), "added": added and str(added)})
    else:
        counts = {"rows": trial.rows, "kept_out": trial.kept_out, "encoding": trial.encoding or "–"}
        console.say("province.tried", settings.language, understood=len(trial.understood), **counts)
        if trial.unknown:
            console.say("province.unknown_headings", settings.language, headings="; ".join(trial.unknown))
        if added is not None:
            console.say("province.added", settings.language, zone=name, path=added)
        elif not trial.is_good:
            console.say("province.not_good", settings.language)
    raise typer.Exit(0 if trial.is_good else 1)
