"""Which config a command uses.

A command that does work of the service needs a finished config: otherwise a section that was lost by accident would
count as intended. A command that only reads or looks after files also accepts a draft, and can help to find what is
missing.
"""

import os
from pathlib import Path

import typer

from monitor.config import Settings, find_config, load


def config_path(context: typer.Context) -> Path:
    """The path of the config. Raises ConfigError, which lists the places that were searched."""
    return find_config(context.obj, os.environ, Path.cwd())


def settings_of(context: typer.Context) -> Settings:
    """The settings of a finished config; raises ConfigError with every mistake at once."""
    return load(config_path(context), os.environ)


def draft_of(context: typer.Context) -> Settings:
    """The settings, for commands that accept an unfinished config. Raises ConfigError for mistakes."""
    return load(config_path(context), os.environ, is_draft=True)
