"""`sohoa audit rotate`: another key signs the heads of the audit from now on; the old one says which.

The old key signs one more head, over a chain that holds the event of the change, and that head names the new public
key. Then the old key is gone: what it would sign over later events verifies nowhere. Cut at any moment, the same
command goes on where it stopped.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline import audit
from pipeline.audit import Signed
from pipeline.audit_keys import FIRST_KEY, SIGNING_KEY, USE, body, public
from pipeline.inquiries import asked
from pipeline.settings import Settings
from pipeline.vault import make_key, mark_of, read_key, write_mark
from schemas.errors import Refused, SettingsError, UsageError
from store import audit as events
from store.audit import Event
from store.audit_verifier import is_signed, parse_head
from store.engine import Store
from store.files import move, write_synced

_NEXT = Path("keys/audit-heads.next.key")
_ACTION = "audit.key_rotated"


def rotate(settings: Settings, older: Path | None = None, out: Path | None = None) -> Signed:
    """Change the key of the heads; returns the head by which the old key hands over.

    Args:
        settings: with `audit_signing_key_file`, the new key lies there already.
        older: the key file of before, where the settings name one of their own.
        out: folder of heads to be kept elsewhere, which gets that head too.

    Raises:
        SettingsError: a key is missing, readable by others, of a wrong size, or not the one of this home folder;
            audit.key_retired: the older key is not the one that signs now.
        UsageError: key.older_needed, key.same, path.cannot_write.
        Refused: audit.broken.
    """
    with asked(settings) as store, events.refusals(store, Event(_ACTION, "key")):
        old, new = _of_home(settings) if settings.audit_signing_key_file is None else _of_files(settings, older)
        _demand_own(settings, old, new)
        signer, heir = (Ed25519PrivateKey.from_private_bytes(key) for key in (old, new))
        done = _handed_over(store, signer, heir)
        if done is None:
            _demand_sound(store, settings, out, signer)
            _keep_first(settings, public(signer))
            events.record(store, Event(_ACTION, "key", after=(mark_of(new, USE),)))
            done = audit.sign(store, settings, out, signer, body(public(heir)))
        write_mark((settings.home / SIGNING_KEY).with_suffix(".id"), mark_of(new, USE))
        if settings.audit_signing_key_file is None:
            move(settings.home / _NEXT, settings.home / SIGNING_KEY)
    return done


def _demand_sound(store: Store, settings: Settings, out: Path | None, signer: Ed25519PrivateKey) -> None:
    """Before the event is written: a chain that is broken is not signed, and so no key changes."""
    heads, held = audit.demand_sound(store, settings, out, signer)
    found = events.check_chain(store, [*heads, *held]).findings
    if found:
        raise Refused("audit.broken", position=found[0].position)


def _of_home(settings: Settings) -> tuple[bytes, bytes]:
    current, following = settings.home / SIGNING_KEY, settings.home / _NEXT
    old = read_key(current)
    if not following.exists():
        make_key(following)
    return old, read_key(following)


def _of_files(settings: Settings, older: Path | None) -> tuple[bytes, bytes]:
    if older is None or settings.audit_signing_key_file is None:
        raise UsageError("key.older_needed")
    old, new = read_key(older), read_key(settings.audit_signing_key_file)
    if old == new:
        raise UsageError("key.same")
    return old, new


def _demand_own(settings: Settings, old: bytes, new: bytes) -> None:
    mark_file = (settings.home / SIGNING_KEY).with_suffix(".id")
    known = mark_file.read_text(encoding="ascii").strip() if mark_file.exists() else None
    if known not in (None, mark_of(old, USE), mark_of(new, USE)):
        raise SettingsError("key.other")


def _keep_first(settings: Settings, pem: bytes) -> None:
    path = settings.home / FIRST_KEY
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_synced(path, pem)


def _handed_over(store: Store, signer: Ed25519PrivateKey, heir: Ed25519PrivateKey) -> Signed | None:
    """The head that says so already: of this command, killed after it."""
    for text, signature in events.stored_heads(store):
        if f"\nnext: {body(public(heir))}\n" in text and is_signed(text, signature, public(signer)):
            return Signed(parse_head(text, signature))
    return None
