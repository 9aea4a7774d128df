"""The page behind an article: whether it may be read, and whether what was read is the article. Pure.

What a page's bytes say, `parse.article_page` reads in a child process; whoever fetches asks here first (robots.txt,
tdmrep.json, RSL), after the answer (headers and meta elements), and about the text.

    patterns       paths, and the patterns that choose them
    robots         robots.txt, as RFC 9309 has it
    robots_answer  what the status of a robots.txt means
    reservations   words for programs in headers and meta elements, and the TDM Reservation Protocol
    licence        RSL documents, which robots.txt may name
    gate           whether a text is the article that the feed announced
    sentences      a text in sentences, and marks of equal ones
    host_memory    sentences that pages of a host share
    walls          sentences of consent walls, offers, logins, errors (`wall_words`: their words)
    visitor        sentences that speak to the visitor
"""

from monitor.pages.gate import Announced, text_refusal
from monitor.pages.host_memory import page_marks, remembered
from monitor.pages.licence import UNREAD, licence_refusal
from monitor.pages.reservations import TDM_FILE, directive_refusal, tdm_refusal
from monitor.pages.robots import CLOSED, Robots, may_fetch, robots_of, robots_refusal
from monitor.pages.robots_answer import robots_after

__all__ = [
    "CLOSED",
    "TDM_FILE",
    "UNREAD",
    "Announced",
    "Robots",
    "directive_refusal",
    "licence_refusal",
    "may_fetch",
    "page_marks",
    "remembered",
    "robots_after",
    "robots_of",
    "robots_refusal",
    "tdm_refusal",
    "text_refusal",
]
