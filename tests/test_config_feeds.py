"""What a feed may say of how it wants to be asked, and that no secret in it is ever repeated."""

from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from monitor.config import Settings, load
from monitor.errors import ConfigError
from monitor.model.settings import FeedSettings, Login

REST = '[[topics]]\nname = "Syria"\n[[digests]]\nname = "Daily"\nto = ["a@b.example"]\n'
HUSH = "hush-hush-4711"


def read(folder: Path, *lines: str, environ: dict[str, str] | None = None, mode: int = 0o600) -> Settings:
    """A config with one feed of these lines; a file `secret` lies beside it."""
    secret = folder / "secret"
    secret.write_text(f"{HUSH}\n")
    secret.chmod(0o600)
    config = folder / "config.toml"
    config.write_text("\n".join(['[[feeds]]\nurl = "https://a.example/rss"', *lines, REST]))
    config.chmod(mode)
    return load(config, environ or {}, is_draft=True)


def feed_of(folder: Path, *lines: str, environ: dict[str, str] | None = None) -> FeedSettings:
    settings = read(folder, *lines, environ=environ)
    assert settings.warnings == ()
    return settings.feeds[0]


def test_a_feed_may_be_asked_in_its_own_way(tmp_path: Path) -> None:
    feed = feed_of(
        tmp_path,
        'min_interval = "20m"',
        'max_interval = "12h"',
        'timeout = "2m"',
        'user_agent = "Reader/7"',
        'headers = { "X-Edition" = "world", Accept = "application/xml" }',
        'proxy = "http://me:pass@proxy.example:3128"',
    )
    assert (feed.min_interval, feed.max_interval) == (timedelta(minutes=20), timedelta(hours=12))
    assert (feed.timeout, feed.user_agent) == (timedelta(minutes=2), "Reader/7")
    assert feed.headers == (("X-Edition", "world"), ("Accept", "application/xml"))
    assert feed.proxy == "http://me:pass@proxy.example:3128"


def test_a_feed_may_be_reached_in_its_own_way(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ours.pem")
    feed = feed_of(
        tmp_path,
        'proxy = "socks5://me:pass@proxy.example:1080"',
        "proxy_dns = true",
        'tls = "legacy"',
        'ca_file = "ours.pem"',
    )
    assert (feed.proxy, feed.proxy_dns) == ("socks5://me:pass@proxy.example:1080", True)
    assert (feed.tls, feed.ca_file) == ("legacy", tmp_path / "ours.pem")


def test_tls_of_a_feed_without_https_is_reported_as_useless(tmp_path: Path) -> None:
    settings = read(tmp_path, 'tls = "legacy"\n[[feeds]]\nurl = "http://b.example/rss"\noutlet = "B"\ntls = "legacy"')
    (warning,) = settings.warnings
    assert "tls: has no effect: the feed's url does not begin with https" in str(warning)


def test_a_feed_may_name_its_publisher(tmp_path: Path) -> None:
    assert feed_of(tmp_path, 'publisher = "Tidings Group"').publisher == "Tidings Group"
    assert feed_of(tmp_path).publisher == ""


def test_the_publisher_of_an_aggregator_is_reported_as_useless(tmp_path: Path) -> None:
    settings = read(tmp_path, "aggregator = true", 'publisher = "Collector"')
    (warning,) = settings.warnings
    assert "publisher: has no effect in a feed with aggregator = true" in str(warning)


@pytest.mark.parametrize(
    ("auth", "username"),
    [
        ('username = "me", password_file = "secret"', "me"),
        ('username = "me", password_env = "POST"', "me"),
        ('username = "me", password_credential = "secret"', "me"),
        (f'username = "me", password = "{HUSH}"', "me"),
        ('token_file = "secret"', ""),
        ('token_env = "POST"', ""),
        ('token_credential = "secret"', ""),
        (f'token = "{HUSH}"', ""),
    ],
)
def test_a_login_is_found_where_it_is_said_to_be(tmp_path: Path, auth: str, username: str) -> None:
    environ = {"POST": HUSH, "CREDENTIALS_DIRECTORY": str(tmp_path)}
    feed = feed_of(tmp_path, f"auth = {{ {auth} }}", environ=environ)
    assert feed.auth == Login(username=username, secret=HUSH)
    assert HUSH not in repr(feed)


def test_a_login_may_be_a_table_of_its_own(tmp_path: Path) -> None:
    assert feed_of(tmp_path, "[feeds.auth]", 'token_file = "secret"').auth == Login(secret=HUSH)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('auth = "basic"', "write a table, such as"),
        ("auth = {}", "needs a username and one of password_file"),
        ('auth = { username = "me" }', "needs a username and one of"),
        ('auth = { username = "me", token_file = "secret" }', "needs a username and one of"),
        ('auth = { password_file = "secret" }', "needs a username and one of"),
        ('auth = { token_file = "secret", token_env = "X" }', "needs a username and one of"),
        ('auth = { user = "me" }', 'Did you mean "username"?'),
        ('auth = { username = "m:e", password_file = "secret" }', "not contain a colon"),
        ('auth = { token_file = "missing" }', "cannot be read"),
        ('auth = { token_env = "NOWHERE" }', "NOWHERE is not set"),
        (f'auth = {{ token = "{HUSH} é" }}', "is not a valid token"),
        (f'auth = {{ token = "{HUSH}", token_file = 5 }}', "is not a path"),
        (f'headers = {{ "X-Key" = "{HUSH}é" }}', "only plain ASCII"),
        (f'headers = {{ "X-Key" = "{HUSH}\\r\\nHost: evil" }}', "only plain ASCII"),
        (f'headers = {{ "X Key" = "{HUSH}" }}', "is not a valid header name"),
        (f'headers = {{ Authorization = "Bearer {HUSH}" }}', "is made from auth"),
        (f'headers = {{ COOKIE = "session={HUSH}" }}', "is not sent"),
        ('headers = { Host = "b.example" }', "is set by us"),
        (f'headers = ["{HUSH}"]', "write a table, such as"),
        (f'proxy = "socks5h://me:{HUSH}@p.example"', "proxy_dns = true if the proxy is to look up names"),
        (f'proxy = "socks4://me:{HUSH}@p.example"', "names a kind of proxy that is not used"),
        (f'proxy = "socks5://me:{HUSH}{"x" * 250}@p.example"', "is not a valid proxy address"),
        (f'proxy = "http://me:{HUSH}@p.example:99999"', "is not a valid proxy address"),
        ("proxy_dns = true", "proxy_dns: has no effect without proxy"),
        ('tls = "1.0"', 'write "legacy" for a server with old TLS'),
        ('ca_file = "missing.pem"', "missing.pem cannot be read: No such file or directory"),
        ('ca_file = "secret"', "has no certificate in PEM form"),
        (f'proxy = "http://p.example/{HUSH}"', "is not a valid proxy address"),
        ('min_interval = "2h"\nmax_interval = "1h"', "is shorter than min_interval"),
        ('timeout = "0s"', "longer than zero"),
        (f'url2 = "{HUSH}"', "unknown key"),
    ],
)
def test_what_cannot_be_is_refused_and_no_secret_repeated(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        read(tmp_path, line)
    assert message in str(refusal.value)
    assert HUSH not in str(refusal.value)


@pytest.mark.parametrize("auth", [f'username = "me", password = "{HUSH}"', f'token = "{HUSH}"'])
def test_a_login_may_stand_in_the_config_only_if_nobody_else_can_read_that(tmp_path: Path, auth: str) -> None:
    with pytest.raises(
        ConfigError, match=r"(password|token): a (password|token) may be written here only .* chmod 600"
    ):
        read(tmp_path, f"auth = {{ {auth} }}", mode=0o644)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (f'headers = {{ "X-Api-Key" = "{HUSH}" }}', "headers"),
        (f'proxy = "http://me:{HUSH}@p.example:3128"', "proxy"),
        (f'outlet = "B"\n[[feeds]]\nurl = "https://b.example/?token={HUSH}"', "url"),
    ],
)
def test_other_secrets_in_a_config_that_others_can_read_are_warned_of(tmp_path: Path, line: str, key: str) -> None:
    (warning,) = read(tmp_path, line, mode=0o644).warnings
    assert warning.key.endswith(f": {key}")
    assert "contains a secret" in warning.message
    assert HUSH not in str(warning)


def test_a_credential_that_only_the_service_has_is_no_mistake_of_a_command(tmp_path: Path) -> None:
    settings = read(tmp_path, 'auth = { token_credential = "post-token" }')
    assert settings.feeds[0].auth is None
    assert "only the service has it" in settings.warnings[0].message


def test_a_secret_in_a_line_that_is_not_toml_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        read(tmp_path, f"auth = {{ token = {HUSH} }}")
    assert HUSH not in str(refusal.value)
