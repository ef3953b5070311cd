"""The store and the settings as an account sees them: limited to its province, every event under its name."""

from dataclasses import replace

from fastapi import Request

from pipeline.scope import limited
from pipeline.settings import Settings
from portal.context import account, portal_of
from store.engine import Store


def store_of(request: Request) -> Store:
    """The open store, limited to the province of whoever asks; its audit names the account."""
    who = account(request)
    return replace(national_store(request), province=who.province_code or None)


def national_store(request: Request) -> Store:
    """The open store of the whole nation, for accounts alone (they are of no province); its audit names who asks."""
    store = portal_of(request).store
    return replace(store, acting=replace(store.acting, actor=account(request).name))


def settings_of(request: Request) -> Settings:
    """The settings for functions of the pipeline that open the store themselves, limited as `store_of` is.

    Call those within `pipeline.acting.acting_as(account(request).name)`, so that the audit names the
    account and not the server.
    """
    return limited(portal_of(request).settings, account(request).province_code or None)
