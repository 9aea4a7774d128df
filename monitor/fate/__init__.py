"""Why did I (not) get this? From facts of the store to findings: sentences, each with a cause for machines.

Pure. The facts are a `model.fate.Fate` or an `Absence`; the verdicts of topics are `match.Explanation`s and are not
judged again. `cli.why` reads the facts, asks `match`, and prints what is found.
"""

from monitor.fate.absent import absent, left_out, not_found, of_outlet, removed
from monitor.fate.alerted import alerted
from monitor.fate.answer import answer
from monitor.fate.asked import Asked, asked, days_around, traces_of
from monitor.fate.finding import Cause, Finding, Stage
from monitor.fate.judged import judged, nearest
from monitor.fate.mailed import Mailed, Place, place_in
from monitor.fate.reading import HEADLINES_READ, best_headlines
from monitor.fate.remedy import Remedy, remedy, title_words
from monitor.fate.shown import reached
from monitor.fate.stored import came

__all__ = [
    "HEADLINES_READ",
    "Asked",
    "Cause",
    "Finding",
    "Mailed",
    "Place",
    "Remedy",
    "Stage",
    "absent",
    "alerted",
    "answer",
    "asked",
    "best_headlines",
    "came",
    "days_around",
    "judged",
    "left_out",
    "nearest",
    "not_found",
    "of_outlet",
    "place_in",
    "reached",
    "remedy",
    "removed",
    "title_words",
    "traces_of",
]
