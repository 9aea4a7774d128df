"""The default places of the config and the data folder. `load` reads them.

The folders are those of the XDG base directory specification, or their equivalents on other systems.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs

from monitor.errors import ConfigError, Problem
from monitor.unusable import why

APP = "news-monitor"
CONFIG_VARIABLE = "NEWS_MONITOR_CONFIG"
SYSTEM_CONFIG = Path("/etc") / APP / "config.toml"


def find_config(
    explicit: Path | None, environ: Mapping[str, str], cwd: Path, system_config: Path = SYSTEM_CONFIG
) -> Path:
    """The config to use: the given one, else the first that exists in the usual places.

    Raises ConfigError, which names every place that was searched. A path that was given is never
    silently replaced by another one.
    """
    asked = environ.get(CONFIG_VARIABLE)
    if explicit:
        return _existing(cwd / explicit, "--config names it")
    if asked:
        return _existing(cwd / asked, f"${CONFIG_VARIABLE} names it")
    places = (cwd / "config.toml", config_folder(environ) / "config.toml", system_config)
    closed = []
    for place in places:
        try:
            if place.is_file():
                return place
        except OSError as error:  # a folder on the way that we may not enter: the next place may be ours
            closed.append(f" {place} cannot be looked for: {why(place, error)}")
    looked = ", ".join(str(place) for place in places[1:])
    message = f"there is no config here, nor at {looked}. `{APP} init` writes one to start with."
    raise _missing(places[0], message + "".join(closed))


def _existing(path: Path, reason: str) -> Path:
    try:
        is_there = path.exists()
    except OSError as error:
        raise _missing(path, f"cannot be read: {why(path, error)}") from error
    if not is_there:
        raise _missing(path, f"there is no such file, and {reason}. `{APP} init` writes one to start with.")
    return path


def _missing(path: Path, message: str) -> ConfigError:
    return ConfigError((Problem(file=path, line=0, key="", message=message),))


def config_folder(environ: Mapping[str, str]) -> Path:
    return _xdg(environ, "XDG_CONFIG_HOME") or _of_user(platformdirs.user_config_path)


def data_folder(environ: Mapping[str, str]) -> Path:
    """The default data folder; a relative path if this user has no home folder."""
    return _xdg(environ, "XDG_DATA_HOME") or _of_user(platformdirs.user_data_path)


def _of_user(place: Callable[[str], Path]) -> Path:
    try:
        return place(APP)
    except RuntimeError:  # no HOME, and a user that is in no list: a container may have one
        return Path(APP)


def _xdg(environ: Mapping[str, str], variable: str) -> Path | None:
    """Our folder below an XDG variable; the specification says to ignore a relative one."""
    base = Path(environ.get(variable, ""))
    return base / APP if base.is_absolute() else None
