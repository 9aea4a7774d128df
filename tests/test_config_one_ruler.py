"""What `check` accepts is what the program can work with: the same rule for addresses, servers, feeds and zones."""

import os
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from outbox import NOON, delivery
from smtp_server import HOST, ScriptedServer, mail_server

from monitor.config import check, load
from monitor.config.readers import User, _may_read
from monitor.deliver.mail.message import compose_message, mailbox
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.errors import ConfigError, DeliveryError
from monitor.model.delivery import Letter

CONFIG = """
[[feeds]]
url = "{feed}"
{of_feed}
[[topics]]
name = "Ports"
any = {terms}

[[digests]]
name = "Daily"
to = {to}
{of_digest}

[mail]
{mail}

[storage]
folder = "data"
archive_url = "https://pages.example/news"
{more}
"""
OTHER_FEED = '[[feeds]]\nurl = "https://more.example/rss"'
SMTP = 'kind = "smtp"\nhost = "{host}"\nsender = "desk@news.example"\n'
USUAL = {
    "feed": "https://news.example/rss",
    "of_feed": "",
    "terms": '["dock strike"]',
    "to": '["reader@home.example"]',
    "of_digest": "",
    "mail": SMTP.format(host="mail.example"),
    "more": "",
}

REFUSED = [
    ({"to": '["a@home..example"]'}, "digests[0]", "not a mail address this program can use"),
    ({"to": '["a@-.", "b@home.example"]'}, "to[0]", "not a mail address this program can use"),
    ({"to": '["ré!né();@home.example"]'}, "to[0]", "not a mail address"),
    ({"to": f'["{"ü" * 40}@home.example"]'}, "to[0]", "at most 64 bytes"),
    ({"to": '["you@example.org"]'}, "to[0]", "address for examples"),
    ({"to": '["desk@lists.example.com"]'}, "to[0]", "address for examples"),
    ({"to": '["nobody@home.invalid"]'}, "to[0]", "address for examples"),
    ({"more": '[operator]\nto = ["admin@example.org"]'}, "operator.to[0]", "address for examples"),
    ({"mail": SMTP.format(host="mail.example:587")}, "mail", 'write host = "mail.example", port = 587'),
    ({"mail": SMTP.format(host="smtps://mail.example:465")}, "mail", 'port = 465, tls = "implicit"'),
    ({"mail": SMTP.format(host="smtp://mail.example/")}, "mail", 'write host = "mail.example"'),
    ({"mail": SMTP.format(host="[2001:db8::25]:25")}, "mail", 'write host = "2001:db8::25", port = 25'),
    ({"mail": SMTP.format(host="me@mail.example")}, "mail", 'write host = "mail.example"'),
    ({"mail": SMTP.format(host="our mail server")}, "mail", "is not a host name or an address"),
    ({"mail": SMTP.format(host="mail.example") + "port = 465"}, "mail", 'write tls = "implicit"'),
    ({"mail": SMTP.format(host="mail.example") + 'port = 465\ntls = "starttls"'}, "mail", 'write tls = "implicit"'),
    ({"feed": "http://192.168.7.7/rss"}, "feeds[0]: url", "name it in allow_private"),
    ({"feed": "https://[fd00::7]/rss"}, "feeds[0]: url", "name it in allow_private"),
    ({"feed": "http://[::ffff:10.0.0.7]/rss"}, "feeds[0]: url", "not a public address"),
    ({"feed": "http://2130706433/rss"}, "feeds[0]: url", "127.0.0.1"),
    ({"feed": "http://0x7f.1/rss"}, "feeds[0]: url", "127.0.0.1"),
    ({"feed": "http://localhost/rss"}, "feeds[0]: url", "not a public address"),
    ({"feed": "http://news.localhost./rss"}, "feeds[0]: url", "not a public address"),
    ({"feed": "https://news.example:8000/rss"}, "feeds[0]: url", "add it to allow_ports"),
    ({"feed": "http://user-guide.example:22/rss"}, "feeds[0]: url", "port 22 is not asked"),
    ({"of_digest": 'timezone = "UTC+2"'}, "timezone", '"Etc/GMT-2" (its sign is reversed)'),
    ({"of_digest": 'timezone = "GMT-11:00"'}, "timezone", '"Etc/GMT+11"'),
    ({"of_digest": 'timezone = "+1"'}, "timezone", '"Etc/GMT-1"'),
    ({"of_digest": 'timezone = "local"'}, "timezone", 'Write it as "Europe/London"'),
    ({"of_digest": 'timezone = "CEST"'}, "timezone", 'is not a time zone. Write it as "Europe/London"'),
    ({"of_digest": 'timezone = "UTC+05:30"'}, "timezone", 'Write it as "Europe/London"'),
    ({"terms": '["@a"]', "more": '[lists]\na = ["@b"]\nb = ["@c"]\nc = ["@a"]'}, "lists.a[0]", "is a loop"),
    ({"more": '[lists]\na = ["@a"]'}, "lists.a[0]", "is a loop"),
]

DOUBTFUL = [
    ({"of_digest": 'timezone = "EST"'}, "timezone", "without summer time"),
    ({"of_digest": 'timezone = "EST"'}, "timezone", 'such as "America/New_York"'),
    ({"of_digest": 'timezone = "MST"'}, "timezone", "UTC-7 all year"),
    ({"of_digest": 'timezone = "MST"'}, "timezone", 'such as "America/Denver"'),
    ({"of_digest": 'timezone = "HST"'}, "timezone", "UTC-10 all year"),
    ({"of_digest": 'timezone = "HST"'}, "timezone", 'such as "Pacific/Honolulu"'),
    ({"of_digest": 'timezone = "Etc/GMT+1"'}, "timezone", "means UTC-1"),
    ({"of_digest": 'timezone = "Etc/GMT-12"'}, "timezone", "means UTC+12"),
    ({"to": '["ann@xn--mnchen-3ya.example", "ann@münchen.example"]'}, "to[1]", "two copies"),
    ({"to": '["ann@münchen.example", "ANN@MÜNCHEN.example."]'}, "to[1]", "two copies"),
    ({"to": '["rene\\u0301@home.example", "ren\\u00e9@home.example"]'}, "to[1]", "two copies"),
    ({"mail": SMTP.format(host="mail.example") + 'port = 587\ntls = "implicit"'}, "mail.port", "begin without TLS"),
    ({"to": '["you@example.org"]', "mail": SMTP.format(host="localhost")}, "to[0]", "address for examples"),
    ({"more": '[health]\nping_url = "http://127.0.0.1:8000/x"'}, "health.ping_url", "is never asked"),
]

FINE = [
    {"to": '["ann@straße.example", "ann@strasse.example"]'},
    {"to": '["strauß@home.example", "strauss@home.example"]'},
    {"to": '["josé@home.example", "用户@例子.example"]'},
    {"to": '["ann@münchen.example", "bob@xn--mnchen-3ya.example"]'},
    {"mail": SMTP.format(host="::1")},
    {"mail": SMTP.format(host="mail_relay")},
    {"mail": SMTP.format(host="mail.example.")},
    {"mail": SMTP.format(host="mail.example") + 'port = 465\ntls = "implicit"'},
    {
        "feed": "http://192.168.7.7:8000/rss",
        "more": '[polling]\nallow_private = ["192.168.0.0/16"]\nallow_ports = [8000]',
    },
    {"feed": "http://localhost/rss", "more": '[polling]\nallow_private = ["localhost"]'},
    {"feed": "http://192.168.7.7/rss", "of_feed": "enabled = false\n" + OTHER_FEED},
    {"feed": "https://news.example:8443/10.0.0.1/rss?from=http://127.0.0.1:9/"},
    {"feed": "https://192-168-7-7.news.example/rss"},
    {"of_digest": 'timezone = "Etc/GMT"'},
    {"of_digest": 'timezone = "CET"'},
    {"to": '["you@example.org"]', "mail": 'kind = "maildir"'},
    {"to": '["a@home..example", "josé@home.example"]', "mail": 'kind = "maildir"'},
]


def written(folder: Path, changes: dict[str, str]) -> Path:
    config = folder / "config.toml"
    config.write_text(CONFIG.format(**{**USUAL, **changes}), encoding="utf-8")
    return config


@pytest.mark.parametrize(("changes", "key", "words"), REFUSED)
def test_what_cannot_work_is_refused(tmp_path: Path, changes: dict[str, str], key: str, words: str) -> None:
    found = [problem for problem in check(written(tmp_path, changes), {}) if not problem.is_warning]
    assert any(key in problem.key and words in problem.message and problem.line for problem in found), found


@pytest.mark.parametrize(("changes", "key", "words"), DOUBTFUL)
def test_what_is_doubtful_is_a_warning_and_starts(
    tmp_path: Path, changes: dict[str, str], key: str, words: str
) -> None:
    [warning] = load(written(tmp_path, changes), {}).warnings
    assert key in warning.key
    assert words in warning.message


@pytest.mark.parametrize("changes", FINE)
def test_what_works_is_accepted_without_a_word(tmp_path: Path, changes: dict[str, str]) -> None:
    assert check(written(tmp_path, changes), {}) == ()


# ---- keys and lists without end

LONG_KEYS = {
    "bare": ".".join(["a"] * 50_000) + " = 1",
    "in a header": "[" + ".".join(["a"] * 50_000) + "]",
    "quoted, with spaces": " . ".join(['"a"', "'b'"] * 25_000) + " = 1",
    "in a table of one line": "x = {" + ".".join(["a"] * 50_000) + " = 1}",
    "in the second header": "[[" + ".".join(["a"] * 101) + "]]",
}


@pytest.mark.parametrize("key", LONG_KEYS.values(), ids=LONG_KEYS.keys())
def test_a_key_of_very_many_parts_is_refused_at_once(tmp_path: Path, key: str) -> None:
    (tmp_path / "config.toml").write_text(f"# one\n{key}\n")
    [problem] = check(tmp_path / "config.toml", {})
    assert (problem.line, "more than 100 parts" in problem.message) == (2, True)


def test_dots_in_texts_are_no_parts_of_a_key(tmp_path: Path) -> None:
    dots = "a." * 500 + "a"
    assert check(written(tmp_path, {"terms": f'["{dots}", "x, {dots}"]'}), {}) == ()


def test_lists_that_name_each_other_twice_are_written_out_once(tmp_path: Path) -> None:
    lists = "".join(f'l{n} = ["@l{n + 1}", "title:@l{n + 1}"]\n' for n in range(60))
    changes = {"terms": '["@l0"]', "more": f'[lists]\n{lists}l60 = ["dock strike"]'}
    assert check(written(tmp_path, changes), {}) == ()


@pytest.mark.parametrize(("deep", "is_refused"), [(99, False), (150, True), (3_000, True)])
def test_how_deep_lists_may_name_each_other(tmp_path: Path, deep: int, *, is_refused: bool) -> None:
    lists = "".join(f'l{n} = ["@l{n + 1}"]\n' for n in range(deep))
    changes = {"terms": '["@l0"]', "more": f'[lists]\n{lists}l{deep} = ["dock strike"]'}
    found = check(written(tmp_path, changes), {})
    assert any("more than 100 deep" in problem.message for problem in found) == is_refused
    assert bool(found) == is_refused


def test_lists_that_all_name_all_others_are_a_loop(tmp_path: Path) -> None:
    names = [f"l{n}" for n in range(20)]
    lists = "\n".join(f"{name} = {[f'@{other}' for other in names if other != name]}" for name in names)
    with pytest.raises(ConfigError, match="is a loop"):
        load(written(tmp_path, {"terms": '["@l0"]', "more": f"[lists]\n{lists}"}), {})


# ---- addresses beyond ASCII


def letter(recipient: str) -> Letter:
    return Letter(
        message_id="<m@news.example>",
        digest="Daily",
        recipient=recipient,
        subject="Docks",
        text="-",
        html="",
        date=NOON,
    )


@pytest.mark.parametrize("recipient", ["josé@home.example", "用户@例子.example", "ann.müller+news@home.example"])
def test_a_server_with_smtputf8_gets_the_address_as_it_is(recipient: str) -> None:
    with mail_server() as server:
        channel = SmtpChannel(host=HOST, port=server.port, tls="none", sender="desk@news.example")
        channel.send(delivery(recipient=recipient, body=channel.compose(letter(recipient))))
    [(_, to, body)] = server.messages
    user, _, domain = recipient.partition("@")
    assert to == f"{user}@{domain.encode('idna').decode()}"
    assert message_from_bytes(body, policy=default)["To"] == to


@pytest.mark.parametrize("recipient", ["josé@home.example", "用户@例子.example", "ж@home.example"])
def test_a_server_without_smtputf8_is_not_asked_and_the_reason_is_given(recipient: str) -> None:
    with ScriptedServer() as server:
        channel = SmtpChannel(host=HOST, port=server.port, tls="none", sender="desk@news.example")
        with pytest.raises(DeliveryError, match="SMTPUTF8") as refused:
            channel.send(delivery(recipient=recipient))
        channel.send(delivery(recipient="reader@bücher.example"))  # only its domain is beyond ASCII
    assert (refused.value.stage, refused.value.permanent) == ("recipient", True)
    assert [line for line in server.lines if line.startswith(b"MAIL")] == [b"MAIL FROM:<desk@news.example>\r\n"]


def test_a_message_to_ascii_stays_ascii() -> None:
    for recipient in ("reader@home.example", "reader@bücher.example", "not an address é"):
        assert compose_message(letter(recipient), "desk@news.example").isascii()


@pytest.mark.parametrize("other", ["Ann@Home.example", "ann@home.example.", "ANN@HOME.EXAMPLE"])
def test_spellings_of_one_mailbox(other: str) -> None:
    assert mailbox(other) == mailbox("ann@home.example") != mailbox("anna@home.example")


# ---- a file that the service's user cannot read

BEYOND_US = 4_000_000_000
"""A user number that nobody has."""


def with_password(folder: Path) -> Path:
    (folder / "secret").write_text("hush")
    (folder / "secret").chmod(0o600)
    return written(folder, {"mail": SMTP.format(host="mail.example") + 'username = "me"\npassword_file = "secret"'})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_root_is_warned_of_a_password_that_the_owner_of_the_data_cannot_read(tmp_path: Path) -> None:
    config, data = with_password(tmp_path), tmp_path / "data"
    data.mkdir()
    assert check(config, {}) == ()  # the service runs as root
    os.chown(data, 65_534, 65_534)
    tmp_path.parent.chmod(0o755)
    tmp_path.chmod(0o755)
    keys = {problem.key for problem in load(config, {}).warnings if "cannot read" in problem.message}
    assert "mail.password_file" in keys
    assert check(config, {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == ()  # that is the service itself


@pytest.mark.parametrize(
    ("mode", "user", "may_read"),
    [
        (0o644, User(BEYOND_US, "x", frozenset()), True),
        (0o600, User(BEYOND_US, "x", frozenset()), False),
        (0o640, User(BEYOND_US, "x", frozenset({os.getgid()})), True),
        (0o604, User(BEYOND_US, "x", frozenset({os.getgid()})), False),
        (0o600, User(os.getuid(), "me", frozenset()), True),
        (0o044, User(os.getuid(), "me", frozenset()), False),
    ],
)
def test_who_may_read_a_file(mode: int, user: User, *, may_read: bool) -> None:
    with TemporaryDirectory() as folder:  # that of pytest is below one that others cannot enter
        Path(folder).chmod(0o755)
        file = Path(folder, "secret")
        file.write_text("x")
        file.chmod(mode)
        assert _may_read(user, file) == may_read
