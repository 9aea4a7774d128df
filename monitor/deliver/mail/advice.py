"""What a person can do about a message that was not accepted: a sentence for each kind of failure. Pure.

What the program does about it by itself is `retry`'s word.
"""

from monitor.errors import DeliveryError

BY_STAGE = {
    "resolve": "The name of the mail server was not found: look at host in [mail], and whether this machine has DNS.",
    "connect": "Nobody answers there as a mail server should: look at host and port in [mail], at firewalls, and "
    "whether the provider blocks the port; 587 and 465 are open more often than 25.",
    "tls": 'TLS did not come about: look at tls in [mail] ("implicit" is for port 465, "starttls" for 587), at the '
    "clock of this machine, and for a server with a certificate of its own at ca_file.",
    "login": "The server does not accept the login: look at username, and whether the password is the one for "
    "programs; many providers want an app password.",
    "sender": "The server does not send in the name of this sender: write the address that belongs to the login "
    "into sender in [mail].",
    "recipient": "The server does not take this recipient: look for a typing error in the address.",
    "data": "The server judged the message itself: its words say why; often it takes mail in the name of this "
    "sender only with SPF or DKIM, or thinks it spam.",
    "write": "The folder cannot be written: look at its owner, and at the space on the disk.",
}
LOGIN_REQUIRED = 530  # RFC 4954 §6
LOGIN_NEEDED = "The server wants a login first: set username and a password in [mail]."
NOT_NOW = "The server says so for now; the program would try again by itself."
ACCEPTED = "The message was accepted; look into the mailbox, and into its spam."
UNKNOWN = "The connection broke after the end of the message: it may have arrived all the same."


def advice(error: DeliveryError) -> str:
    """What to do about it, in words."""
    if error.unknown:
        return UNKNOWN
    if error.code == LOGIN_REQUIRED and error.stage != "login":
        return LOGIN_NEEDED
    if error.code is not None and not error.permanent and error.stage in {"recipient", "data", "sender"}:
        return NOT_NOW
    return BY_STAGE.get(error.stage, NOT_NOW)
