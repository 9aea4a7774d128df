"""The one answer: did it reach a reader, and if it did not, the first thing that kept it from that."""

from collections.abc import Sequence

from monitor.fate.finding import Cause, Finding, Stage

SENTENCES = {
    Cause.LISTED: "You got it, unless the mail was lost behind the server.",
    Cause.FOLDED: "You got it, in one line or as part of a story.",
    Cause.POINTER: "You got it, as a pointer to where its story is.",
    Cause.IN_ATTACHMENT: "It was found and mailed, but only in the attached file: the mail had no room for it.",
    Cause.IN_ARCHIVE: "It was found, but the mail had no room for it: it is on the archive page of the edition.",
    Cause.NOT_SENT_YET: "It is in an edition whose mail has not been sent yet.",
    Cause.NOT_DELIVERED: "It is in an edition whose mail did not arrive.",
    Cause.PAUSED: "It is in an edition that was not sent, because its recipient had paused these mails.",
    Cause.NO_RECIPIENTS: "It is in an edition that is mailed to nobody.",
    Cause.WAITING: "It was found, and no edition was due since.",
    Cause.MUTED: "It was found, and not reported because it is muted.",
    Cause.DROPPED_BY_HAND: "It was found, and a person dropped it from the draft of its edition.",
    Cause.PERHAPS: "No topic matches it; an edition showed it below “Perhaps also”.",
    Cause.COUNTED_AT_FIRST_POLL: "It was in its feed before the first poll, so it was counted and not listed.",
    Cause.BEFORE_THE_DIGEST: "It was found too late, or before its digest was there, so it is not listed.",
    Cause.IN_NO_DIGEST: "It was found, but its topic is in no digest.",
    Cause.TAKEN_BACK: "A topic matched it before; that topic or the article has changed, and no digest listed it.",
    Cause.NOT_MATCHED_AGAIN: "A topic would match it now, but did not when it came.",
    Cause.EXCLUDED: "You did not get it: an exclusion (`none`) of the nearest topic was found in it.",
    Cause.OTHER_LANGUAGE: "You did not get it: the nearest topic does not take its language.",
    Cause.OTHER_SOURCE: "You did not get it: the nearest topic does not take its outlet.",
    Cause.TOO_FAR_APART: "You did not get it: the words of the nearest topic stand too far apart.",
    Cause.TOO_FEW_MENTIONS: "You did not get it: the nearest topic asks for more mentions.",
    Cause.NOT_A_PAIR: "You did not get it: the pair of the nearest topic is nowhere side by side.",
    Cause.LACKS_A_GROUP: "You did not get it: words that the nearest topic asks for are missing.",
    Cause.NO_TOPIC: "You did not get it: no topic is enabled.",
    Cause.REMOVED: "It was stored once; the owner has removed it (`articles forget`).",
    Cause.DROPPED: "It was stored once; it has been dropped since, because it was older than [storage] keep.",
    Cause.NO_FEED: "It was never seen: no feed of its outlet is in the config.",
    Cause.NOT_POLLED: "It was never seen: the feeds of its outlet are not polled.",
    Cause.FEED_IS_NEW: "It was never seen: the feed of its outlet was added later.",
    Cause.OUTAGE: "It was never seen: no server at all could be reached then.",
    Cause.FEED_FAILED: "It was never seen: a feed of its outlet failed then.",
    Cause.GAP: "It was never seen: a feed of its outlet has a gap then.",
    Cause.LEFT_OUT: "It was never seen: a feed of its outlet had more items than are read.",
    Cause.REFUSED: "It was never seen: a feed of its outlet had items that could not be stored.",
    Cause.FEED_SILENT: "It was never seen: a feed of its outlet has been silent.",
    Cause.NOT_REMEMBERED: "It was never seen; what the feeds did so long ago is not known any more.",
    Cause.NOT_IN_FEED: "It was never seen: the feeds of its outlet were read without it.",
    Cause.NOT_FOUND: "No stored article was found.",
}

SHOWN = (Cause.LISTED, Cause.FOLDED, Cause.POINTER)
BEYOND = (Cause.IN_ATTACHMENT, Cause.IN_ARCHIVE)
SENDING = (Cause.SENT, Cause.NOT_SENT_YET, Cause.NOT_DELIVERED, Cause.PAUSED, Cause.NO_RECIPIENTS)
UNLISTED = (
    Cause.MUTED,
    Cause.DROPPED_BY_HAND,
    Cause.WAITING,
    Cause.COUNTED_AT_FIRST_POLL,
    Cause.BEFORE_THE_DIGEST,
    Cause.IN_NO_DIGEST,
    Cause.PERHAPS,
)
ABSENT = (
    Cause.REMOVED,
    Cause.DROPPED,
    Cause.NO_FEED,
    Cause.NOT_POLLED,
    Cause.FEED_IS_NEW,
    Cause.OUTAGE,
    Cause.FEED_FAILED,
    Cause.GAP,
    Cause.LEFT_OUT,
    Cause.REFUSED,
    Cause.FEED_SILENT,
    Cause.NOT_REMEMBERED,
    Cause.NOT_IN_FEED,
    Cause.NOT_FOUND,
)


def answer(findings: Sequence[Finding]) -> Finding:
    """The cause and its sentence, at the stage that decided."""
    cause = _cause(findings)
    decided = next((each for each in findings if each.cause is cause), findings[0])
    return Finding(stage=decided.stage, cause=cause, sentence=SENTENCES[cause], topic=decided.topic)


def _cause(findings: Sequence[Finding]) -> Cause:
    causes = {each.cause for each in findings}
    shown = next((cause for cause in (*SHOWN, *BEYOND) if cause in causes), None)
    if shown is not None:
        sent = next((cause for cause in SENDING if cause in causes), Cause.SENT)
        return shown if sent is Cause.SENT else sent
    kept = next((cause for cause in (*UNLISTED, *ABSENT) if cause in causes), None)
    return kept or next(each.cause for each in findings if each.stage is Stage.TOPIC)
