"""Which topics match an article, and why: term forms, rules, and the index that runs them all at once.

Deterministic and pure: the same topics and the same words always give the same matches, in the order of
the topics' names. It does not read TOML (`config` does, and turns the paths of problems into lines), store
anything, or judge how important an article is beyond the tier. docs/topics.md describes the language.
"""

from monitor.match.explain import Explanation, GroupFinding, RuleFinding
from monitor.match.fingerprint import fingerprint, own_wordings
from monitor.match.index import TopicIndex
from monitor.match.naming import rule_from_name
from monitor.match.rule_mistakes import TermProblem, spelling_problems, term_problems
from monitor.match.terms import listed_names

__all__ = [
    "Explanation",
    "GroupFinding",
    "RuleFinding",
    "TermProblem",
    "TopicIndex",
    "fingerprint",
    "listed_names",
    "own_wordings",
    "rule_from_name",
    "spelling_problems",
    "term_problems",
]
