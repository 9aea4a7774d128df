"""The default places of the config and the data folder. `load` reads them.

The folders are those of the XDG base directory specification, or their equivalents on other systems.
"""

from collections.abc import Mapping
from pathlib import Path

import platformdirs

from monitor.errors import ConfigError, Problem

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
    for place in places:
        if place.is_file():
            return place
    looked = ", ".join(str(place) for place in places[1:])
    raise _missing(places[0], f"there is no config here, nor at {looked}. `{APP} init` writes one to start with.")


def _existing(path: Path, reason: str) -> Path:
    if not path.exists():
        raise _missing(path, f"there is no such file, and {reason}. `{APP} init` writes one to start with.")
    return path


def _missing(path: Path, message: str) -> ConfigError:
    return ConfigError((Problem(file=path, line=0, key="", message=message),))


def config_folder(environ: Mapping[str, str]) -> Path:
    return _xdg(environ, "XDG_CONFIG_HOME") or platformdirs.user_config_path(APP)


def data_folder(environ: Mapping[str, str]) -> Path:
    return _xdg(environ, "XDG_DATA_HOME") or platformdirs.user_data_path(APP)


def _xdg(environ: Mapping[str, str], variable: str) -> Path | None:
    """Our folder below an XDG variable; the specification says to ignore a relative one."""
    base = Path(environ.get(variable, ""))
    return base / APP if base.is_absolute() else None
