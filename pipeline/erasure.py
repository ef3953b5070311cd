"""`sohoa erase`: a person goes out of the store and out of all artefacts, asked for by one and approved by another.

The files go first: their key is destroyed and they open no more. Then one transaction takes the person out of the
store. Cut anywhere, the same command goes on; until it has, `sohoa store check` says that an erasure is unfinished.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pipeline import draft_erasure, four_eyes, names, proofs, shredding, workplace
from pipeline.draft_erasure import LookedInto, Sought
from pipeline.issuing_authority import issuing_authority
from pipeline.settings import Settings
from schemas.errors import UsageError
from store import audit, erasures, invariants
from store.audit import Event
from store.engine import Store
from store.erasures import Erasure, Values

_RULE, _KIND = "erasure on request (docs/security.md)", "erasure"


def propose(store: Store, person: str, reason: str, by: str) -> Mapping[str, Any]:
    """Ask for the erasure of a person. Raises UsageError, Refused as `store.erasures.propose`."""
    with audit.refusals(store, Event("person.erasure_proposed", "person", person, said=(by, reason))):
        return {"person": person, "number": erasures.propose(store, person, reason, by)}


def approve(store: Store, settings: Settings, person: str, by: str) -> Mapping[str, Any]:
    """Approve an erasure as a second person and carry it out; one that was cut goes on.

    Raises:
        UsageError: nobody proposed it; erase.numbers_key, where a number was issued and its key is not here.
        Refused: the same person, a person that changed meanwhile, a legal hold, a run at work on the person's rows.
        SettingsError: a run folder does not open; nothing was erased from the store.
    """
    with audit.refusals(store, Event("person.erased", "person", person, said=(by,))):
        workplace.sweep(settings.home)
        erasure = erasures.approve(store, person, by, four_eyes.one_person, four_eyes.GOOD_FOR)
        if erasure.state == "done":
            shredding.finish(settings)
            return _told_again(settings, erasure)
        return _carry_out(store, settings, erasure)


def _carry_out(store: Store, settings: Settings, erasure: Erasure) -> Mapping[str, Any]:
    values = erasures.values_of(store, erasure)
    sealed = _digest(settings, values)
    folders = shredding.folders_with(erasure.record_ids, erasure.batches, settings)
    shredding.demand_at_rest(folders)
    uploaded = _in_drafts(store, settings, erasure, values)
    told: dict[str, Any] = {"rule": _RULE, "erasure": erasure.number, "person": erasure.person_id}
    proof = proofs.begin(settings.home, _KIND, told | {"run_folders_to_destroy": len(folders)})
    told["run_folders_destroyed"] = sum(map(shredding.shred, folders))
    told["samples_destroyed"] = sum(map(shredding.forget_sample, shredding.samples(settings.home)))
    for draft in uploaded.holding:
        draft_erasure.destroy(draft)
    told["drafts_destroyed"], told["drafts_not_read"] = len(uploaded.holding), uploaded.unread
    told["file_names_cleared"] = names.clear_naming(store, settings, erasure.batches, values.names + values.numbers)
    told["rows"] = dict(erasures.carry_out(store, erasure, sealed))
    # A run that had begun may have taken him from the store since; what it loads is refused, for the store has moved.
    late = shredding.folders_with(erasure.record_ids, (), settings)
    told["run_folders_destroyed"] += sum(map(shredding.shred, late))
    told["numbers_looked_for"], told["hits_in_store"] = len(values.numbers), erasures.hits(store, values.numbers)
    told["invariants_broken"] = [v.invariant for v in invariants.store_check(store)]
    erasures.keep_proof(store, erasure.number, json.dumps(told, sort_keys=True))
    proofs.finish(proof, told)
    return {"person": erasure.person_id, "number": erasure.number, "path": str(proof)}


def _in_drafts(store: Store, settings: Settings, erasure: Erasure, values: Values) -> LookedInto:
    """The ledgers that hold him and wait in the portal."""
    sought = Sought(frozenset(erasure.record_ids), frozenset(erasure.batches), values.numbers)
    return draft_erasure.look(sought, settings, store)


def _told_again(settings: Settings, erasure: Erasure) -> Mapping[str, Any]:
    """What can be said of an erasure that is done; if it was cut after the store, its proof is finished now."""
    known = json.loads(erasure.proof) if erasure.proof else None
    proof = proofs.find(settings.home, _KIND, "erasure", erasure.number)
    if proof is None:
        proof = proofs.begin(settings.home, _KIND, {"erasure": erasure.number})
    told = known or {"rule": _RULE, "erasure": erasure.number, "person": erasure.person_id, "cut": "after the store"}
    proofs.finish(proof, told)
    return {"person": erasure.person_id, "number": erasure.number, "path": str(proof)}


def _digest(settings: Settings, values: Values) -> Callable[[str], str] | None:
    """By what a number that was issued is kept from being issued again, though nobody can read it any more."""
    if not values.issued:
        return None
    authority = issuing_authority(settings)
    if authority is None:
        raise UsageError("erase.numbers_key")
    return authority.retired
