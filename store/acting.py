"""Who acts on the store, and the key that turns what is acted on into pseudonyms; the store never holds that key."""

import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field

_HEX = 32
_STRANGE = re.compile(r"[^A-Za-z0-9._@+-]")
_LONGEST_ACTOR = 64


@dataclass(frozen=True)
class Acting:
    """Whoever acts.

    Attributes:
        actor: account of the person or service; signs that no account has become `_`.
        key: secret that pseudonyms are made with.
        request_id: 32 hexadecimal digits that all events of one command share.
    """

    actor: str
    key: bytes = field(repr=False)
    request_id: str = field(default_factory=lambda: os.urandom(_HEX // 2).hex())

    @property
    def account(self) -> str:
        """The actor as the audit takes it."""
        return _STRANGE.sub("_", self.actor)[:_LONGEST_ACTOR] or "_"

    def pseudonym(self, kind: str, given: str) -> str:
        """What stands for an object in the audit: the same for the same object, not to be guessed without the key.

        Ids are one however they are written, with hyphens, with capitals.
        """
        return self._keyed("object", kind, given.strip().lower().replace("-", "")) if given else ""

    def state(self, *values: object) -> str:
        """What stands for something that was so before or after; "" for nothing."""
        return self._keyed("state", *map(repr, values)) if values else ""

    def said(self, *texts: str) -> str:
        """What stands for texts that a person typed, which may name anybody; "" for none."""
        return self._keyed("said", *texts) if texts else ""

    def _keyed(self, use: str, *parts: str) -> str:
        # Each part with its length: no two lists of parts are one text.
        text = "".join(f"{len(part)}:{part}" for part in (use, *parts))
        return hmac.new(self.key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:_HEX]


def nobody() -> Acting:
    """Acting for programs that name none: events are written all the same, under pseudonyms that nobody can resolve."""
    return Acting("_", os.urandom(32))
