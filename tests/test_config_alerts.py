"""`alert` of a topic: what may be written, and what is said of what may not."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.config import load
from monitor.errors import ConfigError
from monitor.model.alert import AlertSettings

HEAD = '[[feeds]]\nurl = "https://a.example/rss"\n[[topics]]\nname = "Ports"\nany = ["dock strike"]\n'
DIGEST = '[[digests]]\nname = "Daily"\nto = ["x@y.example"]\n'
QUIET = 'alert = { to = ["desk@b.example"], cool_down = "10m", quiet = "22:00-07:00", timezone = "Europe/Berlin" }'


def alert_of(folder: Path, line: str, digest: str = DIGEST) -> AlertSettings | None:
    config = folder / "config.toml"
    config.write_text(f"{HEAD}{line}\n{digest}", encoding="utf-8")
    return load(config, {}).topics[0].alert


@pytest.mark.parametrize(
    ("line", "alert"),
    [
        ("", None),
        ("alert = false", None),
        ("alert = true", AlertSettings()),
        ("alert = {}", AlertSettings()),
        ("alert = { at_most = 2, grown = 0 }", AlertSettings(at_most=2, grown=0)),
        ("alert = { pages = true }", AlertSettings(pages=True)),
        ('alert = { poll_every = "20m" }', AlertSettings(poll_every=timedelta(minutes=20))),
        (
            QUIET,
            AlertSettings(
                to=("desk@b.example",),
                cool_down=timedelta(minutes=10),
                quiet=(time(22), time(7)),
                timezone="Europe/Berlin",
            ),
        ),
    ],
)
def test_an_alert_is_true_or_a_table(tmp_path: Path, line: str, alert: AlertSettings | None) -> None:
    assert alert_of(tmp_path, line) == alert


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("alert = 3", "write true, or a table such as { at_most = 2 }"),
        ("alert = { at_most = 0 }", "alert.at_most: 0 is too small; at least 1"),
        ("alert = { at_most = 21 }", "at most 20"),
        ('alert = { to = ["nobody"] }', "nobody"),
        ("alert = { to = [] }", "is empty"),
        ('alert = { quiet = "night" }', "is not a time from when until when"),
        ('alert = { quiet = "7:00-07:00" }', "is the whole day"),
        ('alert = { quiet = "22:00-25:00" }', "is not a time of day"),
        ('alert = { timezone = "Mars" }', "is not a time zone"),
        ('alert = { poll_every = "0s" }', "alert.poll_every"),
        ('alert = { zone = "UTC" }', 'unknown key. Did you mean "timezone"?'),
    ],
)
def test_what_is_wrong_with_an_alert_is_said_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml:6") as found:
        alert_of(tmp_path, line)
    assert message in str(found.value)


NAMED = """
[channels.phone]
kind = "ntfy"
url = "https://ntfy.example"
[recipients.ann-phone]
channel = "phone"
address = "ann-news-4f1c9a"
[recipients.desk]
address = "desk@b.example"
quiet = "22:00-07:00"
"""


def test_recipients_of_an_alert_may_have_names(tmp_path: Path) -> None:
    """Who has another channel keeps the name; who gets mail is the address, as ever."""
    alert = alert_of(tmp_path, 'alert = { to = ["ann-phone", "desk", "c@b.example"] }', f"{DIGEST}{NAMED}")
    assert alert == AlertSettings(to=("ann-phone", "desk@b.example", "c@b.example"))


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ('["ann-fone"]', 'Did you mean "ann-phone"?'),
        ('["desk", "desk@b.example"]', "is listed twice"),
        ('["hook"]', "the message would be sent in the clear"),
    ],
)
def test_a_recipient_whom_an_alert_cannot_reach_is_named(tmp_path: Path, to: str, message: str) -> None:
    """The address of a webhook is looked at where somebody names it."""
    hook = '[channels.hook]\nkind = "webhook"\nsecret_env = "X"\n'
    hook += '[recipients.hook]\nchannel = "hook"\naddress = "http://a.example/in"\n'
    with pytest.raises(ConfigError, match=r"config\.toml:6") as found:
        alert_of(tmp_path, f"alert = {{ to = {to} }}", f"{DIGEST}{NAMED}{hook}")
    assert message in str(found.value)


def test_no_public_feed_is_asked_more_often_than_every_quarter_of_an_hour_and_the_owner_hears_of_it(
    tmp_path: Path,
) -> None:
    alert_of(tmp_path, 'alert = { poll_every = "5m" }')
    (warning,) = [each for each in load(tmp_path / "config.toml", {}).warnings if "alert" in each.key]
    assert "alert.poll_every: is less than 15m" in str(warning)


@pytest.mark.parametrize("digest", ['topics = ["Other"]\n', "enabled = false\n"])
def test_an_alert_that_reaches_nobody_is_refused(tmp_path: Path, digest: str) -> None:
    other = '[[topics]]\nname = "Other"\nany = ["frost"]\n'
    with pytest.raises(ConfigError, match="would reach nobody"):
        alert_of(tmp_path, "alert = true", f"{other}{DIGEST}{digest}")
    named = alert_of(tmp_path, 'alert = { to = ["desk@b.example"] }', f"{other}{DIGEST}{digest}")
    assert named == AlertSettings(to=("desk@b.example",))
