"""The one door to argon2: hashes of passwords, as `[[users]]` has them (Argon2id, RFC 9106)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

FEWEST, MOST = 10, 1_024
"""Characters of a new password: at least so many (no rule about signs makes a short one good), and none costs more."""

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""What OWASP asks for at the least: 19 MiB and some 30 ms a try, so that a page with several log-ins stays small."""

NOBODY = HASHER.hash("a password that nobody has")
"""Checked in place of a user who is not there, so that a wrong name takes as long as a wrong password."""


def hashed(password: str) -> str:
    """What stands in the config. Raises ValueError for a password that is too short or too long."""
    if not FEWEST <= len(password) <= MOST:
        raise ValueError(f"A password has {FEWEST} to {MOST:,} characters.")
    return HASHER.hash(password)


def is_right(hash_: str, password: str) -> bool:
    """Whether this is the password; False where there is none. Takes the same time whatever is wrong."""
    try:
        HASHER.verify(hash_ or NOBODY, password[: MOST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return bool(hash_)
