"""Which digest a command means."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model.settings import DigestSettings


def digest_named(settings: "Settings", name: str | None) -> "DigestSettings":
    """The digest of this name, or the only one. Raises UsageError."""
    from monitor.errors import UsageError

    names = [digest.name for digest in settings.digests]
    if name is None and len(names) == 1:
        return settings.digests[0]
    for digest in settings.digests:
        if digest.name == name:
            return digest
    known = ", ".join(f'"{each}"' for each in names) or "none"
    problem = "Which digest?" if name is None else f'There is no digest "{name}".'
    raise UsageError(f"{problem} {settings.path} has: {known}.")
