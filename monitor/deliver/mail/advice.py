"""What a person can do about a message that was not accepted: a sentence for each kind of failure. Pure.

`retry` decides what the program does by itself.
"""

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
    "write": "The folder cannot be written: check its owner, and the free space on the disk.",
}
LOGIN_REQUIRED = 530  # RFC 4954 §6
LOGIN_NEEDED = "The server wants a login first: set username and a password in [mail]."
NOT_NOW = "The server says so for now; the program would try again by itself."
ACCEPTED = "The message was accepted; look into the mailbox, and into its spam."
UNKNOWN = "The connection broke after the end of the message: it may have arrived nevertheless."


def advice(error: DeliveryError) -> str:
    """What to do about it, in words."""
    if error.unknown:
        return UNKNOWN
    if error.code == LOGIN_REQUIRED and error.stage != "login":
        return LOGIN_NEEDED
    if error.code is not None and not error.permanent and error.stage in {"recipient", "data", "sender"}:
        return NOT_NOW
    return BY_STAGE.get(error.stage, NOT_NOW)
