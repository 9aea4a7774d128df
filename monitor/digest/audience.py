"""What readers are told of the running of the program: all of it, or in short where an operator hears the rest."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.model.edition_input import Coverage
from monitor.model.note import Note, NoteKind

IN_COVERAGE = {NoteKind.FEED, NoteKind.OUTAGE}
"""Coverage has words of its own for these."""

OF_OTHERS = {NoteKind.RECIPIENT, NoteKind.DELIVERY}
"""These name people; a reader hears of others only how many there are."""


def coverage_for_readers(coverage: Coverage, notes: Sequence[Note], *, has_operator: bool) -> Coverage:
    """With an operator, readers learn which feeds failed and since when, for that is what silence rests on; why, and
    everything else that is noted, is the operator's. Without one, they learn it all.
    """
    if has_operator:
        return replace(coverage, failing=tuple(replace(trouble, reason="") for trouble in coverage.failing))
    shown = [note.text for note in notes if note.kind not in IN_COVERAGE | OF_OTHERS]
    others = sum(note.kind in OF_OTHERS for note in notes)
    if others:
        shown.append(f"Deliveries that need a hand: {others}. `news-monitor deliveries list` shows them.")
    return replace(coverage, notes=tuple(shown))
