"""The second factor: codes of an authenticator (TOTP, RFC 6238), each taken once; the only import of pyotp."""

import pyotp

ISSUER = "sohoa"
_SECRET_LETTERS, _BASE32 = 32, frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_WINDOW = 1
"""Time steps of 30 seconds that a clock may be off."""


def new_secret() -> str:
    """A secret of 160 bits, in base32."""
    return pyotp.random_base32()


def is_secret(given: str) -> bool:
    """Does this look like a secret of ours? It goes to the browser and back while it is set up."""
    return len(given) == _SECRET_LETTERS and set(given) <= _BASE32


def address(secret: str, name: str) -> str:
    """What the QR code of a secret says: an otpauth address."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(code: str, secret: str, seconds: float) -> int | None:
    """The time step whose code this is, near that time; None if it is none. Whoever takes it remembers the step."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(typed, for_time=seconds, valid_window=_WINDOW)
    except pyotp.exceptions.OTPVerificationError:
        return None


def code_at(secret: str, seconds: float) -> str:
    """The code of a moment, as an authenticator shows it."""
    return pyotp.TOTP(secret).at(seconds)
