"""The TOML file: where it is, what it says, and everything that is wrong with it, at once.

Nothing is half-loaded: either all of it is right, or ConfigError lists all that is not, each with
its line, its key and what to write instead. Nothing here writes a config, or asks the network.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from monitor.config.document import read_document
from monitor.config.find import find_config
from monitor.config.findings import Findings, problems
from monitor.config.include import with_included
from monitor.config.sections import read_settings
from monitor.config.settings import Settings
from monitor.config.table import Reading
from monitor.errors import ConfigError, Problem

__all__ = ["Settings", "check", "find_config", "load"]


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in the file. Raises ConfigError with every problem of it, warnings included."""
    document = read_document(path)
    findings = Findings()
    reading = Reading(file=path, environ=environ, lines=document.lines, findings=findings)
    document = with_included(document, reading)
    settings = read_settings(document.content, reading)
    told = problems(
        findings.items, file=path, document=document.content, lines=document.lines, files=document.files
    ) + tuple(findings.elsewhere)
    if settings is None or not all(problem.is_warning for problem in told):
        raise ConfigError(told)
    return replace(settings, warnings=told)


def check(path: Path, environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """All that is wrong or odd in the file, in its order; empty if nothing is."""
    try:
        return load(path, environ).warnings
    except ConfigError as error:
        return error.problems
