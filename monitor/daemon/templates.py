"""Which templates are used: those of the owner before the shipped ones."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from monitor.config import Settings
from monitor.model.settings import DigestSettings
from monitor.render import Environment, environment
from monitor.resources import resource

OURS = resource("templates")


def own_templates(settings: Settings) -> Iterator[tuple[DigestSettings, list[Path]]]:
    """The digests that use other templates than the shipped ones, each with its folders of templates, the most specific
    first.
    """
    for digest in settings.digests:
        folders = [folder for folder in (digest.templates, settings.storage.templates_dir) if folder]
        if folders:
            yield digest, folders


def templates(folders: tuple[Path, ...]) -> Environment:
    """The templates of these folders, the most specific first, before the shipped ones, which are the same for all."""
    return environment([*folders, OURS]) if folders else _shipped_templates()


@cache
def _shipped_templates() -> Environment:
    return environment([OURS])
