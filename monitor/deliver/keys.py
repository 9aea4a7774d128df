"""What tells one message from all others. Pure.

A key is what a channel can be asked to do once: the same edition for the same recipient has the same one, whenever and
however often it is made (rule D8) by the same generation of a store: what a restored one makes is another message
(docs/decisions/0054). In what form it goes out is each channel's own: `Channel.message_id`.
"""

import re
from hashlib import sha256

SLUG_CHARACTERS = 40
NOT_SLUG = re.compile(r"[^a-z0-9]+")


def message_key(digest: str, kind: str, slot: str, recipient: str, generation: str = "") -> str:
    """`digest.kind.slot.recipient-hash`, then the token of the generation if it has one; of a-z, 0-9, hyphens, dots."""
    key = f"{slug(digest)}.{slug(kind)}.{slug(slot)}.{short_hash(recipient)}"
    return f"{key}.{generation}" if generation else key


def short_hash(recipient: str) -> str:
    """Stands for a recipient in a key, which may be seen by others."""
    return sha256(recipient.encode()).hexdigest()[:16]


def slug(name: str) -> str:
    """The name in a-z, 0-9 and hyphens. Where that loses anything a hash keeps it apart from its likes."""
    found = NOT_SLUG.sub("-", name.lower()).strip("-")[:SLUG_CHARACTERS]
    return found if found == name else f"{found}-{sha256(name.encode()).hexdigest()[:8]}".lstrip("-")
