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
from monitor.config.positions import KeyPath
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
SECRETS = ("password", "token", "secret")
"""What a channel may have, each by a field of that name, one that ends in `_file` and one that ends in `_env`."""

COMMON = table(MailSettings, unsubscribe_url=Annotated[str, AfterValidator(values.unsubscribe_url)])
COMMON_KEYS = tuple(setting.name for setting in fields(MailSettings))
"""The keys of `[mail]` that apply to every kind of channel."""


def read_common(written: Mapping[str, Any], reading: Reading) -> MailSettings:
    """The keys that belong to no channel. A wrong value is reported, and its default is used."""
    kind = KINDS.get(str(written.get("kind", DEFAULT_KIND)))
    default = {"on_unknown": getattr(kind, "default_on_unknown", "resend")}
    common = {**default, **{key: written[key] for key in COMMON_KEYS if key in written}}
    return COMMON.read(common, SECTION, reading) or MailSettings()


def recipient_check(written: Mapping[str, Any]) -> Callable[[str], str]:
    """What says whether somebody can be a recipient: the kind of the channel, whatever else is wrong with it."""
    kind = written.get("kind", DEFAULT_KIND)
    return KINDS[kind if kind in list(KINDS) else DEFAULT_KIND].recipient


def read_mail(written: Mapping[str, Any], storage_folder: Path, reading: Reading) -> Channel | None:
    """The channel of `[mail]`. One that keeps files gets a folder of its own in the storage folder."""
    kind = written.get("kind", DEFAULT_KIND)
    return read_channel(
        {"kind": DEFAULT_KIND, **written}, SECTION, storage_folder / str(kind), COMMON_KEYS, str(kind), reading
    )


def read_channel(
    written: Mapping[str, Any], path: KeyPath, folder: Path, common: tuple[str, ...], credential: str, reading: Reading
) -> Channel | None:
    """The channel of a table. `common`: the keys that belong to every kind; `folder`: where one that keeps files has
    them unless it says so; `credential`: what the names of its secrets begin with among systemd's credentials.
    """
    kind = written.get("kind", "")
    if kind not in list(KINDS):
        message = f"{quoted(kind)} is not a valid kind.{did_you_mean(str(kind), KINDS)} Kinds: {' '.join(KINDS)}."
        reading.findings.error((*path, "kind"), message)
        return None
    keys = table(KINDS[kind], port=Port)
    _check_keys(written, ("kind", *common, *keys.adapters), path, reading)
    settings = {key: value for key, value in written.items() if key in keys.adapters}
    if "folder" in keys.adapters:
        settings = {"folder": str(folder), **settings}
    channel = keys.read(settings, path, reading)
    _warn_of_odd_settings(channel, path, reading)
    return with_secrets(channel, credential, path, reading) if channel else None


def _check_keys(written: Mapping[str, Any], known: tuple[str, ...], path: KeyPath, reading: Reading) -> None:
    for key in written:
        if key not in known:
            reading.findings.error((*path, key), unknown_key(key, known))


def _warn_of_odd_settings(channel: object, path: KeyPath, reading: Reading) -> None:
    if isinstance(channel, WarnsOfSettings):
        for key, message in channel.warnings().items():
            reading.findings.warn((*path, key), message)


def with_secrets(channel: Any, credential: str, section: KeyPath, reading: Reading) -> Any:
    """The channel with its password, token or secret, for those that it has fields for: from systemd's credentials if
    they have one, else from the one place it names (rule S15).
    """
    for word in SECRETS:
        if hasattr(channel, word):
            found = _secret(channel, word, f"{credential}-{word}", section, reading)
            channel = replace(channel, **{word: found}) if found else channel
    return channel


def _secret(channel: Any, word: str, credential: str, section: KeyPath, reading: Reading) -> str:
    sources = [key for key in (f"{word}_file", f"{word}_env", word) if getattr(channel, key)]
    if len(sources) > 1:
        reading.findings.error((*section, sources[1]), f"{sources[0]} is set too; keep one of them.")
        return ""
    if sources == [word]:
        check_mode_of_config((*section, word), reading)
    file = credential_file(credential, reading.environ)
    found = from_file(file, (*section, f"{word}_file"), reading, word) if file else ""
    return found or _from_source(channel, word, sources, section, reading)


def _from_source(channel: Any, word: str, sources: list[str], section: KeyPath, reading: Reading) -> str:
    if f"{word}_file" in sources:
        return from_file(getattr(channel, f"{word}_file"), (*section, f"{word}_file"), reading, word)
    if f"{word}_env" in sources:
        return from_environment(getattr(channel, f"{word}_env"), (*section, f"{word}_env"), reading)
    is_other = bool(getattr(channel, "has_other_login", False))
    places = f"{word}_file, {word}_env or systemd's credentials"
    if not sources and hasattr(channel, "username") and channel.username and not is_other:
        reading.findings.warn((*section, "username"), f"there is no {word} for it in {places}.")
    elif not sources and word in tuple(getattr(channel, "needs", ())):
        reading.findings.warn(section, f"there is no {word} in {places}; nothing can be sent without it.")
    return ""
