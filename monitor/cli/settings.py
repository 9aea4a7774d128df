"""Which config a command uses.

A command that writes what the service writes needs a finished one: a section that was lost would be taken for the
owner's wish. What only reads, or looks after files, works with a draft, so that it can help to find what is missing.
Where topics are only names, their terms are not looked at either.
"""

import os
from pathlib import Path

import typer

from monitor.cli.local_time import use_zone_of
from monitor.config import Settings, find_config, load, place_of
from monitor.model.settings import StorageSettings


def config_path(context: typer.Context) -> Path:
    """The path of the config. Raises ConfigError, which lists the places that were searched."""
    return find_config(context.obj, os.environ, _here())


def _here() -> Path:
    """The working directory; a name for it, if it was removed under us."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


def settings_of(context: typer.Context) -> Settings:
    """The settings of a finished config; raises ConfigError with every mistake at once."""
    return _zoned(load(config_path(context), os.environ))


def draft_of(context: typer.Context) -> Settings:
    """The settings, for commands that accept an unfinished config. Raises ConfigError for mistakes."""
    return _zoned(load(config_path(context), os.environ, is_draft=True))


def outline_of(context: typer.Context) -> Settings:
    """The same, for commands that look at what is stored. A mistake in a term of a topic does not keep them from it:
    `check` reports it, and the daemon goes on with the config that it has.
    """
    return _zoned(load(config_path(context), os.environ, is_draft=True, is_with_terms=False))


def _zoned(settings: Settings) -> Settings:
    """The same; times are shown in the zone of its first digest from now on."""
    use_zone_of(settings)
    return settings


def place_for(context: typer.Context) -> StorageSettings:
    """Where the data are, for a look at the daemon: no mistake in the config keeps it from that."""
    return place_of(config_path(context), os.environ)
