"""The workbench: topics tried on articles that are there already, so that a person can get a rule right.

Pure: articles and topics go in, findings come out. Articles are taken one at a time and only what is shown
of them is kept, so a month of news fits in little memory. It does not open the store, read files or print;
`cli.topics` does. Only `match` decides what a term means and whether a topic matches: the questions of this package are
put to it as small topics (one per term, one per group), which run in the same pass.
"""

from monitor.workbench.audit import ELSEWHERE_SAMPLE, NEAR_SAMPLE, Unmatched, elsewhere_in_words, result, unmatched
from monitor.workbench.candidates import Candidate, candidates
from monitor.workbench.change import State, TopicChange, changes
from monitor.workbench.entry import Entry, Finding, Id, entry_of, finding
from monitor.workbench.examples import example_of, is_kept
from monitor.workbench.lessons import Gain, Lessons, NewTerm, effect, lessons
from monitor.workbench.line import entry_from_line, verdict
from monitor.workbench.list_search import NamedList, lists_with, named_lists
from monitor.workbench.misses import Misses, MissingGroup, misses
from monitor.workbench.precision import Judged, Loss, Proposal, Remedies, remedies
from monitor.workbench.sampled import bounds, drawn
from monitor.workbench.suggest import Suggestion, Suggestions, suggestions
from monitor.workbench.trial import Day, TermHits, Trial, trials
from monitor.workbench.wording import Example, RuleWording, Wording, brief, in_words

__all__ = [
    "ELSEWHERE_SAMPLE",
    "NEAR_SAMPLE",
    "Candidate",
    "Day",
    "Entry",
    "Example",
    "Finding",
    "Gain",
    "Id",
    "Judged",
    "Lessons",
    "Loss",
    "Misses",
    "MissingGroup",
    "NamedList",
    "NewTerm",
    "Proposal",
    "Remedies",
    "RuleWording",
    "State",
    "Suggestion",
    "Suggestions",
    "TermHits",
    "TopicChange",
    "Trial",
    "Unmatched",
    "Wording",
    "bounds",
    "brief",
    "candidates",
    "changes",
    "drawn",
    "effect",
    "elsewhere_in_words",
    "entry_from_line",
    "entry_of",
    "example_of",
    "finding",
    "in_words",
    "is_kept",
    "lessons",
    "lists_with",
    "misses",
    "named_lists",
    "remedies",
    "result",
    "suggestions",
    "trials",
    "unmatched",
    "verdict",
]
