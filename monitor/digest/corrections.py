"""Articles that an earlier edition showed and that were corrected or withdrawn since; other rewordings do not count."""

from collections.abc import Collection, Iterable

from monitor.digest.changed_meaning import is_changed_in_meaning
from monitor.digest.correction_marks import marked_headline, marked_text, without_marks
from monitor.digest.entries import item
from monitor.digest.plain import direction
from monitor.model.article import Article
from monitor.model.edition import Correction, CorrectionKind
from monitor.model.edition_input import Edit
from monitor.plain_text import one_line

NOTE_CHARACTERS = 240
"""The most characters of a publisher's note: two short sentences suffice for a correction and its reason."""

ORDER = tuple(CorrectionKind)
"""The order of kinds: withdrawn articles come first."""


def corrections_of(edits: Iterable[Edit], muted: Collection[str]) -> tuple[Correction, ...]:
    """The edits that are corrections, the most serious kind first; articles listed only under `muted` topics are left
    out.
    """
    heard = (edit for edit in edits if not set(edit.topics).issubset(muted))
    found = [correction for correction in map(_correction, heard) if correction is not None]
    return tuple(sorted(found, key=lambda each: (ORDER.index(CorrectionKind(each.kind)), each.item.article_id)))


def _correction(edit: Edit) -> Correction | None:
    kind, note = _kind_and_note(edit)
    if kind is None:
        return None
    before = one_line(edit.title) or one_line(edit.text, 120) or "(no title)"
    return Correction(
        item=item(edit.article),
        kind=kind,
        before=before,
        direction=direction(before),
        shown_at=edit.shown_at,
        note=one_line(note, NOTE_CHARACTERS),
    )


def _kind_and_note(edit: Edit) -> tuple[CorrectionKind | None, str]:
    now = edit.article
    headline, text = marked_headline(edit.title, now.title), marked_text(edit.text, now.text)
    in_text, note = text or (None, "")
    said = [kind for kind in ORDER if kind in (headline, in_text)]
    if said:
        return said[0], note
    return (CorrectionKind.CHANGED if _is_another_headline(edit.title, now) else None), ""


def _is_another_headline(before: str, now: Article) -> bool:
    return is_changed_in_meaning(without_marks(before), without_marks(now.title), now.text, now.language)
