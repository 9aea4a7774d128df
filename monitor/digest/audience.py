"""What readers see about the operation of the program: everything, or a summary if an operator gets the rest."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.model.edition_input import Coverage
from monitor.model.note import Note, NoteKind

IN_COVERAGE = {NoteKind.FEED, NoteKind.OUTAGE}
"""Coverage has words of its own for these."""

OF_OTHERS = {NoteKind.RECIPIENT, NoteKind.DELIVERY}
"""Notes of these kinds name people; readers only see how many there are."""


IN_ROLL_UPS = {NoteKind.TAKEOVER}
"""A roll-up says what is worth changing in the config, whoever else is notified."""


def coverage_for_readers(
    coverage: Coverage, notes: Sequence[Note], *, has_operator: bool, is_rollup: bool = False
) -> Coverage:
    """The coverage for readers. With an operator, readers see which feeds have failed and since when, because that
    may explain silence; the reasons and all other notes go to the operator. Without an operator, readers see
    everything.
    """
    if has_operator:
        shown = [note.text for note in notes if is_rollup and note.kind in IN_ROLL_UPS]
        failing = tuple(replace(trouble, reason="") for trouble in coverage.failing)
        return replace(coverage, failing=failing, notes=tuple(shown))
    shown = [note.text for note in notes if note.kind not in IN_COVERAGE | OF_OTHERS]
    others = sum(note.kind in OF_OTHERS for note in notes)
    if others:
        shown.append(f"Deliveries that need attention: {others}. `news-monitor deliveries list` shows them.")
    return replace(coverage, notes=tuple(shown))
