"""Looks at what the domain of a sender publishes about its mail, for `doctor`."""

from datetime import timedelta

from monitor.deliver.channel import SenderFinding
from monitor.deliver.mail.address import is_for_documents
from monitor.deliver.mail.message import sender_domain
from monitor.plain_text import one_line

SHOWN_CHARACTERS = 200
PRIVATE = ("example", "home.arpa", "internal", "invalid", "lan", "local", "localhost", "test")
"""Endings of names that the DNS of the world does not know (RFC 2606, RFC 6761, RFC 6762, RFC 8375)."""


def check_sender(sender: str, timeout: timedelta, servers: tuple[str, ...] = (), port: int = 53) -> list[SenderFinding]:
    """What is there and what is missing; one line if DNS does not answer in time, and nothing for a domain that is
    not of the world.
    """
    from monitor.deliver.mail.sender_records import findings
    from monitor.deliver.mail.text_records import NoAnswerInTime, TextRecords

    domain = sender_domain(sender).lower()
    if not is_of_the_world(domain):
        return []
    found = list[SenderFinding]()
    try:
        for each in findings(domain, TextRecords(timeout, servers, port).of):
            found.append(_shown(each))
    except NoAnswerInTime:
        said = f"DNS did not answer within {timeout.total_seconds():g} seconds; not looked at"
        found.append(SenderFinding(about=f"records of {domain}", said=said))
    return found


def is_of_the_world(domain: str) -> bool:
    """Whether others can look this domain up."""
    is_private = any(f".{domain}".endswith(f".{each}") for each in PRIVATE)
    return "." in domain and not is_private and not is_for_documents(f"@{domain}") and not domain.startswith("[")


def _shown(finding: SenderFinding) -> SenderFinding:
    """A record is a stranger's words."""
    said = one_line(finding.said, SHOWN_CHARACTERS)
    return SenderFinding(about=finding.about, said=said, advice=finding.advice)
