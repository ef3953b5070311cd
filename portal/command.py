"""`sohoa`, the whole of it: the commands of the pipeline, and `sohoa portal`, which the pipeline cannot know.

The pipeline stands below the portal and may not import it, so the console script starts here.
"""

from typing import Annotated

import typer

from pipeline import cli


@cli.app.command("portal")
def portal_command(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Cổng · port")] = 8080,
    local: Annotated[
        bool, typer.Option("--local", help="Chạy các đợt trên máy này, không cần Airflow · run batches here")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Tạo tài khoản thử, in mật khẩu một lần · accounts to try it with")
    ] = False,
) -> None:
    """Cổng làm việc trong trình duyệt, chỉ trên máy này · the portal in a browser, on this machine alone.

    Ví dụ · Example: sohoa portal --local --demo
    """
    from pipeline import accounts, console
    from pipeline.settings import load_settings
    from portal import server
    from schemas.errors import UsageError

    settings = load_settings()
    if demo and settings.portal_hosts:
        raise UsageError("portal.demo_on_network")
    with server.opened(settings, port, is_local=local) as portal:
        for added in accounts.demo(settings) if demo else ():
            console.say("account.password", settings.language, name=added.account.name, password=added.password)
        console.say("portal.address", settings.language, address=f"http://{server.LOOPBACK}:{port}/")
        server.serve(portal, port)


def main() -> None:
    """Entry point of the console script."""
    cli.main()


if __name__ == "__main__":
    main()
