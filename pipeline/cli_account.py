"""`sohoa account`: the accounts of the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli_options import Json, Office

if TYPE_CHECKING:
    from pipeline.accounts import Added

account_app = typer.Typer(no_args_is_help=True, help="Tài khoản của cổng · Accounts of the portal.")
Name = Annotated[str, typer.Argument(help="Tên đăng nhập: a-z 0-9 . - _ · name to sign in with")]
Role = Annotated[
    str, typer.Option("--role", help="uploader | reviewer | lead | engineer | auditor | privacy_officer | db_admin")
]


@account_app.command("add")
def account_add_command(
    name: Name, role: Role,
    province: Annotated[
        str | None, typer.Option("--province", help="Mã tỉnh của cán bộ tỉnh · province, of its staff")
    ] = None,
    office: Office = "",
    without_code: Annotated[
        bool, typer.Option("--without-code", help="không cần mã, chỉ trên máy này · no code, loopback only")
    ] = False,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Thêm tài khoản; mật khẩu tạm hiện một lần · add an account; its temporary password is shown once.

    Ví dụ · Example: sohoa account add nga.ha-noi --role uploader --province 01 --office "Phường Trúc Bạch"
    """
    from pipeline import accounts
    from pipeline.settings import load_settings

    wanted = accounts.wanted(name, role, province, office)
    _say(accounts.add_asked(wanted, load_settings(), needs_code=not without_code), as_json)


@account_app.command("list")
def account_list_command(as_json: Json = False) -> None:
    """Các tài khoản · the accounts: role, province, state."""
    from pipeline import accounts, console
    from pipeline.settings import load_settings

    settings = load_settings()
    console.say_table(accounts.rows(settings, settings.language), settings.language, as_json)


@account_app.command("disable")
def account_disable_command(
    name: Name, enable: Annotated[bool, typer.Option("--enable", help="Mở lại · let it sign in again")] = False
) -> None:
    """Khóa tài khoản (--enable: mở lại) · bar an account from signing in; it is signed out at once."""
    from pipeline import accounts, console
    from pipeline.inquiries import asked
    from pipeline.settings import load_settings

    settings = load_settings()
    with asked(settings) as store:
        accounts.set_disabled(store, accounts.named(store, name), is_disabled=not enable)
    console.say("account.done", settings.language, name=name)


@account_app.command("password")
def account_password_command(name: Name, as_json: Json = False) -> None:
    """Cấp mật khẩu tạm và mở khóa · give a temporary password and unlock."""
    from pipeline import accounts
    from pipeline.inquiries import asked
    from pipeline.settings import load_settings

    with asked(load_settings()) as store:
        added = accounts.new_password(store, accounts.named(store, name))
    _say(added, as_json)


@account_app.command("totp")
def account_totp_command(name: Name) -> None:
    """Bỏ mã xác thực (mất điện thoại) · forget the second factor; the next sign-in sets up a new one."""
    from pipeline import accounts, console
    from pipeline.inquiries import asked
    from pipeline.settings import load_settings

    settings = load_settings()
    with asked(settings) as store:
        accounts.forget_code(store, accounts.named(store, name))
    console.say("account.done", settings.language, name=name)


@account_app.command("link")
def account_link_command(
    name: Name,
    subject: Annotated[
        str, typer.Option("--subject", help="mã của người đó ở nơi cấp danh tính · who the person is to the provider")
    ] = "",
    as_json: Json = False,
) -> None:
    """Nối tài khoản với danh tính của nơi cấp (bỏ --subject: tách ra) · link to an identity of the provider, or unlink.

    Ví dụ · Example: sohoa account link nga.ha-noi --subject 4f1c0d2e
    """
    from pipeline import accounts, console, identity_provider
    from pipeline.inquiries import asked
    from pipeline.settings import load_settings
    from schemas.errors import UsageError

    settings = load_settings()
    if settings.oidc_issuer is None:
        raise UsageError("account.no_provider")
    with asked(settings) as store:
        account = accounts.named(store, name)
        if not subject:
            _say(accounts.unlink(store, account), as_json)
            return
        accounts.link(store, account, identity_provider.key_of(settings.oidc_issuer, subject))
    console.say("account.done", settings.language, name=name)


def _say(added: Added, as_json: bool) -> None:
    from pipeline import console
    from pipeline.settings import load_settings

    if as_json:
        console.say_json({"account": added.account.name, "password": added.password})
    else:
        console.say("account.password", load_settings().language, name=added.account.name, password=added.password)
