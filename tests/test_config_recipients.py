"""`[channels.NAME]` and `[recipients.NAME]`: other ways than mail, and names for those who get digests."""

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Settings, load
from monitor.config.differences import differences
from monitor.deliver.webhook import WebhookChannel
from monitor.errors import ConfigError
from monitor.model.config_change import What

BASE = """
[[feeds]]
url = "https://harbour.example/rss"
[[topics]]
name = "Ports"
any = ["dock strike"]
[[digests]]
name = "Daily"
to = {to}
[storage]
archive_url = "https://news.example/archive"
"""
HOOK = """
[channels.hook]
kind = "webhook"
secret_env = "HOOK_SECRET"
on_unknown = "hold"
[recipients.desk]
channel = "hook"
address = "https://desk.example/in?key=hush"
"""
ANN = """
[recipients.ann]
address = "ann@home.example"
timezone = "Asia/Damascus"
language = "fr"
quiet = "22:00-07:00"
"""


def loaded(folder: Path, more: str, to: str = '["desk", "ann", "bob@home.example"]') -> Settings:
    file = folder / "config.toml"
    file.write_text(BASE.format(to=to) + more, encoding="utf-8")
    return load(file, {"HOME": str(folder), "HOOK_SECRET": "s3cret"})


def refused(folder: Path, more: str, **said: Any) -> list[str]:
    with pytest.raises(ConfigError) as error:
        loaded(folder, more, **said)
    return [str(each) for each in error.value.problems]


def test_names_and_addresses_stand_side_by_side(tmp_path: Path) -> None:
    settings = loaded(tmp_path, HOOK + ANN)
    assert settings.digests[0].to == ("desk", "ann@home.example", "bob@home.example")
    assert settings.warnings == ()
    route = settings.channel.named["desk"]
    assert isinstance(route.channel, WebhookChannel)
    assert (route.address, route.on_unknown, route.channel.secret) == (
        "https://desk.example/in?key=hush",
        "hold",
        "s3cret",
    )
    ann = settings.recipients["ann@home.example"]
    assert (ann.timezone, ann.language, ann.quiet) == ("Asia/Damascus", "fr", (time(22), time(7)))
    assert "hush" not in repr(settings)
    assert "s3cret" not in repr(settings)


def test_the_operator_may_have_a_name_too(tmp_path: Path) -> None:
    assert loaded(tmp_path, HOOK + ANN + '[operator]\nto = ["desk"]\n').operator.to == ("desk",)


@pytest.mark.parametrize(
    ("more", "to", "words"),
    [
        (HOOK, '["dsk"]', "to[0]: "),
        (HOOK, '["dsk"]', '"desk"'),
        (HOOK.replace('"hook"', '"hok"'), '["desk"]', 'there is no [channels.hok]. Did you mean "hook"'),
        (HOOK.replace("https://desk", "ftp://desk"), '["desk"]', "only http and https"),
        (HOOK.replace("https://desk", "http://desk"), '["desk"]', "in the clear"),
        (HOOK.replace('"webhook"', '"webhok"'), '["desk"]', '"webhok" is not a valid kind. Did you mean "webhook"'),
        (HOOK.replace("on_unknown", "on_unknwn"), '["desk"]', "on_unknwn"),
        (HOOK.replace('"hold"', '"drop"'), '["desk"]', "on_unknown"),
        (ANN.replace("home.example", "home example"), '["ann"]', "recipients.ann.address"),
        (ANN.replace("22:00-", ""), '["ann"]', "recipients.ann.quiet"),
        (ANN.replace("Asia/Damascus", "Asia/Damaskus"), '["ann"]', "is not a time zone"),
        (ANN.replace("recipients.ann", 'recipients."a@b"'), '["bob@home.example"]', "cannot be a name"),
        ('[recipients]\nann = "ann@home.example"\n', '["bob@home.example"]', "is not a table"),
        ("[channels.hook]\n", '["bob@home.example"]', "is not a valid kind"),
    ],
)
def test_what_is_wrong_is_said_once_with_its_place(tmp_path: Path, more: str, to: str, words: str) -> None:
    problems = refused(tmp_path, more, to=to)
    assert len(problems) == 1
    assert words in problems[0]


def test_a_channel_without_its_secret_is_a_warning(tmp_path: Path) -> None:
    (warning,) = loaded(tmp_path, HOOK.replace('secret_env = "HOOK_SECRET"\n', ""), '["desk"]').warnings
    assert "channels.hook: there is no secret in secret_file, secret_env or systemd's credentials" in str(warning)


def test_a_secret_may_be_a_credential_of_systemd(tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "hook-secret").write_text("from systemd")
    (folder / "hook-secret").chmod(0o600)
    file = tmp_path / "config.toml"
    file.write_text(BASE.format(to='["desk"]') + HOOK.replace('secret_env = "HOOK_SECRET"\n', ""), encoding="utf-8")
    settings = load(file, {"HOME": str(tmp_path), "CREDENTIALS_DIRECTORY": str(folder)})
    channel = settings.channels["hook"]
    assert isinstance(channel, WebhookChannel)
    assert channel.secret == "from systemd"


def test_a_channel_that_keeps_files_has_a_folder_of_its_own(tmp_path: Path) -> None:
    more = '[channels.box]\nkind = "maildir"\n[recipients.shelf]\nchannel = "box"\naddress = "me@home.example"\n'
    channel: Any = loaded(tmp_path, more, '["shelf"]').channels["box"]
    assert channel.folder == loaded(tmp_path, more, '["shelf"]').storage.folder / "channels" / "box"


def test_a_reload_says_what_changed_and_no_secret(tmp_path: Path) -> None:
    old, new = loaded(tmp_path, HOOK + ANN), loaded(tmp_path, HOOK.replace("hush", "hist") + ANN.replace("fr", "de"))
    changes = {(each.table, each.name): each for each in differences(old, new)}
    assert [key.in_words() for key in changes["recipient", "desk"].keys] == ["address changed"]
    assert [key.in_words() for key in changes["recipient", "ann@home.example"].keys] == ["language fr → de"]
    gone = {(each.table, each.name, each.what) for each in differences(old, loaded(tmp_path, "", '["a@b.example"]'))}
    assert {("channel", "hook", What.REMOVED), ("recipient", "desk", What.REMOVED)} <= gone
    back = {(each.table, each.name, each.what) for each in differences(loaded(tmp_path, "", '["a@b.example"]'), old)}
    assert {("channel", "hook", What.ADDED), ("recipient", "desk", What.ADDED)} <= back
