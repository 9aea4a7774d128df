"""`[mail]`: the channel and its secret.

The keys are the fields of the channel's dataclass, whichever `kind` names; nothing here knows a
channel by name. A secret is looked up once, here, and travels in a field that is never printed.
"""

import stat
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from monitor.config import values
from monitor.config.findings import did_you_mean, quoted
from monitor.config.table import Port, Reading, table
from monitor.deliver import KINDS, Channel
from monitor.model.settings import MailSettings

DEFAULT_KIND = "maildir"
SECTION = ("mail",)
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO
CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY"  # set by systemd for LoadCredential=

COMMON = table(MailSettings, unsubscribe_url=Annotated[str, AfterValidator(values.unsubscribe_url)])
COMMON_KEYS = tuple(setting.name for setting in fields(MailSettings))
"""What `[mail]` says whatever the kind."""


def read_common(written: Mapping[str, Any], reading: Reading) -> MailSettings:
    """The keys that are no channel's; a wrong one is reported and its default taken."""
    return COMMON.read({key: written[key] for key in COMMON_KEYS if key in written}, SECTION, reading) or MailSettings()


def read_mail(written: Mapping[str, Any], storage_folder: Path, reading: Reading) -> Channel | None:
    """The channel. One that keeps files gets a folder of its own in the storage folder."""
    kind = written.get("kind", DEFAULT_KIND)
    if kind not in list(KINDS):
        message = f"{quoted(kind)} is no kind of mail.{did_you_mean(str(kind), KINDS)} Kinds: {' '.join(KINDS)}."
        reading.findings.error((*SECTION, "kind"), message)
        return None
    keys = table(KINDS[kind], port=Port)
    _check_keys(written, ("kind", *COMMON_KEYS, *keys.adapters), reading)
    settings = {key: value for key, value in written.items() if key in keys.adapters}
    if "folder" in keys.adapters:
        settings = {"folder": str(storage_folder / kind), **settings}
    channel = keys.read(settings, SECTION, reading)
    return _with_password(channel, f"{kind}-password", reading) if channel and "password" in keys.adapters else channel


def _check_keys(written: Mapping[str, Any], known: tuple[str, ...], reading: Reading) -> None:
    for key in written:
        if key not in known:
            message = f"unknown key.{did_you_mean(key, known)} Keys: {' '.join(known)}."
            reading.findings.error((*SECTION, key), message)


def _with_password(channel: Any, credential: str, reading: Reading) -> Any:
    """A channel that has the fields for it, with its password: from systemd's credentials if they hold one, else
    from the one place it names (rule S15).
    """
    sources = [key for key in ("password_file", "password_env", "password") if getattr(channel, key)]
    if len(sources) > 1:
        reading.findings.error((*SECTION, sources[1]), f"{sources[0]} is set too; keep one of them.")
        return channel
    if sources == ["password"]:
        _check_mode_of_config(reading)
    password = _from_credentials(credential, reading) or _from_source(channel, sources, reading)
    return replace(channel, password=password) if password else channel


def _from_source(channel: Any, sources: list[str], reading: Reading) -> str:
    match sources:
        case ["password_file"]:
            return _from_file(channel.password_file, reading)
        case ["password_env"]:
            return _from_environment(channel.password_env, reading)
        case [] if channel.username:
            places = "password_file, password_env or systemd's credentials"
            reading.findings.warn((*SECTION, "username"), f"there is no password for it in {places}.")
    return ""


def _check_mode_of_config(reading: Reading) -> None:
    if reading.file.stat().st_mode & FOR_OTHERS:
        message = f"a password may stand here only if nobody else can read the file: chmod 600 {reading.file}."
        reading.findings.error((*SECTION, "password"), f"{message} Better: password_file.")


def _from_file(file: Path, reading: Reading) -> str:
    path = (*SECTION, "password_file")
    try:
        password = file.read_text(encoding="utf-8").strip("\r\n")
        if file.stat().st_mode & FOR_OTHERS:
            reading.findings.warn(path, f"other users of this machine can read it: chmod 600 {file}.")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        reading.findings.error(path, f"{file} cannot be read: {reason}.")
        return ""
    if not password:
        reading.findings.error(path, f"{file} is empty; write the password into it.")
    return password


def _from_environment(variable: str, reading: Reading) -> str:
    password = reading.environ.get(variable, "")
    if not password:
        reading.findings.error((*SECTION, "password_env"), f"the environment variable {variable} is not set.")
    return password


def _from_credentials(credential: str, reading: Reading) -> str:
    """The credential that systemd hands to the service; a command beside the service goes without."""
    folder = reading.environ.get(CREDENTIALS_VARIABLE)
    file = Path(folder) / credential if folder else None
    return _from_file(file, reading) if file and file.is_file() else ""
