"""What the domain of a sender publishes about its mail: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989).

Pure, but for the questions that `records` answers.

It is advice: which servers a mail leaves by, and whether they sign it, is known to them and to who receives it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from monitor.deliver.channel import SenderFinding

Records = Callable[[str], tuple[str, ...] | None]
"""Name → its TXT records; None if there is neither the name nor any below it."""

SELECTORS = ("default", "dkim", "google", "k1", "mail", "s1", "selector1")
"""Where keys often are. A few name servers deny a name that has only names below it (RFC 8020 says they must not)."""

LONGEST_WALK = 8
"""Labels of a name, at most, that are asked for one after the other (RFC 9989 §4.10)."""

REMOVED_TAGS = ("pct", "rf", "ri")
"""Tags of RFC 7489 that mean nothing any more."""

POLICIES = ("none", "quarantine", "reject")
ASK_PROVIDER = "Your mail provider says what to publish."


@dataclass(frozen=True, slots=True, kw_only=True)
class Dmarc:
    """A record of DMARC."""

    domain: str
    """Where it was found."""
    tags: dict[str, str]
    """Its tags, by their names in lower case."""

    @property
    def psd(self) -> str:
        """What kind of domain it is: "y" a public suffix, "n" that of an organisation, else "u"."""
        return self.tags.get("psd", "u").lower()


def findings(domain: str, records: Records) -> Iterator[SenderFinding]:
    """What is there and what is missing, of SPF, DKIM and DMARC in turn; one line if nobody knows the domain."""
    if records(domain) is None:
        advice = "Write a sender whose domain exists, or ask from a network that knows it."
        yield SenderFinding(about=f"records of {domain}", said="DNS knows no such domain", advice=advice)
        return
    yield _spf(domain, records)
    yield _dkim(domain, records)
    yield _dmarc(domain, records)


def _spf(domain: str, records: Records) -> SenderFinding:
    found = [each for each in records(domain) or () if re.match(r"v=spf1( |$)", each, re.IGNORECASE)]
    about = f"SPF of {domain}"
    if not found:
        advice = f"Publish which servers send mail of {domain}, or mails may be taken for spam. {ASK_PROVIDER}"
        return SenderFinding(about=about, said="no record", advice=advice)
    if len(found) > 1:
        advice = "Receivers take none of them (RFC 7208 §4.5): make them one."
        return SenderFinding(about=about, said=f"{len(found)} records", advice=advice)
    terms = found[0].lower().split()[1:]
    if "+all" in terms or "all" in terms:
        return SenderFinding(about=about, said=found[0], advice="It allows every server to send: write ~all or -all.")
    has_end = any(term[-3:] == "all" or term.startswith("redirect=") for term in terms)
    if "?all" in terms or not has_end:
        return SenderFinding(about=about, said=found[0], advice="It says nothing of other servers: end it with ~all.")
    return SenderFinding(about=about, said=found[0])


def _dkim(domain: str, records: Records) -> SenderFinding:
    """Names of keys are in signatures alone, so it is only asked whether there is any."""
    about = f"DKIM of {domain}"
    has_any = records(f"_domainkey.{domain}") is not None
    if has_any or any(records(f"{each}._domainkey.{domain}") for each in SELECTORS):
        said = "there are keys; whether the mail server signs with one, the source of a test message shows"
        return SenderFinding(about=about, said=said)
    advice = f"Switch signing on at the mail server, and publish the key that it shows. {ASK_PROVIDER}"
    return SenderFinding(about=about, said="no key", advice=advice)


def _dmarc(domain: str, records: Records) -> SenderFinding:
    about = f"DMARC of {domain}"
    found = policy_record(domain, records)
    if found is None:
        advice = f'Publish at _dmarc.{domain}, such as "v=DMARC1; p=none": large providers ask for it.'
        return SenderFinding(about=about, said="no record", advice=advice)
    where = "" if found.domain == domain else f", by the record of {found.domain}"
    policy = applied_policy(found, domain)
    testing = ", only for tests (t=y)" if found.tags.get("t", "n").lower() == "y" else ""
    said = f"mail that is not proved: {policy}{testing}{where}"
    removed = [tag for tag in REMOVED_TAGS if tag in found.tags]
    if removed:
        advice = f"{', '.join(removed)}: take it out, it means nothing any more (RFC 9989)."
        return SenderFinding(about=about, said=said, advice=advice)
    asked = found.tags.get("p", "none").lower()
    if asked not in POLICIES:
        return SenderFinding(about=about, said=said, advice="p is none, quarantine or reject; others count as none.")
    return SenderFinding(about=about, said=said)


def policy_record(domain: str, records: Records) -> Dmarc | None:
    """The record that applies to mail from this domain: its own, else that of its organisation, else that of the
    public suffix above it (RFC 9989 §4.10).
    """
    own = _record(domain, records)
    if own is not None:
        return own
    above = [found for name in _above(domain) if (found := _record(name, records)) is not None]
    return _until_boundary(above)[-1] if above else None


def _until_boundary(above: list[Dmarc]) -> list[Dmarc]:
    """The records up to the one that says what it is, from below. That of a public suffix counts only where nothing
    below it has one.
    """
    for place, each in enumerate(above):
        if each.psd == "n":
            return above[: place + 1]
        if each.psd == "y" and place > 0:
            return above[:place]
    return above


def _above(domain: str) -> Iterator[str]:
    """The domains above it, the top one too; of a very long name the first ones are left out."""
    labels = domain.split(".")
    first = max(1, len(labels) - LONGEST_WALK + 1)
    for place in range(first, len(labels)):
        yield ".".join(labels[place:])


def _record(domain: str, records: Records) -> Dmarc | None:
    """The record at this domain. Several count for none (RFC 9989 §4.7)."""
    found = [tags for each in records(f"_dmarc.{domain}") or () if (tags := _tags(each))]
    return Dmarc(domain=domain, tags=found[0]) if len(found) == 1 else None


def _tags(record: str) -> dict[str, str]:
    """The tags of a record that begins as DMARC does; empty for others."""
    pairs = [each.partition("=") for each in record.split(";") if each.strip()]
    tags = {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}
    is_dmarc = bool(pairs) and pairs[0][0].strip().lower() == "v" and pairs[0][2].strip() == "DMARC1"
    return tags if is_dmarc else {}


def applied_policy(found: Dmarc, domain: str) -> str:
    """What the record asks receivers to do with mail from the domain that is not proved to be its own."""
    own = found.tags.get("p", "none").lower()
    asked = own if found.domain == domain else found.tags.get("sp", own).lower()
    return asked if asked in POLICIES else POLICIES[0]
