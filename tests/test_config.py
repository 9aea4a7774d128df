"""Reading a config: where it is found, what it comes to, and every mistake in it at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import Settings, check, find_config, load
from monitor.deliver import KINDS
from monitor.deliver.mail.maildir import MaildirChannel
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.errors import ConfigError
from monitor.model.topic import Rule

TOPIC = '[[topics]]\nname = "Syria"\n'
FEED = '[[feeds]]\nurl = "https://a.example/rss"\n'
DIGEST = '[[digests]]\nname = "Daily"\nto = ["a@b.example"]\n'
SHOWN = '[storage]\narchive_url = "https://b.example/news"\n'
SMTP = '[mail]\nkind = "smtp"\nhost = "mail.example"\nsender = "News <news@b.example>"\nusername = "me"\n'
WHOLE = FEED + TOPIC + DIGEST

MISTAKES: list[tuple[str, int, str, str]] = [
    # the file
    ("a = ", 1, "", "is not valid TOML: Invalid value in `a =`"),
    ('[mail]\nkind = "smtp', 2, "", "is not valid TOML"),
    ("[[feeds]]\nurl = https://a.example/", 2, "", "Put text in quotes"),
    ("a = 1\na = 2", 2, "", "is not valid TOML: Cannot overwrite a value"),
    ("[mail]\npassword = hush", 2, "", "is not valid TOML: Invalid value. Put text in quotes"),
    ("a = [1,\n2,", 2, "", "is not valid TOML"),
    ("[feed]", 1, "feed", 'unknown section. Did you mean "feeds"? Sections: feeds topics'),
    ("interval = 1", 1, "interval", "unknown section"),
    # feeds
    ("[feeds]\nurl = 1", 1, "feeds", "write [[feeds]], with two brackets"),
    ("feeds = [1]", 1, "feeds[0]", "1 is not a table; write its keys below [[feeds]]"),
    ("[[feeds]]", 1, "feeds[0]", '"url" is missing; [[feeds]] needs it'),
    ("[[feeds]]\nurl = 5", 2, "feeds[0]: url", "5 – write text in quotes"),
    ('[[feeds]]\nurl = "a.example"', 2, "feeds[0]: url", 'Did you mean "https://a.example"?'),
    (FEED + "enable = true", 3, "feeds[0]: enable", 'unknown key. Did you mean "enabled"? Keys: url outlet'),
    (FEED + "enabled = 1", 3, "feeds[0]: enabled", "write true or false, without quotes"),
    (FEED + 'enabled = "yes"', 3, "feeds[0]: enabled", '"yes" – write true or false, without quotes'),
    (FEED + "interval = 30", 3, "feeds[0]: interval", 'write "30m"'),
    (FEED + 'interval = "0m"', 3, "feeds[0]: interval", "longer than zero"),
    (FEED + 'outlet = "two\\nlines"', 3, "feeds[0]: outlet", "one line"),
    (FEED + FEED, 4, "feeds[1]: url", "the same feed as feeds[0] in line 2"),
    (
        FEED + '[[feeds]]\nurl = "https://A.example:443/rss#x"',
        4,
        "feeds[1]: url",
        "the same feed as feeds[0] in line 2",
    ),
    # lists
    ("lists = 1", 1, "lists", "write its keys below a [lists] line"),
    ('[lists]\nus = "US"', 2, "lists.us", '"US" is not a list; write us = ["US"]'),
    ('[lists]\nus = ["US",\n 5]', 3, "lists.us[1]", "5 – write text in quotes"),
    ("[lists]\nus = []", 2, "lists.us", "is empty"),
    ('[lists]\nsyria.ar = ["x"]', 2, "lists.syria", 'needs quotes: "syria.ar" = ["term"]'),
    # topics
    ("[[topics]]", 1, "topics[0]", '"name" is missing'),
    ('[[topics]]\nname = ""', 2, "topics[0]: name", "a name needs a letter"),
    (TOPIC + 'al = ["x"]', 3, 'topics[0] "Syria": al', 'Did you mean "all"? Keys: name any all pair none near within'),
    (TOPIC + 'all = "Syria"', 3, 'topics[0] "Syria": all', '"Syria" is not a list; write all = ["Syria"]'),
    (TOPIC + 'all = [["a"], 5]', 3, 'topics[0] "Syria": all[1]', "5 is not a list"),
    (TOPIC + 'all = [["a"],\n [ "b",\n 5]]', 5, 'topics[0] "Syria": all[1][1]', "5 – write text in quotes"),
    (TOPIC + "any = []", 3, 'topics[0] "Syria": any', "is empty"),
    (TOPIC + 'all = [["a"], []]', 3, 'topics[0] "Syria": all[1]', "is empty"),
    (TOPIC + 'near = "5"', 3, 'topics[0] "Syria": near', '"5" – write a whole number, without quotes'),
    (TOPIC + "near = 0", 3, 'topics[0] "Syria": near', "0 is too small; at least 1"),
    (TOPIC + "at_least = 5000", 3, 'topics[0] "Syria": at_least', "too large; at most 1000"),
    (TOPIC + 'within = "title"', 3, 'topics[0] "Syria": within', 'not one of "anywhere", "lead" or "headline"'),
    (TOPIC + 'mute_until = "2016-10-01"', 3, 'topics[0] "Syria": mute_until', "write a date without quotes"),
    (TOPIC + 'languages = ["english"]', 3, 'topics[0] "Syria": languages[0]', 'write "en"'),
    (TOPIC + 'was = "Iraq"\n[[topics]]\nname = "Iraq"', 3, 'topics[0] "Syria": was', '"Iraq" still exists'),
    (TOPIC + '[[topics]]\nname = "SYRIA"', 4, 'topics[1] "SYRIA": name', "the same name as topics[0] in line 2"),
    (TOPIC + '[[topics.rule]]\nay = ["x"]', 4, 'topics[0] "Syria": rule[0].ay', 'Did you mean "any"?'),
    (TOPIC + '[topics.rule]\nany = ["x"]', 3, 'topics[0] "Syria": rule', "[[topics.rule]]"),
    (TOPIC + 'near = 9\n[[topics.rule]]\nany = ["x"]', 3, 'topics[0] "Syria": near', "move it into [[topics.rule]]"),
    (TOPIC + 'none = ["x"]', 3, 'topics[0] "Syria": none', "every article"),
    (TOPIC + 'all = ["a",\n "Sy*"]', 4, 'topics[0] "Syria": all[1]', "3 letters"),
    (TOPIC + 'all = [["war"], ["sun",\n ""]]', 4, 'topics[0] "Syria": all[1][1]', "empty term"),
    (TOPIC + 'all = ["war"]\nany = ["*sun"]', 4, 'topics[0] "Syria": any[0]', "only at the end"),
    (
        TOPIC + 'any = ["war"]\nnone = ["@trucce"]\n[lists]\ntruce = ["truce"]',
        4,
        'topics[0] "Syria": none[0]',
        "@truce",
    ),
    (TOPIC + '[[topics.rule]]\nany = ["war"]\nnone = ["Sy*"]', 5, 'topics[0] "Syria": rule[0].none[0]', "3 letters"),
    (TOPIC + 'none = ["Sy*"]\n[[topics.rule]]\nany = ["war"]', 3, 'topics[0] "Syria": none[0]', "3 letters"),
    (TOPIC + 'must_match = [\n"Sunny in Oslo"]', 4, 'topics[0] "Syria": must_match[0]', ""),
    (TOPIC + 'must_not_match = ["Syria again"]', 3, 'topics[0] "Syria": must_not_match[0]', ""),
    ('[[topics]]\nname = "of the"', 2, 'topics[0] "of the": name', ""),
    ('[lists]\nus = ["US",\n"Sy*"]', 3, "lists.us[1]", "3 letters"),
    # digests
    ('[[digests]]\nname = "Daily"', 1, 'digests[0] "Daily"', '"to" is missing'),
    ('[[digests]]\nname = "Daily"\nto = []', 3, 'digests[0] "Daily": to', "is empty"),
    ('[[digests]]\nname = "Daily"\nto = "a@b.example"', 3, 'digests[0] "Daily": to', 'write to = ["a@b.example"]'),
    (
        '[[digests]]\nname = "Daily"\nto = ["a@b.example",\n"desk"]',
        4,
        'digests[0] "Daily": to[1]',
        "not a mail address",
    ),
    ('[[digests]]\nname = "D"\nto = ["a@b.example", "a@b.example"]', 3, 'digests[0] "D": to', "is listed twice"),
    (DIGEST + 'at = "7"', 4, 'digests[0] "Daily": at', 'such as "07:00"'),
    (DIGEST + "at = 7", 4, 'digests[0] "Daily": at', 'such as "07:00"'),
    (DIGEST + "at = { hour = 7 }", 4, 'digests[0] "Daily": at', 'such as "07:00"'),
    (DIGEST + "at = []", 4, 'digests[0] "Daily": at', "is empty"),
    (DIGEST + 'at = ["07:00",\n"18 o\'clock"]', 5, 'digests[0] "Daily": at[1]', 'such as "07:00"'),
    (DIGEST + 'at = ["07:00", ["18:00"]]', 4, 'digests[0] "Daily": at[1]', 'such as "07:00"'),
    (DIGEST + 'at = ["07:00", "18:00", 07:00:00]', 4, 'digests[0] "Daily": at', '"07:00" is listed twice'),
    (DIGEST + 'at = ["7:00", "07:00"]', 4, 'digests[0] "Daily": at', '"07:00" is listed twice'),
    (DIGEST + f"at = {[f'{n // 2:02}:{n % 2 * 30:02}' for n in range(25)]}", 4, 'digests[0] "Daily": at', "at most 24"),
    (DIGEST + 'timezone = "Europe/Londn"', 4, 'digests[0] "Daily": timezone', 'Did you mean "Europe/London"?'),
    (DIGEST + 'topics = ["Siria"]\n' + TOPIC, 4, 'digests[0] "Daily": topics[0]', 'Did you mean "Syria"?'),
    (DIGEST + 'when_empty = "never"', 4, 'digests[0] "Daily": when_empty', 'not one of "send" or "skip"'),
    (DIGEST + 'baseline = "all"', 4, 'digests[0] "Daily": baseline', 'not one of "count" or "list"'),
    (DIGEST + DIGEST, 5, 'digests[1] "Daily": name', "the same name as digests[0] in line 2"),
    # mail
    ('[mail]\nkind = "sntp"', 2, "mail.kind", 'Did you mean "smtp"? Kinds: apprise maildir'),
    ("[mail]\nkind = []", 2, "mail.kind", "[] is not a valid kind"),
    ('[mail]\nfoldr = "x"', 2, "mail.foldr", 'Did you mean "folder"?'),
    ("[mail]\nfolder = 5", 2, "mail.folder", "5 is not a path"),
    ('[mail]\nkind = "smtp"\nsender = "a@b.example"', 1, "mail", '"host" is missing; [mail] needs it'),
    (SMTP + "port = 70000", 6, "mail.port", "70000 is too large; at most 65535"),
    (SMTP + 'tls = "ssl"', 6, "mail.tls", 'not one of "starttls", "implicit" or "none"'),
    (SMTP + 'tls = "none"', 1, "mail", 'tls = "none" is only for'),
    (SMTP + "password = 12345", 6, "mail.password", "this – write text in quotes"),
    (SMTP + 'password = "hush"', 6, "mail.password", "chmod 600"),
    (SMTP + 'password_file = "not-there"', 6, "mail.password_file", "cannot be read: No such file"),
    (SMTP + 'password_env = "NOT_THERE"', 6, "mail.password_env", "NOT_THERE is not set"),
    (SMTP + 'password_env = "X"\npassword_file = "y"', 6, "mail.password_env", "password_file is set too"),
    ('[mail]\non_unknown = "drop"', 2, "mail.on_unknown", 'not one of "resend" or "hold"'),
    ('[mail]\non_unknwon = "hold"', 2, "mail.on_unknwon", 'Did you mean "on_unknown"?'),
    ('[mail]\nunsubscribe_url = "http://x.example"', 2, "mail.unsubscribe_url", "is not an https address"),
    ('[mail]\nunsubscribe_url = "https://x.example/{who}"', 2, "mail.unsubscribe_url", "is not an https address"),
    # operator
    ('[operator]\nto = ["me"]', 2, "operator.to[0]", "is not a mail address"),
    ("[operator]\nto = []", 2, "operator.to", "is empty"),
    ('[operator]\ninterval = "0s"', 2, "operator.interval", "longer than zero"),
    # storage and polling
    ("[storage]\nfolder = 5", 2, "storage.folder", "5 is not a path"),
    ('[storage]\nfolders = "x"', 2, "storage.folders", 'Did you mean "folder"?'),
    ('[storage]\ndatabase = "news:hush@db"', 2, "storage.database", "is not the URL of a database"),
    ("polling = 5", 1, "polling", "write its keys below a [polling] line"),
    ("polling.intervall = 5", 1, "polling.intervall", 'Did you mean "interval"?'),
    ('[polling]\nconcurrency = "8"', 2, "polling.concurrency", '"8" – write a whole number, without quotes'),
    ("[polling]\nconcurrency = 65", 2, "polling.concurrency", "at most 64"),
    ("[polling]\nallow_ports = [80,\n0]", 3, "polling.allow_ports[1]", "0 is too small; at least 1"),
    ('[polling]\nallow_private = ["x y"]', 2, "polling.allow_private[0]", "write an address"),
    ('[polling]\nread_timeout = "0s"', 2, "polling.read_timeout", "longer than zero"),
    ("[polling]\ncontact = 5", 2, "polling.contact", "5 – write text in quotes"),
]

WARNINGS: list[tuple[str, int, str, str]] = [
    (FEED + "enabled = false", 3, "feeds[0]: enabled", "all [[feeds]] are disabled: nothing is read"),
    (TOPIC + "enabled = false", 3, 'topics[0] "Syria": enabled', "all [[topics]] are disabled: nothing is flagged"),
    (DIGEST + "enabled = false", 4, 'digests[0] "Daily": enabled', "nothing is mailed until one is enabled"),
    (WHOLE + '[polling]\ninterval = "5m"', 9, "polling.interval", "is less than 15m"),
    (FEED + 'interval = "5m"', 3, "feeds[0]: interval", "is less than 15m"),
    (TOPIC + 'all = ["war"]\nnear = 5', 4, 'topics[0] "Syria": near', "no effect"),
    (SMTP, 5, "mail.username", "there is no password"),
    (SMTP.replace('"me"', '"me@c.example"'), 4, "mail.sender", "is not at c.example, the domain of the login"),
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def settings_of(config: Path, text: str, **environ: str) -> Settings:
    config.write_text(text, encoding="utf-8")
    return load(config, {"HOME": str(config.parent), **environ}, is_draft=True)


@pytest.mark.parametrize(("text", "line", "key", "fragment"), MISTAKES)
def test_a_mistake_is_named_with_its_line_and_its_key(
    config: Path, text: str, line: int, key: str, fragment: str
) -> None:
    config.write_text(text, encoding="utf-8")
    errors = [problem for problem in check(config, {}, is_draft=True) if not problem.is_warning]
    assert [(problem.line, problem.key) for problem in errors] == [(line, key)]
    assert fragment in errors[0].message
    assert "hush" not in errors[0].message
    assert str(errors[0]).startswith(f"{config}:{line}: {key}")


@pytest.mark.parametrize(("text", "line", "key", "fragment"), WARNINGS)
def test_an_oddity_is_a_warning_and_does_not_stop_loading(
    config: Path, text: str, line: int, key: str, fragment: str
) -> None:
    warnings = settings_of(config, text).warnings
    assert any((w.line, w.key) == (line, key) and fragment in w.message for w in warnings)
    assert all(warning.is_warning for warning in warnings)


@pytest.mark.parametrize(
    ("scheme", "own", "is_open"),
    [("http", "b.example", True), ("https", "b.example", False), ("http", "a.example", False)],
)
def test_a_login_that_goes_unencrypted_to_a_server_of_others_is_warned_of(
    config: Path, *, scheme: str, own: str, is_open: bool
) -> None:
    config.touch(0o600)
    feed = FEED.replace("https", scheme) + f'auth = {{ token = "abc" }}\n[polling]\nallow_private = ["{own}"]'
    told = [(each.line, each.message) for each in settings_of(config, feed).warnings if "auth" in each.key]
    assert told == ([(3, "is sent unencrypted: write https:// in url, if the server supports it.")] if is_open else [])


def test_five_different_mistakes_are_reported_together_in_the_order_of_the_file(config: Path) -> None:
    config.write_text(
        '[[feeds]]\nurl = "ftp://a.example/rss"\n\n'
        '[[topics]]\nname = "Syria"\nal = ["Syria"]\n\n'
        '[[digests]]\nname = "Daily"\nto = ["a@b.example"]\nat = "7 am"\ntimezone = "Europe/Londn"\n\n'
        "[polling]\nconcurrency = 0\n"
    )
    with pytest.raises(ConfigError) as refusal:
        load(config, {}, is_draft=True)
    assert [problem.line for problem in refusal.value.problems] == [2, 6, 11, 12, 15]
    assert len(str(refusal.value).splitlines()) == 5


def test_mistakes_in_terms_are_found_beside_a_mistake_in_another_key(config: Path) -> None:
    config.write_text(TOPIC + 'all = ["war", ""]\npriority = "high"', encoding="utf-8")
    assert [p.line for p in check(config, {}, is_draft=True) if not p.is_warning] == [3, 4]


def test_a_topic_with_a_broken_rule_is_not_blamed_for_its_examples(config: Path) -> None:
    config.write_text(TOPIC + 'al = ["war"]\nmust_match = ["The war goes on"]', encoding="utf-8")
    assert [p.line for p in check(config, {}, is_draft=True) if not p.is_warning] == [3]


def test_mistakes_in_terms_are_found_beside_an_unknown_key(config: Path) -> None:
    config.write_text(TOPIC + 'al = ["war"]\nall = [["Sy*"], ["@trucce"]]\nnone = ["*x"]', encoding="utf-8")
    assert [p.line for p in check(config, {}, is_draft=True) if not p.is_warning] == [3, 4, 4, 5]


@pytest.mark.parametrize(
    "text",
    [
        TOPIC + 'must_match = ["""Sunny in Oslo\nand \\u001b[2J warm"""]',
        '"a\\nb\\u001b" = 1',
        'a = "\x1b[2J"',
        FEED + 'outlet = "a\\nb"',
    ],
)
def test_a_problem_is_one_line_that_no_terminal_obeys(config: Path, text: str) -> None:
    config.write_text(text, encoding="utf-8")
    [error] = [problem for problem in check(config, {}, is_draft=True) if not problem.is_warning]
    assert str(error).isprintable()


def test_a_mistake_shared_by_two_rules_is_told_once(config: Path) -> None:
    config.write_text(TOPIC + 'none = ["Sy*"]\n[[topics.rule]]\nany = ["war"]\n[[topics.rule]]\nany = ["raid"]')
    assert [p.line for p in check(config, {}, is_draft=True) if not p.is_warning] == [3]


@pytest.mark.parametrize(
    "section",
    [
        "[[feeds]]",
        "[[topics]]",
        "[[topics]]\n[[topics.rule]]",
        "[[digests]]",
        "[mail]",
        '[mail]\nkind = "smtp"',
        "[polling]",
        "[storage]",
    ],
)
def test_an_unknown_key_is_an_error_in_every_section(config: Path, section: str) -> None:
    config.write_text(f"{section}\nnonsense = 1")
    line = section.count("\n") + 2
    assert any(p.line == line and "unknown key" in p.message for p in check(config, {}, is_draft=True))


@pytest.mark.parametrize(
    ("written", "rules"),
    [
        ('name = "Gaza aid"', [Rule(all=(("Gaza",), ("aid",)))]),
        ('name = "Gaza aid"\nnear = 9', [Rule(all=(("Gaza",), ("aid",)), near=9)]),
        ('name = "T"\nany = ["war", "raid"]', [Rule(all=(("war", "raid"),))]),
        ('name = "T"\nall = ["war", "raid"]', [Rule(all=(("war",), ("raid",)))]),
        ('name = "T"\nall = ["war", ["sea", "air"]]', [Rule(all=(("war",), ("sea", "air")))]),
        ('name = "T"\nany = ["sun"]\nall = [["war"]]', [Rule(all=(("war",), ("sun",)))]),
        (
            'name = "T"\nall = ["war", "raid"]\nnone = ["film"]\nnear = 5\nwithin = "lead"\nat_least = 2',
            [Rule(all=(("war",), ("raid",)), none=("film",), near=5, within="lead", at_least=2)],
        ),
        (
            'name = "T"\n[[topics.rule]]\nany = ["war"]\n[[topics.rule]]\nall = ["sea", "raid"]\nnear = 3',
            [Rule(all=(("war",),)), Rule(all=(("sea",), ("raid",)), near=3)],
        ),
        (
            'name = "T"\nany = ["war"]\nnone = ["film"]\n[[topics.rule]]\nany = ["raid"]\nnone = ["tax"]',
            [Rule(all=(("war",),), none=("film",)), Rule(all=(("raid",),), none=("tax", "film"))],
        ),
    ],
)
def test_what_people_write_becomes_rules(config: Path, written: str, rules: list[Rule]) -> None:
    [topic] = settings_of(config, f"[[topics]]\n{written}").topics
    assert list(topic.rules) == rules


def test_defaults_stand_where_nothing_is_written(config: Path) -> None:
    settings = settings_of(config, WHOLE, XDG_DATA_HOME="/srv/data")
    assert settings.warnings == ()
    assert settings.storage.folder == Path("/srv/data/news-monitor")
    assert settings.mail == MaildirChannel(folder=Path("/srv/data/news-monitor/maildir"))
    assert settings.polling.interval == timedelta(hours=1)
    assert settings.path == config


def test_folders_are_relative_to_the_config_and_the_maildir_to_the_storage(config: Path) -> None:
    settings = settings_of(config, '[storage]\nfolder = "data"\narchive = "~/pages"')
    assert settings.storage.folder == config.parent / "data"
    assert settings.storage.archive_folder == config.parent / "pages"
    assert settings.mail == MaildirChannel(folder=config.parent / "data" / "maildir")


def test_an_owner_of_private_servers_may_ask_them_often(config: Path) -> None:
    polling = '[polling]\nallow_private = ["10.0.0.5"]\nmin_interval = "0s"\ninterval = "1m"'
    assert settings_of(config, WHOLE + polling).warnings == ()


def test_a_mark_at_the_beginning_and_windows_line_ends_are_read(config: Path) -> None:
    config.write_bytes(b"\xef\xbb\xbf" + (WHOLE + "[polling]\nx = 1").replace("\n", "\r\n").encode())
    assert [problem.line for problem in check(config, {}, is_draft=True)] == [9]


@pytest.mark.parametrize(
    ("content", "line", "fragment"),
    [
        (b"# fine\nname = '\xe9'\n", 2, "is not UTF-8"),
        (b"\xff\xfea\x00", 1, "is not UTF-8"),
        (b"a = " + b"[" * 5_000, 0, "nested too deeply"),
    ],
)
def test_what_is_not_a_text_of_toml_is_one_problem(config: Path, content: bytes, line: int, fragment: str) -> None:
    config.write_bytes(content)
    [problem] = check(config, {}, is_draft=True)
    assert problem.line == line
    assert fragment in problem.message


def test_too_many_feeds_and_recipients_are_refused(config: Path) -> None:
    recipients = ", ".join(f'"{number}@b.example"' for number in range(201))
    config.write_text(f'feeds = [{"1," * 10_001}]\n[[digests]]\nname = "Daily"\nto = [{recipients}]')
    messages = [
        problem.message
        for problem in check(config, {}, is_draft=True)
        if problem.key in ("feeds", 'digests[0] "Daily": to')
    ]
    assert messages == ["there are 10,001; at most 10,000 are possible.", "has 201; at most 200 are possible."]


class TestPasswords:
    """Every source of the SMTP password, and that none is ever shown."""

    def test_it_is_read_from_a_file_beside_the_config(self, config: Path) -> None:
        file = config.parent / "secret"
        file.write_text("hush\n")
        file.chmod(0o600)
        self._expect_hush(settings_of(config, WHOLE + SHOWN + SMTP + 'password_file = "secret"'))

    def test_a_file_that_others_can_read_is_a_warning(self, config: Path) -> None:
        (config.parent / "secret").write_text("hush")
        (config.parent / "secret").chmod(0o644)
        [warning] = settings_of(config, WHOLE + SHOWN + SMTP + 'password_file = "secret"').warnings
        assert "chmod 600" in warning.message

    def test_it_is_read_from_the_environment(self, config: Path) -> None:
        self._expect_hush(settings_of(config, WHOLE + SHOWN + SMTP + 'password_env = "PW"', PW="hush"))

    def test_one_in_the_environment_that_is_no_text_is_an_error(self, config: Path) -> None:
        config.write_text(WHOLE + SHOWN + SMTP + 'password_env = "PW"')
        assert any(
            "is not UTF-8" in p.message and not p.is_warning for p in check(config, {"PW": "hush\udcff"}, is_draft=True)
        )

    def test_it_is_read_from_the_credentials_of_the_service(self, config: Path) -> None:
        (config.parent / "smtp-password").write_text("hush")
        (config.parent / "smtp-password").chmod(0o400)
        settings = settings_of(config, WHOLE + SHOWN + SMTP, CREDENTIALS_DIRECTORY=str(config.parent))
        self._expect_hush(settings)

    def test_the_credentials_of_the_service_come_before_any_other_place(self, config: Path) -> None:
        (config.parent / "smtp-password").write_text("hush")
        (config.parent / "smtp-password").chmod(0o400)
        other = 'password_env = "PW"'
        self._expect_hush(
            settings_of(config, WHOLE + SHOWN + SMTP + other, CREDENTIALS_DIRECTORY=str(config.parent), PW="no")
        )

    def test_a_server_without_a_login_needs_none(self, config: Path) -> None:
        settings = settings_of(config, WHOLE + SHOWN + SMTP.replace('username = "me"\n', ""))
        assert settings.warnings == ()

    def test_it_may_stand_in_a_config_that_nobody_else_can_read(self, config: Path) -> None:
        config.touch(mode=0o600)
        self._expect_hush(settings_of(config, WHOLE + SHOWN + SMTP + 'password = "hush"'))

    @pytest.mark.parametrize(("content", "fragment"), [(b"", "is empty"), (b"\xff", "it is not text")])
    def test_a_file_without_a_password_is_an_error(self, config: Path, content: bytes, fragment: str) -> None:
        (config.parent / "secret").write_bytes(content)
        config.write_text(WHOLE + SHOWN + SMTP + 'password_file = "secret"')
        assert any(fragment in p.message and not p.is_warning for p in check(config, {}, is_draft=True))

    def _expect_hush(self, settings: Settings) -> None:
        assert settings.warnings == ()
        assert isinstance(settings.mail, SmtpChannel)
        assert settings.mail.password == "hush"
        assert "hush" not in repr(settings)


def test_every_kind_of_channel_can_be_named(config: Path) -> None:
    for kind in KINDS:
        config.write_text(f'[mail]\nkind = "{kind}"')
        assert not any(problem.key == "mail.kind" for problem in check(config, {}, is_draft=True))


class TestFinding:
    """The order of the places: asked for, the variable, here, the user's, the system's."""

    def test_the_first_that_exists_is_taken(self, tmp_path: Path) -> None:
        places = [tmp_path / name for name in ("asked", "variable", "cwd/config.toml", "xdg/news-monitor/config.toml")]
        places.append(tmp_path / "etc/config.toml")
        for place in places:
            place.parent.mkdir(exist_ok=True, parents=True)
            place.touch()
        environ = {"NEWS_MONITOR_CONFIG": str(places[1]), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}
        found = [find_config(places[0], environ, tmp_path / "cwd", places[4])]
        found.append(find_config(None, environ, tmp_path / "cwd", places[4]))
        del environ["NEWS_MONITOR_CONFIG"]
        for place in places[2:]:
            found.append(find_config(None, environ, tmp_path / "cwd", places[4]))
            place.unlink()
        assert found == places

    @pytest.mark.parametrize(("explicit", "variable"), [("gone.toml", ""), (None, "gone.toml")])
    def test_a_path_that_was_asked_for_is_not_replaced(
        self, tmp_path: Path, explicit: str | None, variable: str
    ) -> None:
        (tmp_path / "config.toml").touch()
        with pytest.raises(ConfigError, match=r"gone\.toml: there is no such file"):
            find_config(Path(explicit) if explicit else None, {"NEWS_MONITOR_CONFIG": variable}, tmp_path)

    def test_none_at_all_names_every_place_and_the_remedy(self, tmp_path: Path) -> None:
        environ = {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}
        with pytest.raises(ConfigError) as refusal:
            find_config(None, environ, tmp_path, tmp_path / "etc.toml")
        for place in ("config.toml", "xdg/news-monitor/config.toml", "etc.toml"):
            assert str(tmp_path / place) in str(refusal.value)
        assert "news-monitor init" in str(refusal.value)

    def test_a_relative_xdg_folder_is_ignored(self, tmp_path: Path) -> None:
        (tmp_path / "news-monitor").mkdir()
        (tmp_path / "news-monitor/config.toml").touch()
        (tmp_path / "etc.toml").touch()
        found = find_config(None, {"XDG_CONFIG_HOME": "."}, tmp_path, tmp_path / "etc.toml")
        assert "XDG" not in str(found)
        assert found != Path("news-monitor/config.toml")

    def test_a_config_that_cannot_be_read_is_one_problem(self, tmp_path: Path) -> None:
        [problem] = check(tmp_path, {}, is_draft=True)
        assert "cannot be read: Is a directory" in problem.message
