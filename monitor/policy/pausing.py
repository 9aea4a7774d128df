"""What happens to messages that their recipient has paused: they are made, stay in the outbox, and are not sent. The
first one after the pause names them (rule D11), because what they list is listed in no other.
"""

from collections.abc import Iterable

from monitor.model.people import Pause

PAUSED = "paused"
"""How the answer begins of a message that was not sent for this."""


def why_paused(pause: Pause) -> str:
    """Why a recipient gets no messages of a kind, as a clause."""
    until = "" if pause.until is None else f" until {pause.until:%Y-%m-%d %H:%M} UTC"
    return f"the recipient paused these messages on {pause.since:%Y-%m-%d}{until}"


def unwanted(pauses: Iterable[Pause]) -> dict[str, str]:
    """Recipient → why these messages are not sent, as the answer of one says it."""
    return {each.recipient: f"{PAUSED}: {why_paused(each)}" for each in pauses}


def is_paused(answer: str) -> bool:
    """Whether this is the answer of a message that was not sent because its recipient had paused such messages."""
    return answer.startswith(f"{PAUSED}: ")
