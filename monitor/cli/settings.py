"""Which config a command works with."""

import os
from pathlib import Path

import typer

from monitor.config import Settings, find_config, load


def config_path(context: typer.Context) -> Path:
    """The path of the config; ConfigError says where it was looked for."""
    return find_config(context.obj, os.environ, Path.cwd())


def settings_of(context: typer.Context) -> Settings:
    """The settings; raises ConfigError with every mistake at once."""
    return load(config_path(context), os.environ)
