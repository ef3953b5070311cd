"""Accounts as who keeps them adds and changes them: what is asked for is checked, what is given is told once."""

import pytest

from pipeline import accounts, passwords
from pipeline.inquiries import asked
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import accounts as stored
from store.accounts import Account, AccountRole

pytestmark = pytest.mark.store


@pytest.mark.parametrize(
    ("name", "role", "province", "code"),
    [
        ("Nga", "uploader", "01", "account.name"), ("n", "uploader", "01", "account.name"),
        ("nga lan", "uploader", "01", "account.name"), ("nga", "boss", "01", "account.role"),
        ("nga", "uploader", None, "account.province"), ("nga", "lead", "", "account.province"),
        ("nga", "uploader", "99", "province.unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused(name: str, role: str, province: str | None, code: str) -> None:
    with pytest.raises(UsageError) as error:
        accounts.wanted(name, role, province)
    assert error.value.code == code


def test_a_province_of_the_63_becomes_that_of_the_34() -> None:
    assert accounts.wanted("nga", "uploader", "26").province_code == "25"
    assert accounts.wanted("kiem", "auditor", None) == Account("kiem", AccountRole.AUDITOR, must_change=True)


def test_an_account_goes_through_its_states(settings: Settings) -> None:
    who = accounts.wanted("nga", "uploader", "01", " Phường Láng ")
    added = accounts.add_asked(who, settings)
    assert added.password not in repr(added)
    with asked(settings) as store:

        def state() -> str:
            found = stored.find(store, "nga")
            assert found is not None
            return accounts.state_of(found)

        assert (who.office, state()) == ("Phường Láng", "new")
        stored.change(store, who, stored.event_of(who, "account.password_set"), must_change=False)
        assert state() == "without_code"
        stored.change(store, who, stored.event_of(who, "account.code_set"), secret="sealed")
        assert state() == "active"
        accounts.forget_code(store, who)
        assert state() == "without_code"
        accounts.set_disabled(store, who, is_disabled=True)
        assert state() == "disabled"
        accounts.set_disabled(store, who, is_disabled=False)
        again = accounts.new_password(store, accounts.named(store, "nga"))
        found = stored.find(store, "nga")
        assert found is not None
        assert state() == "new"
        assert passwords.verified(again.password, found.password_hash)[0]
        assert not passwords.verified(added.password, found.password_hash)[0]
        with pytest.raises(UsageError, match=r"account\.unknown"):
            accounts.named(store, "nobody")
    (row,) = accounts.rows(settings, "vi")
    assert (row["account"], row["role"], row["state"]) == ("nga", "người nộp sổ", "chưa đăng nhập lần đầu")
