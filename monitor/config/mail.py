"""`[mail]`: the channel and its secret.

The keys are the fields of the dataclass of the channel that `kind` names; nothing here knows a
channel by name. A secret is looked up once, here, and kept in a field that is never printed.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from monitor.config import values
from monitor.config.findings import did_you_mean, quoted, unknown_key
from monitor.config.secrets import (
    check_mode_of_config,
    credential_file,
    from_environment,
    from_file,
)
from monitor.config.table import Port, Reading, table
from monitor.deliver import KINDS, Channel, WarnsOfSettings
from monitor.model.settings import MailSettings

DEFAULT_KIND = "maildir"
SECTION = ("mail",)
PASSWORD_FILE = (*SECTION, "password_file")

COMMON = table(MailSettings, unsubscribe_url=Annotated[str, AfterValidator(values.unsubscribe_url)])
COMMON_KEYS = tuple(setting.name for setting in fields(MailSettings))
"""The keys of `[mail]` that apply to every kind of channel."""


def read_common(written: Mapping[str, Any], reading: Reading) -> MailSettings:
    """The keys that belong to no channel. A wrong value is reported, and its default is used."""
    return COMMON.read({key: written[key] for key in COMMON_KEYS if key in written}, SECTION, reading) or MailSettings()


def recipient_check(written: Mapping[str, Any]) -> Callable[[str], str]:
    """What says whether somebody can be a recipient: the kind of the channel, whatever else is wrong with it."""
    kind = written.get("kind", DEFAULT_KIND)
    return KINDS[kind if kind in list(KINDS) else DEFAULT_KIND].recipient


def read_mail(written: Mapping[str, Any], storage_folder: Path, reading: Reading) -> Channel | None:
    """The channel. One that keeps files gets a folder of its own in the storage folder."""
    kind = written.get("kind", DEFAULT_KIND)
    if kind not in list(KINDS):
        message = f"{quoted(kind)} is not a valid kind.{did_you_mean(str(kind), KINDS)} Kinds: {' '.join(KINDS)}."
        reading.findings.error((*SECTION, "kind"), message)
        return None
    keys = table(KINDS[kind], port=Port)
    _check_keys(written, ("kind", *COMMON_KEYS, *keys.adapters), reading)
    settings = {key: value for key, value in written.items() if key in keys.adapters}
    if "folder" in keys.adapters:
        settings = {"folder": str(storage_folder / kind), **settings}
    channel = keys.read(settings, SECTION, reading)
    _warn_of_odd_settings(channel, reading)
    return _with_password(channel, f"{kind}-password", reading) if channel and "password" in keys.adapters else channel


def _check_keys(written: Mapping[str, Any], known: tuple[str, ...], reading: Reading) -> None:
    for key in written:
        if key not in known:
            reading.findings.error((*SECTION, key), unknown_key(key, known))


def _warn_of_odd_settings(channel: object, reading: Reading) -> None:
    if isinstance(channel, WarnsOfSettings):
        for key, message in channel.warnings().items():
            reading.findings.warn((*SECTION, key), message)


def _with_password(channel: Any, credential: str, reading: Reading) -> Any:
    """The channel with its password, if it has fields for one: from systemd's credentials if they have one, else
    from the one place it names (rule S15).
    """
    sources = [key for key in ("password_file", "password_env", "password") if getattr(channel, key)]
    if len(sources) > 1:
        reading.findings.error((*SECTION, sources[1]), f"{sources[0]} is set too; keep one of them.")
        return channel
    if sources == ["password"]:
        check_mode_of_config((*SECTION, "password"), reading)
    password = _from_credentials(credential, reading) or _from_source(channel, sources, reading)
    return replace(channel, password=password) if password else channel


def _from_source(channel: Any, sources: list[str], reading: Reading) -> str:
    match sources:
        case ["password_file"]:
            return from_file(channel.password_file, PASSWORD_FILE, reading)
        case ["password_env"]:
            return from_environment(channel.password_env, (*SECTION, "password_env"), reading)
        case [] if channel.username:
            places = "password_file, password_env or systemd's credentials"
            reading.findings.warn((*SECTION, "username"), f"there is no password for it in {places}.")
    return ""


def _from_credentials(credential: str, reading: Reading) -> str:
    """The credential that systemd passes to the service; commands outside the service do not get it."""
    file = credential_file(credential, reading.environ)
    return from_file(file, PASSWORD_FILE, reading) if file else ""
