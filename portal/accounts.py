"""The accounts of a province: its lead sees them and proposes; a privacy officer decides (two persons)."""

from typing import Annotated

from fastapi import Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from pipeline import accounts
from pipeline.accounts import Added
from portal.asking import national_store
from portal.context import account
from portal.guard import refuse
from portal.pages import language_of, page
from portal.rights import Action
from portal.routes import Routes
from quality import wording
from schemas import code_lists, messages
from schemas.errors import UsageError
from store import account_proposals
from store import accounts as stored_accounts
from store.account_proposals import AccountProposal
from store.accounts import Account

routes = Routes("/accounts")
_LONGEST = 80
Short = Annotated[str, Form(max_length=_LONGEST)]
Number = Annotated[int, Path(ge=1, lt=2**63)]


@routes.get("", Action.PROPOSE_ACCOUNT)
def account_list(request: Request) -> Response:
    """The accounts of the lead's province, and the form to propose one."""
    return _list(request)


@routes.post("/add", Action.PROPOSE_ACCOUNT)
def propose_account(request: Request, name: Short, role: Short, office: Short = "") -> Response:
    """Propose a new account of the lead's own province."""
    who = account(request)
    try:
        wanted = accounts.wanted(name.strip().lower(), role, who.province_code, office)
        if wanted.role not in accounts.PROVINCIAL:
            refuse(request, Action.PROPOSE_ACCOUNT)
        store = national_store(request)
        if stored_accounts.find(store, wanted.name) is not None:
            raise UsageError("account.exists")
        account_proposals.propose(store, "add", wanted, who.name)
    except UsageError as wrong:
        return _list(request, 400, _said(request, wrong))
    return RedirectResponse("/accounts", 303)


@routes.post("/{name}/bar", Action.PROPOSE_ACCOUNT)
def propose_to_bar(request: Request, name: Annotated[str, Path(max_length=_LONGEST)]) -> Response:
    """Propose that an account of the lead's province is barred, or let in again where it is barred."""
    who, store = account(request), national_store(request)
    found = stored_accounts.find(store, name)
    if found is None or found.account.province_code != who.province_code or found.account.name == who.name:
        refuse(request, Action.PROPOSE_ACCOUNT, "account", name)
    try:
        account_proposals.propose(store, "enable" if found.is_disabled else "disable", found.account, who.name)
    except UsageError as wrong:
        return _list(request, 400, _said(request, wrong))
    return RedirectResponse("/accounts", 303)


@routes.get("/proposals", Action.APPROVE_ACCOUNT)
def proposals(request: Request) -> Response:
    """What waits for the privacy officer."""
    return _proposals(request)


@routes.post("/proposals/{number}", Action.APPROVE_ACCOUNT)
def decide(request: Request, number: Number, decision: Short) -> Response:
    """Approve or refuse a proposal; the temporary password of a new account is shown once."""
    who, store = account(request), national_store(request)
    if decision not in ("approve", "refuse"):
        return _proposals(request, 400)
    try:
        found = account_proposals.decide(store, number, who.name, is_approved=decision == "approve")
        added = _carry_out(request, found) if decision == "approve" else None
    except UsageError as wrong:
        return _proposals(request, 400, _said(request, wrong))
    return _proposals(request, added=added)


def _carry_out(request: Request, found: AccountProposal) -> Added | None:
    store = national_store(request)
    if found.kind == "add":
        return accounts.add(store, accounts.wanted(*_of(found.account)))
    accounts.set_disabled(store, found.account, is_disabled=found.kind == "disable")
    return None


def _of(given: Account) -> tuple[str, str, str, str]:
    return given.name, given.role.value, given.province_code, given.office


def _list(request: Request, status: int = 200, wrong: str = "") -> Response:
    who, language, store = account(request), language_of(request), national_store(request)
    waiting = account_proposals.waiting(store, who.province_code)
    shown = [(s.account.name, s.is_disabled, accounts.in_words(s, language))
             for s in stored_accounts.listed(store, who.province_code)]  # fmt: skip
    return page(
        request, "accounts.html", status, accounts=shown, wrong=wrong, waiting=_shown(request, waiting),
        busy={p.account.name for p in waiting}, roles=[role.value for role in accounts.PROVINCIAL],
    )  # fmt: skip


def _proposals(request: Request, status: int = 200, wrong: str = "", added: Added | None = None) -> Response:
    waiting = account_proposals.waiting(national_store(request), account(request).province_code)
    return page(request, "proposals.html", status, waiting=_shown(request, waiting), wrong=wrong, added=added)


def _shown(request: Request, waiting: list[AccountProposal]) -> list[dict[str, object]]:
    language = language_of(request)
    names = {row["code"]: row["name"] for row in code_lists.rows("provinces_34")}
    return [
        {
            "number": p.number, "kind": messages.text(f"portal.proposal.{p.kind}", language), "name": p.account.name,
            "role": messages.text(f"portal.role.{p.account.role}", language), "by": p.proposed_by,
            "office": ", ".join(filter(None, (p.account.office, names.get(p.account.province_code, "")))),
            "at": wording.moment(p.recorded_at, language) if p.recorded_at else "",
        }
        for p in waiting
    ]  # fmt: skip


def _said(request: Request, wrong: UsageError) -> str:
    language = language_of(request)
    return f"{messages.wrong(wrong.code, language)} {messages.what_to_do(wrong.code, language)}"
