"""The example config is the reference: it is right as it stands, names every setting, and its topics work."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import trustme

from monitor.config import Settings, load
from monitor.config.feeds import FEED
from monitor.config.mail import COMMON
from monitor.config.sections import HEALTH, POLLING, STORAGE, mailing_tables
from monitor.config.topics import RULE, TOPIC
from monitor.config.users import WEB
from monitor.deliver.mail.maildir import MaildirChannel
from monitor.deliver.mail.smtp import SmtpChannel
from monitor.errors import ConfigError
from monitor.match import TopicIndex
from monitor.model.match import Document
from monitor.model.settings import PollingSettings

DIGEST, OPERATOR = mailing_tables(SmtpChannel.recipient)
ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config.example.toml"
SEED = ROOT / ".." / "shared" / "seed"

SYRIA, COORDINATION = "Syria ceasefire", "US-Russia coordination"
BOTH = {SYRIA, COORDINATION}

HEADLINES: list[tuple[str, set[str]]] = [
    ("Cease-fire in Syria holds through its first night", {SYRIA}),
    ("Aleppo: truce ends, hospitals wait for fuel", {SYRIA}),
    ("Cessation of hostilities collapses, Damascus blames rebels", {SYRIA}),
    ("The Syrians' third truce of the year", {SYRIA}),
    ("U.S. suspends military cooperation with Russia over Syria cease-fire", BOTH),
    ("America's generals doubt that they can coordinate strikes with Moscow", {COORDINATION}),
    ("US generals doubt that they can coordinate strikes with Moscow", {COORDINATION}),
    ("Pentagon: no deconfliction call with the Russians this week", {COORDINATION}),
    ("JOINT OPERATIONS WITH RUSSIA ON HOLD, SAYS U.S.", {COORDINATION}),
    ("Yemen's warring sides agree on a truce", set()),
    ("Truce in the transfer war: clubs cooperate on a salary cap", set()),
    ("Syria wins its opening match", set()),
    ("LET US COOPERATE, RUSSIA TELLS NORWAY", set()),
    ("US and Russian astronauts cooperate on repair of the space station", set()),
    ("Russian ballet tours the United States in cooperation with local theatres", set()),
    ("Russia and the US trade insults", set()),
    ("Podcast: the Syria ceasefire explained", set()),
    ("Washington state coordinates its response to wildfires", set()),
]


@pytest.fixture(scope="module")
def example() -> Settings:
    return load(EXAMPLE, {})


@pytest.fixture(scope="module")
def topics(example: Settings) -> TopicIndex:
    return TopicIndex(example.topics, example.lists)


def with_every_setting(text: str) -> str:
    """The example with its `#key = value` lines in force."""
    return re.sub(r"^#(?=[a-z_]+ =|\[)", "", text, flags=re.MULTILINE)


def halves() -> tuple[str, str, str]:
    """What stands before the SMTP table, that table, and what follows it."""
    before, smtp, after = re.split(r"(^#\[mail\]\n(?:#.*\n)*)", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return before, smtp, after


def names(topics: TopicIndex, title: str, text: str = "") -> set[str]:
    return {match.topic for match in topics.matches(Document(title=title, text=text))}


def test_it_loads_without_a_warning(example: Settings) -> None:
    assert example.warnings == ()
    assert len(example.feeds) >= 10
    assert [topic.name for topic in example.topics] == [SYRIA, COORDINATION]
    assert all(topic.must_match and topic.must_not_match for topic in example.topics)
    assert isinstance(example.mail, MaildirChannel)


def test_what_it_says_of_polling_is_the_default(example: Settings) -> None:
    assert example.polling == PollingSettings()


def test_every_setting_that_it_shows_can_be_put_in_force(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    before, _, after = halves()
    (tmp_path / "post-password").write_text("hush")
    (tmp_path / "post-password").chmod(0o600)
    for name in ("webhook-secret", "ntfy-token", "matrix-token"):
        (tmp_path / name).write_text("hush")
        (tmp_path / name).chmod(0o600)
    trustme.CA().cert_pem.write_to_path(tmp_path / "their-ca.pem")
    for folder in ("daily-templates", "templates"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "story.html.j2").write_text("{{ story.lead.title }}", encoding="utf-8")
    config.write_text(with_every_setting(before + after), encoding="utf-8")
    warnings = load(config, {}).warnings
    without_https = ["feeds[0]: auth", "feeds[0]: tls", "feeds[0]: ca_file"]  # that feed is one
    others = ["feeds[0]: pages", "feeds[0]: publishers"]  # it is paid, and no aggregator
    others.append("storage.database_password_file")  # the database is a file
    assert sorted(each.key for each in warnings) == sorted([*without_https, *others])


def test_the_smtp_table_can_take_the_place_of_the_maildir(tmp_path: Path) -> None:
    config, secret = tmp_path / "config.toml", tmp_path / "smtp-password"
    before, smtp, after = halves()
    lines = [
        line for line in with_every_setting(smtp).splitlines() if not line.startswith(("password_env", "password "))
    ]
    text = before.split("[mail]")[0] + "\n".join(lines) + after
    config.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="address for examples"):
        load(config, {})
    config.write_text(text.replace("@example.org", "@home.example"), encoding="utf-8")
    secret.write_text("hush")
    secret.chmod(0o600)
    settings = load(config, {})
    assert [warning.key for warning in settings.warnings] == ["storage"]  # no archive_url
    assert isinstance(settings.mail, SmtpChannel)


@pytest.mark.parametrize(
    ("section", "keys"),
    [
        ("feeds", FEED.adapters),
        ("topics", TOPIC.adapters),
        ("topics", RULE.adapters),
        ("digests", DIGEST.adapters),
        ("polling", POLLING.adapters),
        ("storage", STORAGE.adapters),
        ("operator", OPERATOR.adapters),
        ("health", HEALTH.adapters),
        ("web", WEB.adapters),
        ("mail", COMMON.adapters),
        ("mail", [field.name for field in fields(MaildirChannel)]),
        ("mail", [field.name for field in fields(SmtpChannel)]),
    ],
)
def test_it_names_every_key(section: str, keys: list[str]) -> None:
    parts = re.split(r"^#?\[+([a-z]+)[a-z.]*\]+$", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = "".join(part for name, part in zip(parts[1::2], parts[2::2], strict=True) if name == section)
    shown = set(re.findall(r"^#?(?:#   )?([a-z_]+) +=", text, flags=re.MULTILINE))
    assert set(keys) - {"rule"} <= shown | {"any"}


def test_its_lines_are_short_enough_to_read() -> None:
    assert max(len(line) for line in EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 100


@pytest.mark.parametrize(("headline", "expected"), HEADLINES)
def test_a_headline_is_flagged_by_the_right_topics(topics: TopicIndex, headline: str, expected: set[str]) -> None:
    assert names(topics, headline) == expected


@pytest.mark.skipif(not SEED.is_dir(), reason="the seed articles are not beside the checkout")
def test_the_seed_article_is_flagged_by_both_topics_in_full_and_by_its_beginning(topics: TopicIndex) -> None:
    files = sorted(SEED.glob("*.txt"))
    assert files
    for file in files:
        title, _, rest = file.read_text(encoding="utf-8").partition("\n")
        paragraphs = [line for line in rest.splitlines() if line.strip()]
        first = next(line for line in paragraphs if len(line) > 80)
        assert names(topics, title, rest) == BOTH
        assert names(topics, title, first) == BOTH
