"""Old TLS and certificates of the owner's own: for the host of one feed, and for nobody else."""

import ssl
from pathlib import Path

import pytest
import trustme
from fetch_rig import expect_failed, expect_fetched, fetcher, one_round, settings
from origin import Origin, redirect, reply

from monitor.fetch.certificates import USUAL, Trust, certificates, trusted_certificates
from monitor.fetch.faults import Fault
from monitor.model.fetch import FetchOutcome, FetchProblem, FetchRequest
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings

FEED = b"<rss/>"
pytestmark = pytest.mark.filterwarnings("ignore:ssl.OP_NO_:DeprecationWarning")  # how the old server is made


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ours(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(tmp_path / "ours.pem")
    return tmp_path / "ours.pem"


def served_by(authority: trustme.CA, *names: str, is_old: bool = False) -> ssl.SSLContext:
    """A server's side of TLS; `is_old`: of 2006, with TLS 1.0 and nothing later."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if is_old:
        tls.set_ciphers("ALL@SECLEVEL=0")
        tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        tls.options |= ssl.OP_NO_TLSv1_1 | ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3
    authority.issue_cert(*names).configure_cert(tls)
    return tls


def asked(feed: FeedSettings, origin: Origin, *others: Origin, url: str = "") -> FetchOutcome:
    by = fetcher(
        settings(origin, allow_private=("127.0.0.0/8",), allow_ports=tuple(other.port for other in others)),
        tls=trusted_certificates(),
        resolve=lambda _host, _port: ["127.0.0.1"],
    )
    return one_round(by, [FetchRequest(feed_id=FeedId(1), url=url or feed.url, feed=feed)])[0]


def test_a_certificate_of_the_owners_own_is_trusted_for_the_feed_that_names_it(
    authority: trustme.CA, ours: Path
) -> None:
    with Origin(tls=served_by(authority, "127.0.0.1")) as origin:
        origin.serve("/feed", reply(FEED))
        without = FeedSettings(url=origin.url("/feed"))
        assert expect_failed(asked(without, origin)).problem is FetchProblem.TLS
        assert expect_fetched(asked(FeedSettings(url=origin.url("/feed"), ca_file=ours), origin)).body == FEED


def test_a_certificate_of_the_server_itself_will_do(authority: trustme.CA, tmp_path: Path) -> None:
    leaf = authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(tmp_path / "leaf.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(tls)
    with Origin(tls=tls) as origin:
        origin.serve("/feed", reply(FEED))
        expect_fetched(asked(FeedSettings(url=origin.url("/feed"), ca_file=tmp_path / "leaf.pem"), origin))


def test_its_name_is_verified_all_the_same(authority: trustme.CA, ours: Path) -> None:
    with Origin(tls=served_by(authority, "post.example")) as origin:
        origin.serve("/feed", reply(FEED))
        good = FeedSettings(url=origin.url("/feed", "post.example"), ca_file=ours, tls="legacy")
        expect_fetched(asked(good, origin))
        wrong = FeedSettings(url=origin.url("/feed", "other.example"), ca_file=ours, tls="legacy")
        assert expect_failed(asked(wrong, origin)).problem is FetchProblem.TLS


@pytest.mark.parametrize("key", ["ca_file", "tls"])
def test_what_a_feed_is_allowed_holds_for_no_host_that_it_redirects_to(
    authority: trustme.CA, ours: Path, key: str
) -> None:
    served = served_by(authority, "post.example", "other.example", is_old=key == "tls")
    with Origin(tls=served) as origin:
        origin.serve("/feed", redirect(origin.url("/feed", "other.example")), host="post.example")
        origin.serve("/feed", reply(FEED), host="other.example")
        feed = FeedSettings(url=origin.url("/feed", "post.example"), ca_file=ours, tls="legacy" if key == "tls" else "")
        outcome = expect_failed(asked(feed, origin))
    assert outcome.problem is FetchProblem.TLS
    assert "redirected to https://other.example" in outcome.detail


def test_old_tls_is_spoken_only_where_the_feed_says_so(authority: trustme.CA, ours: Path) -> None:
    with Origin(tls=served_by(authority, "127.0.0.1", is_old=True)) as origin:
        origin.serve("/feed", reply(FEED))
        strict = FeedSettings(url=origin.url("/feed"), ca_file=ours)
        assert expect_failed(asked(strict, origin)).problem is FetchProblem.TLS
        old = FeedSettings(url=origin.url("/feed"), ca_file=ours, tls="legacy")
        assert expect_fetched(asked(old, origin)).body == FEED
        unknown = FeedSettings(url=origin.url("/feed"), tls="legacy")
        assert "certificate of the server is not accepted" in expect_failed(asked(unknown, origin)).detail


def test_certificates_that_are_gone_are_a_failure_with_a_reason(tmp_path: Path) -> None:
    with Origin() as origin:
        feed = FeedSettings(url=origin.url("/feed").replace("http:", "https:"), ca_file=tmp_path / "gone.pem")
        outcome = expect_failed(asked(feed, origin))
    assert outcome.problem is FetchProblem.TLS
    assert "the certificates of ca_file cannot be read: No such file or directory" in outcome.detail


def test_the_usual_trust_is_never_changed(ours: Path) -> None:
    usual = trusted_certificates()
    assert certificates(USUAL, usual) is usual
    special = certificates(Trust("legacy", ours), usual)
    assert special.verify_mode is ssl.CERT_REQUIRED
    assert special.check_hostname
    assert usual.minimum_version >= ssl.TLSVersion.TLSv1_2
    with pytest.raises(Fault):
        certificates(Trust("", ours.with_name("gone.pem")), usual)
