"""The key that heads of the audit are signed with: where it lies, the first one that all of them are verified from.

Auditors keep the public half of the first key. Where the key changes (`pipeline.audit_rotation`), a head signed by the
old one names the new one, so that the first public key verifies every head there will ever be.
"""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from pipeline.settings import Settings
from pipeline.vault import own_key
from schemas.errors import SettingsError, UsageError

SIGNING_KEY = Path("keys/audit-heads.key")
FIRST_KEY = Path("keys/audit-heads.first.pub")
"""The public half of the first key, once the key was changed."""
USE = b"sohoa audit heads"


def signing_key(settings: Settings, *, may_make: bool) -> Ed25519PrivateKey:
    """The key of the heads; one machine signs, and another must not begin with a key of its own.

    Raises:
        SettingsError: audit.no_signing_key; key.readable_by_others, key.wrong_size, key.other.
    """
    path = settings.audit_signing_key_file or settings.home / SIGNING_KEY
    if not may_make and not path.exists():
        raise SettingsError("audit.no_signing_key", path=str(path))
    key, _ = own_key(settings.audit_signing_key_file, settings.home, SIGNING_KEY, USE)
    return Ed25519PrivateKey.from_private_bytes(key)


def public(key: Ed25519PrivateKey) -> bytes:
    """The public half, as PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def body(pem: bytes) -> str:
    """The one line between the frame of the PEM of a public key."""
    return pem.decode("ascii").splitlines()[1]


def first_key(settings: Settings, key: Ed25519PrivateKey) -> bytes:
    """The public key, as PEM, from which on this machine verifies; that of the key itself until it is changed.

    Raises:
        UsageError: audit.no_key: the file of the first key is damaged.
    """
    path = settings.home / FIRST_KEY
    return given_key(path) if path.exists() else public(key)


def given_key(path: Path) -> bytes:
    """The public key in a file, as PEM. Raises UsageError audit.no_key."""
    try:
        content = path.read_bytes()
        if isinstance(load_pem_public_key(content), Ed25519PublicKey):
            return content
    except (OSError, ValueError, UnsupportedAlgorithm):
        pass
    raise UsageError("audit.no_key", path=str(path))
