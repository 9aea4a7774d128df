"""Errors of PostgreSQL as ours: what is wrong, where, and what to do; never a statement, its values or a password."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from monitor.errors import DamagedStore, StoreError, UnusablePlace

DAMAGE_CODES = ("XX001", "XX002")
CLOSED_CODES = ("28000", "28P01", "3D000", "42501", "3F000")
CREATE = "CREATE DATABASE name OWNER user ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
REFUSALS = {
    "password authentication failed": "Is database_password_file right? psql with the same URL shows whether it is",
    "no password supplied": "Write the password into a file and name it in [storage] database_password_file",
    "no pg_hba.conf entry": "Its pg_hba.conf must let this user in from this machine",
    "Peer authentication failed": "By the socket, the server lets in only the user of the same name",
    "role .* does not exist": "Make it: CREATE USER name PASSWORD '…'",
    "database .* does not exist": f"Make it: {CREATE}",
}
"""How the server says that it lets nobody in, which does not change by itself; and what to do."""


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Errors about this database as ours. Of its own constraints, IntegrityError speaks; the caller knows which."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise as_ours(name, error.orig) from error
    except psycopg.Error as error:
        raise as_ours(name, error) from error
    except SQLAlchemyError as error:
        raise StoreError(f"The database {name} failed: {error}.") from error


def as_ours(name: str, error: BaseException | None) -> StoreError:
    """What the driver raised, in the words of the server or of the library."""
    reason = str(error).strip().partition("\n")[0].rstrip(".?")
    code = getattr(error, "sqlstate", None)
    if code in DAMAGE_CODES:
        return DamagedStore(f"{name} is damaged: {reason}. It was not changed.")
    if code in CLOSED_CODES:
        return UnusablePlace(f"The database {name} cannot be used: {reason}.")
    if code is None:
        return _unconnected(name, reason)
    return StoreError(f"The database {name} failed: {reason}.")


def _unconnected(name: str, reason: str) -> StoreError:
    """A connection that failed has no code; the server's words are English wherever nobody changed that."""
    said = reason.rpartition("FATAL:")[2].rpartition("failed: ")[2].strip()
    for words, remedy in REFUSALS.items():
        if re.search(words, reason):
            return UnusablePlace(f"The database {name} cannot be used: {said}. {remedy}.")
    return StoreError(f"The database {name} does not answer: {said}.")
