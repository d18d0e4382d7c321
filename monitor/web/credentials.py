"""Passwords and tokens: what a good one is, how it is kept, and how one is compared with what is kept."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from monitor.errors import CorrigendaError, InputError

LEAST = 12
"""Characters of a password (NIST SP 800-63B asks for 8 at least, OWASP for more where there is no second factor)."""
MOST = 1024
"""So that a request cannot make us hash megabytes; far beyond any passphrase."""
LEAST_DIFFERENT = 5
"""Different characters: `aaaaaaaaaaaa` is long and the first guess."""
AT_ONCE = 4
"""Passwords judged at the same time, each with 64 MiB."""
PATIENCE = 5.0
"""Seconds to wait for a turn."""

_COMMON = frozenset((
    "password1234", "password12345", "password123456", "passwordpassword", "123456789012", "1234567890123",
    "12345678901234", "123456789012345", "1234567890123456", "qwertyuiop12", "qwertyuiop123", "qwertyuiopas",
    "qwertyuiopasdf", "1q2w3e4r5t6y", "1qaz2wsx3edc", "q1w2e3r4t5y6", "letmeinletmein", "iloveyou1234",
    "administrator", "administrator1", "adminadmin12", "changeme1234", "changemechangeme", "welcome12345",
    "abcdefghijkl", "abcdefghijklm", "abc123abc123", "123123123123", "1234512345123",
    "correcthorsebatterystaple",
))  # fmt: skip
"""Long ones that everybody tries first."""


class BusyError(CorrigendaError):
    """Too many passwords are being judged just now."""


class Passwords:
    """argon2id with the parameters that RFC 9106 (4) recommends where memory is no plenty: 64 MiB, 3 passes, 4 lanes.

    hasher: other parameters. What was hashed with weaker ones is hashed anew at the next login.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def make(self, password: str) -> str:
        """The hash to keep, in PHC form with its salt and parameters. Raises BusyError."""
        with self._turn():
            return self._hasher.hash(_prepared(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether this is the password. The same work is done when nothing is kept. Raises BusyError."""
        try:
            prepared = _prepared(password)
        except UnicodeEncodeError:
            prepared, kept = b"", None
        with self._turn():
            try:
                return self._hasher.verify(kept or self._of_nobody(), prepared) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, kept: str) -> bool:
        """Whether the parameters have grown since it was hashed."""
        return self._hasher.check_needs_rehash(kept)

    def _of_nobody(self) -> str:
        """A hash that no password has, as dear to compare with as any."""
        of = self._hasher
        salt, tag = (
            base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode() for length in (of.salt_len, of.hash_len)
        )
        return f"$argon2id$v=19$m={of.memory_cost},t={of.time_cost},p={of.parallelism}${salt}${tag}"

    def _turn(self) -> _Turn:
        return _Turn(self._turns)


class _Turn:
    """One of the few places where passwords are judged."""

    def __init__(self, turns: threading.BoundedSemaphore) -> None:
        self._turns = turns

    def __enter__(self) -> None:
        if not self._turns.acquire(timeout=PATIENCE):
            raise BusyError("too many logins at once: try again in a minute")

    def __exit__(self, *exception: object) -> None:
        self._turns.release()


def check_password(password: str, name: str) -> None:
    """Raises InputError that says what a password for the account `name` lacks."""
    try:
        plain = _prepared(password).decode()
    except UnicodeEncodeError:
        raise InputError("the password holds characters that are none: choose others") from None
    if len(plain) < LEAST:
        raise InputError(f"the password has {len(plain)} characters: choose at least {LEAST}; a few words are good")
    if len(plain) > MOST:
        raise InputError(f"the password has {len(plain):,} characters: choose at most {MOST:,}")
    if any(unicodedata.category(char) == "Cc" for char in plain):
        raise InputError("the password holds control characters: choose others")
    folded = plain.casefold()
    left = folded.replace(name.casefold(), "").replace("corrigenda", "")
    if len(set(folded)) < LEAST_DIFFERENT or len(left) < LEAST // 2 or folded in _COMMON:
        raise InputError(
            "the password is one of the first that anybody would try: choose another; a few words are good"
        )


def _prepared(password: str) -> bytes:
    """As the OpaqueString profile of RFC 8265 (4.2) has it: spaces are spaces, composed characters; then UTF-8.

    Raises UnicodeEncodeError for lone surrogates.
    """
    if len(password) > MOST * 4:
        password = password[: MOST * 4]  # longer than any that can have been chosen, so it matches none
    spaced = "".join(" " if unicodedata.category(char) == "Zs" else char for char in password)
    return unicodedata.normalize("NFC", spaced).encode()


def new_token(prefix: str = "") -> str:
    """A token that cannot be guessed: 256 random bits, with what it is for in front."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token. It is random and long, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
