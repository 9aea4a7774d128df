"""`[channels.NAME]` and `[recipients.NAME]`: other ways than mail, and names for those who get digests.

A digest names recipients in `to`, beside addresses. A name without a channel stands for its address, and its mails are
the same, byte for byte, as if the address were written.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator

from monitor.config import values
from monitor.config.findings import did_you_mean, quoted
from monitor.config.mail import read_channel
from monitor.config.positions import KeyPath
from monitor.config.secrets import is_open_to_others
from monitor.config.table import Reading, table
from monitor.deliver import Channel
from monitor.deliver.routes import Route
from monitor.model.alert import QuietHours
from monitor.model.settings import ChannelSettings, RecipientSettings

CHANNELS, RECIPIENTS = "channels", "recipients"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
MAX_NAMES = 1_000
READABLE = "it has a secret in it, so it may be written here only if nobody else can read the file: chmod 600 {}."

Check = Callable[[str], str]

COMMON = table(ChannelSettings)
COMMON_KEYS = tuple(COMMON.adapters)

RECIPIENT = table(
    RecipientSettings,
    timezone=Annotated[str, AfterValidator(values.time_zone)],
    language=Annotated[str, AfterValidator(values.date_language)],
    quiet=Annotated[QuietHours, PlainValidator(values.quiet_hours)],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the two sections say."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    """By name."""
    routes: Mapping[str, Route] = field(default_factory=dict)
    """By the name of the recipient: those who have a channel of `[channels]`."""
    recipients: Mapping[str, RecipientSettings] = field(default_factory=dict)
    """By what messages to them are stored under: their name, or their address if they get mail."""
    stored: Mapping[str, str] = field(default_factory=dict)
    """By the name of the recipient: what messages to them are stored under."""

    def recipient_check(self, of_mail: Check) -> Check:
        """What says whether a text of `to` can be a recipient, and what it is stored as."""
        if not self.stored:
            return of_mail

        def check(text: str) -> str:
            if text in self.stored:
                return self.stored[text]
            try:
                return of_mail(text)
            except ValueError as error:
                names = "".join(f" [recipients.{name}]" for name in list(self.stored)[:5])
                guess = did_you_mean(text, self.stored)
                raise ValueError(f"{error}{guess} Recipients with a name:{names}.") from error

        return check


def read_named(
    channels: Mapping[str, Any], recipients: Mapping[str, Any], of_mail: Check, folder: Any, reading: Reading
) -> Named:
    """Both sections. What is wrong is reported with its place, and left out."""
    made: dict[str, Channel] = {}
    common: dict[str, ChannelSettings] = {}
    for name, written in _tables(channels, CHANNELS, reading):
        path = (CHANNELS, name)
        channel = read_channel(written, path, folder / CHANNELS / name, COMMON_KEYS, f"{name}", reading)
        if channel is not None:
            own = {key: written[key] for key in COMMON_KEYS if key in written}
            default = ChannelSettings(on_unknown=getattr(channel, "default_on_unknown", "resend"))
            common[name] = (COMMON.read(own, path, reading) or default) if own else default
            made[name] = channel
    routes: dict[str, Route] = {}
    known: dict[str, RecipientSettings] = {}
    stored: dict[str, str] = {}
    for name, written in _tables(recipients, RECIPIENTS, reading):
        path = (RECIPIENTS, name)
        one = RECIPIENT.read(written, path, reading)
        if one is None or not _is_possible(one, set(channels), set(made), path, reading):
            stored[name] = name  # what names it is not wrong as well
            continue
        channel = made.get(one.channel)
        try:
            address = (of_mail if channel is None else channel.recipient)(one.address)
        except ValueError as error:
            reading.findings.error((*path, "address"), str(error))
            stored[name] = name
            continue
        if getattr(channel, "has_secret_addresses", False) and is_open_to_others(reading):
            reading.findings.error((*path, "address"), READABLE.format(reading.file))
        stored[name] = address if channel is None else name
        known[stored[name]] = one
        if channel is not None:
            unknown = common[one.channel].on_unknown
            routes[name] = Route(name=one.channel, channel=channel, address=address, on_unknown=unknown)
    return Named(channels=made, routes=routes, recipients=known, stored=stored)


def _is_possible(one: RecipientSettings, written: set[str], made: set[str], path: KeyPath, reading: Reading) -> bool:
    if one.channel and one.channel not in written:
        guess = did_you_mean(one.channel, written)
        message = f"there is no [channels.{one.channel}].{guess}"
        reading.findings.error((*path, "channel"), message)
    return not one.channel or one.channel in made


def _tables(section: Mapping[str, Any], called: str, reading: Reading) -> list[tuple[str, Mapping[str, Any]]]:
    """The tables of a section, each below a name that may stand in a list of recipients."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for name, written in list(section.items())[:MAX_NAMES]:
        if not isinstance(written, dict):
            message = f"is not a table; write its keys below a [{called}.NAME] line."
            reading.findings.error((called, name), message)
        elif not NAME.fullmatch(name):
            message = f"{quoted(name)} cannot be a name; write a-z, A-Z, 0-9, hyphens and underscores, at most 40."
            reading.findings.error((called, name), message)
        else:
            found.append((name, written))
    if len(section) > MAX_NAMES:
        reading.findings.error((called,), f"there are {len(section):,}; at most {MAX_NAMES:,} are possible.")
    return found
