"""Messages, and what makes the daemon send or leave out: retry, cancel, a test, muted stories. Doctor, too."""

from dataclasses import asdict
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape

from monitor.model.ids import DeliveryId, StoryId
from monitor.model.requests import AnyRequest, CancelRequest, RetryRequest, SendRequest
from monitor.signed_links import masked
from monitor.web.app import Document, NotFound, Shown
from monitor.web.desk import Ask, Desk
from monitor.web.look import quoted
from monitor.web.pausing import lasts

LISTED = 100


def deliveries(desk: Desk, ask: Ask) -> Shown:
    state = ask.query.get("state", "")
    found = desk.store.deliveries.records(states=[state] if state else (), limit=LISTED)
    facts = {
        "deliveries": [asdict(each) for each in found],
        "states": desk.store.deliveries.counts(),
        "chosen": state,
        "paused": [{**asdict(each), "lasts": lasts(each, desk.now())} for each in desk.store.people.paused(desk.now())],
    }
    return Shown(template="deliveries.html.j2", title="Deliveries", facts=facts)


def delivery(desk: Desk, ask: Ask) -> Shown:
    """One message: what servers said, and what it says itself."""
    found = desk.store.deliveries.record(DeliveryId(ask.path["id"]))
    if found is None:
        raise NotFound(f"There is no delivery {ask.path['id']}.")
    record, attempts, body = found
    facts = {
        "delivery": asdict(record),
        "history": [asdict(each) for each in attempts],
        "headers": {name: masked(value) for name, value in desk.settings.mail.described(body).items()} if body else {},
        "text": masked(desk.settings.mail.text_of(body)) if body else "",
        "bytes": len(body),
    }
    return Shown(template="delivery.html.j2", title=f"Delivery {record.id}", facts=facts)


def delivery_document(desk: Desk, ask: Ask) -> Document:
    """The HTML part as it was sent, but for the signature by which its recipient pauses such mails."""
    found = desk.store.deliveries.record(DeliveryId(ask.path["id"]))
    if found is None:
        raise NotFound(f"There is no delivery {ask.path['id']}.")
    message = message_from_bytes(found[2], _class=EmailMessage, policy=default)
    part = message.get_body(("html",))
    if part is None:
        text = desk.settings.mail.text_of(found[2]) if found[2] else "Its text was deleted ([storage] keep)."
        return Document(html=f"<!doctype html><meta charset=utf-8><title>Mail</title><pre>{escape(masked(text))}</pre>")
    return Document(html=masked(str(part.get_content())))


def retry(desk: Desk, ask: Ask) -> Shown:
    return _asked(desk, RetryRequest(ids=(DeliveryId(ask.path["id"]),)), f"/deliveries/{ask.path['id']}")


def cancel(desk: Desk, ask: Ask) -> Shown:
    return _asked(desk, CancelRequest(ids=(DeliveryId(ask.path["id"]),)), f"/deliveries/{ask.path['id']}")


def resume(desk: Desk, ask: Ask) -> str:
    """End a pause of a recipient who cannot, or has asked somebody to."""
    desk.store.people.resume(ask.form.get("recipient", ""), ask.form.get("subject", ""))
    return "/deliveries"


def test(desk: Desk, ask: Ask) -> Shown:
    """Send the next edition as a test: nothing of it counts as listed."""
    digest = ask.form.get("digest", "")
    if digest not in {each.name for each in desk.settings.digests}:
        raise NotFound("There is no digest of this name in the config.")
    to = (ask.form["to"],) if ask.form.get("to") else ()
    return _asked(desk, SendRequest(digest=digest, test=True, to=to), f"/preview?digest={quoted(digest)}")


def _asked(desk: Desk, request: AnyRequest, back: str) -> Shown:
    came = desk.commands.ask(desk.settings, request)["deliveries"]
    said = [f"{each['recipient']}: {each['state']}{': ' + each['answer'] if each['answer'] else ''}" for each in came]
    lines = said or ["Nothing was sent: the edition is empty, or nobody gets it."]
    facts = {"heading": "The result", "lines": lines, "diff": [], "back": back}
    return Shown(template="done.html.j2", title="The result", facts=facts)


def mute(desk: Desk, ask: Ask) -> str:
    return _muting(desk, ask, is_muted=True)


def unmute(desk: Desk, ask: Ask) -> str:
    return _muting(desk, ask, is_muted=False)


def _muting(desk: Desk, ask: Ask, *, is_muted: bool) -> str:
    wanted = StoryId(ask.path["id"])
    if desk.store.stories.one(wanted, desk.joining()) is None:
        raise NotFound(f"There is no story {wanted}.")
    if is_muted:
        desk.store.stories.mute(wanted, desk.now())
    else:
        desk.store.stories.unmute(wanted)
    return f"/stories/{wanted}"


def doctor(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all pages are asked alike)
    """What can be known without asking anybody."""
    found = desk.commands.doctor(desk.settings, is_offline=True)
    return Shown(template="doctor.html.j2", title="Doctor", facts={"findings": found, "is_offline": True})


def doctor_online(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all changes are asked alike)
    """The same with the network and the mail server, which are asked: so it is a button."""
    found = desk.commands.doctor(desk.settings, is_offline=False)
    return Shown(template="doctor.html.j2", title="Doctor", facts={"findings": found, "is_offline": False})
