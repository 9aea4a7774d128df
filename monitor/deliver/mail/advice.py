"""What a person can do about a message that was not accepted: a sentence for each kind of failure. Pure.

The number of the reply says it, where there was one: a server that turns us away is not one that is not there.
Many servers put off what they think of a client until it names a recipient (Postfix does, smtpd_delay_reject); then
only the words of the reply say what is at fault. `retry` decides what the program does by itself.
"""

import re

from monitor.errors import DeliveryError

BY_STAGE = {
    "resolve": "The name of the mail server was not found: check host in [mail], and whether this machine has DNS.",
    "connect": "No mail server answers there: check host and port in [mail], firewalls, and "
    "whether the provider blocks the port; 587 and 465 are open more often than 25.",
    "tls": 'The TLS connection could not be established: check tls in [mail] ("implicit" is for port 465, '
    '"starttls" for 587), the clock of this machine, and ca_file if the server has a private certificate.',
    "login": "The server does not accept the login: check username, and whether the password is the one for "
    "programs; many providers want an app password.",
    "sender": "The server does not send mail from this address: write the address that belongs to the login "
    "into sender in [mail].",
    "recipient": "The server does not accept this recipient: check the address for typing errors.",
    "data": "The server refused the message itself; its answer says why. Often it accepts mail from this "
    "sender only with SPF or DKIM, or treats it as spam.",
    "hello": "A mail server answers, but the connection broke when this machine introduced itself: check host, port "
    "and tls in [mail].",
    "write": "The folder cannot be written: check its owner, and the free space on the disk.",
}
LOGIN_REQUIRED = 530  # RFC 4954 §6
LOGIN_NEEDED = "The server wants a login first: set username and a password in [mail]."
NOT_NOW = "The server says so for now; the program would try again by itself."
ACCEPTED = "The message was accepted; look into the mailbox, and into its spam."
UNKNOWN = "The connection broke after the end of the message: it may have arrived nevertheless."

BUSY = (
    "A mail server answers, but takes no more connections for now (421). The program tries again by itself. If this "
    "lasts, other programs use the same login, or the provider limits how many mails may go out."
)
BAD_HELLO = (
    "A mail server answers, but does not accept the name by which this machine introduces itself: write a name that "
    'DNS knows into hello in [mail], such as hello = "news.example.org". If its answer speaks of the address of this '
    "machine, use the submission server of your mail provider, with a login."
)
HELLO_NOT_NOW = (
    "A mail server answers, but ends the connection when this machine introduces itself; the program tries again by "
    "itself. If this lasts, it does not accept the name: write one that DNS knows into hello in [mail], such as "
    'hello = "news.example.org". Or it takes too many mails from this login or address.'
)
TURNED_AWAY = (
    "A mail server answers, but takes no mail from this machine: its address is on a block list (those of homes "
    "usually are), or this is a server that only receives. Use the submission server of your mail provider, with port "
    "587 and a login."
)
NO_MAIL_SERVER = (
    "Something answers there that is not a mail server, or wants TLS from the first byte: check host, port and tls in "
    '[mail] ("implicit" is for port 465).'
)
OAUTH_ONLY = (
    "This provider takes no password from programs, only OAuth2: docs/smtp-oauth2.md says how. Or see whether it gives "
    "app passwords, or SMTP logins that an administrator switches on."
)

NO_LOGIN = (
    "The server offers no login that this program has (PLAIN or LOGIN): check whether host and port in [mail] are "
    "those of the provider's submission server, usually port 587. A server that takes mail without a login needs no "
    "username."
)
NO_RELAY = (
    "The server passes on no mail of strangers: set username and a password in [mail], or use the submission server "
    "of your mail provider, with port 587."
)
NO_SMTPUTF8 = (
    "This server can send to plain addresses only: write another address of this person into to, or use a mail "
    "server that offers SMTPUTF8."
)

BUSY_CODE = 421  # RFC 5321 §3.8
NOT_SMTP = -1
"""What smtplib makes of an answer without a number."""

UNKNOWN_COMMANDS = frozenset({500, 502, NOT_SMTP})
"""What answers EHLO with these speaks no SMTP of this century."""

OAUTH_SIGNS = ("oauth", "basic authentication is disabled", "smtpclientauthentication is disabled", "5.7.139")
"""In our own words where a server offers nothing else, and in those of servers that offer what they do not take."""
APP_PASSWORD = re.compile(r"app(lication)?[- ]?(specific )?password")
"""What a provider that takes OAuth2 takes besides, where it names that."""

OF_LOGIN = ((("accepts no password login",), NO_LOGIN),)
OF_CLIENT = (
    (("helo command rejected", "ehlo command rejected", "invalid helo", "helo name", "ehlo name"), BAD_HELLO),
    (("client host", "blocked using", "block list", "blocklist", "blacklist", "dnsbl"), TURNED_AWAY),
    (("sender address rejected", "sender verify failed", "not owned by user"), BY_STAGE["sender"]),
    (("relay",), NO_RELAY),
    (("smtputf8",), NO_SMTPUTF8),
)
"""What replies to MAIL and RCPT say of this machine or the sender, in the words of Postfix, Exim, Exchange and of our
own, and what to do. The first row that fits is taken.
"""


def advice(error: DeliveryError) -> str:
    """What to do about it, in words."""
    if error.unknown:
        return UNKNOWN
    if error.code == LOGIN_REQUIRED and error.stage != "login":
        return LOGIN_NEEDED
    if error.code is not None and not error.permanent and error.code != NOT_SMTP:
        return _not_now(error)
    if error.stage in {"connect", "hello"} and error.code is not None:
        return _turned_away(error.stage, error.code)
    return _by_words(error) or BY_STAGE.get(error.stage, NOT_NOW)


def _not_now(error: DeliveryError) -> str:
    """For an answer that may be another one next time, unless its words name what only a person can change."""
    if error.stage == "hello":
        return HELLO_NOT_NOW
    return BUSY if error.code == BUSY_CODE else _by_words(error) or NOT_NOW


def _by_words(error: DeliveryError) -> str:
    """What the words of the reply ask for; "" if they say no more than the stage."""
    answer = error.answer.lower()
    if error.stage == "login" and any(sign in answer for sign in OAUTH_SIGNS) and not APP_PASSWORD.search(answer):
        return OAUTH_ONLY
    table = {"login": OF_LOGIN, "sender": OF_CLIENT, "recipient": OF_CLIENT}.get(error.stage, ())
    return next((words for signs, words in table if any(sign in answer for sign in signs)), "")


def _turned_away(stage: str, code: int) -> str:
    """For a server that answers the connection, or EHLO, with something else than yes."""
    if code == NOT_SMTP or (stage == "hello" and code in UNKNOWN_COMMANDS):
        return NO_MAIL_SERVER
    return BAD_HELLO if stage == "hello" else TURNED_AWAY
