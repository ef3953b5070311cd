"""`sohoa airflow`: a local Airflow that is started, watched and stopped; all else goes to Airflow's own command."""

from collections.abc import Mapping
from typing import Annotated

import typer

from pipeline.cli_options import Json

service_app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Airflow trên máy này · a local Airflow.", context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": list[str]()}
"""Settings of a command whose words, `--help` too, are for another one."""
_PORT = 8080


def airflow_command(context: typer.Context) -> None:
    """Airflow trên máy này: start | stop | status; lệnh khác là của Airflow · others are Airflow's own commands.

    Ví dụ · Example: sohoa airflow start; sohoa airflow status; sohoa airflow dags list
    """
    from pipeline import airflow_home
    from pipeline.settings import load_settings

    words = context.args
    if words[:1] in ([], ["-h"], ["--help"]):
        typer.echo(context.get_help())
        typer.echo(context.command.callback.__doc__ if context.command.callback else "")
        return
    if words[0] in {command.name for command in service_app.registered_commands}:
        raise typer.Exit(service_app(words, prog_name=context.command_path, standalone_mode=False) or 0)
    raise typer.Exit(airflow_home.run_airflow(words, load_settings()))


@service_app.command("start")
def airflow_start_command(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Cổng · port")] = _PORT,
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Chạy tại đây đến khi Ctrl-C · stay until Ctrl-C")
    ] = False,
) -> None:
    """Khởi động đủ bộ Airflow, chỉ nghe trên máy này · start all of Airflow, on this machine alone.

    Ví dụ · Example: sohoa airflow start --port 8090
    """
    from pipeline import airflow_accounts, airflow_service, console
    from pipeline.settings import load_settings

    settings = load_settings()

    def told(key: str, values: Mapping[str, object]) -> None:
        console.say(key, settings.language, **values)

    if foreground:
        airflow_service.run(settings, port, told)
        return
    fresh = airflow_accounts.ensure(settings.home / "airflow")
    service = airflow_service.start_apart(settings, port)
    told("airflow.ready", {"address": service.address})
    for account in fresh:
        told("airflow.account_made", {"name": account.name, "role": account.role, "password": account.password})


@service_app.command("stop")
def airflow_stop_command() -> None:
    """Dừng Airflow cùng mọi tiến trình của nó · stop Airflow with all its processes.

    Ví dụ · Example: sohoa airflow stop
    """
    from pipeline import airflow_service, console
    from pipeline.settings import load_settings

    settings = load_settings()
    console.say("airflow.stopped" if airflow_service.stop(settings) else "airflow.not_running", settings.language)


@service_app.command("status")
def airflow_status_command(as_json: Json = False) -> None:
    """Airflow có chạy không, từng phần ra sao · does it run, and how are its parts; exit 1 if not all are well.

    Ví dụ · Example: sohoa airflow status --json
    """
    from pipeline import airflow_service, console
    from pipeline.settings import load_settings

    settings = load_settings()
    rows = airflow_service.status(settings)
    if rows or as_json:
        console.say_table(rows, settings.language, as_json)
    else:
        console.say("airflow.not_running", settings.language)
    raise typer.Exit(0 if rows and all(row["state"] == "healthy" for row in rows) else 1)
