"""What tells the ids that a store makes from those of others: its own name, and each restore from a backup."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes

from monitor.log import logger
from monitor.store import Store

log = logger(__name__)

GENERATION_CHARACTERS = 8
"""Enough to keep the restores of one store apart."""

NAME_CHARACTERS = 16
"""Enough to keep all installations apart."""

KEY_BYTES = 32
"""Of the key of links in mails, which nobody may guess: it does not come from `chance`."""


def name_store(store: Store, now: datetime, chance: Callable[[], float]) -> None:
    """Name the store and give it a key, unless it has them; and begin a new generation if the database goes on from a
    backup.

    `chance` keeps two restores of the same backup apart, the time two with the same chance.
    """
    generation = _token(now, chance, GENERATION_CHARACTERS)
    if store.generations.begin_if_copied(generation, now):
        log.warning("the database was restored from a backup: mails from now on have new ids", generation=generation)
    store.outgoing.name(_token(now, chance, NAME_CHARACTERS), now)
    store.people.make_link_key(token_bytes(KEY_BYTES), now)


def _token(now: datetime, chance: Callable[[], float], characters: int) -> str:
    return sha256(f"{now.isoformat()} {chance()}".encode()).hexdigest()[:characters]
