"""The comment of who reviewed an edition, in all forms in which its readers get it: foreign text to each of them."""

from dataclasses import replace

from editions import ordinary_day
from golden_editions import TEMPLATES
from test_deliver_brief import letter

from monitor.deliver.brief import brief
from monitor.deliver.told import told
from monitor.model.edition import Edition
from monitor.render import render, render_page

COMMENT = 'Nobody <i onclick="x()">expects</i> it & says so.'
ESCAPED = "Nobody &lt;i onclick=&#34;x()&#34;&gt;expects&lt;/i&gt; it &amp; says so."


def commented() -> Edition:
    edition = ordinary_day()
    first, *others = edition.sections
    story, *more = first.stories
    section = replace(first, stories=(replace(story, comment=COMMENT), *more))
    return replace(edition, sections=(section, *others))


def test_a_comment_is_in_mails_and_on_the_page_and_is_no_markup() -> None:
    edition = commented()
    mail = render(edition, TEMPLATES)
    assert ESCAPED in mail.html
    assert ESCAPED in render_page(edition, TEMPLATES)
    assert COMMENT.split("&", maxsplit=1)[0].strip() in " ".join(mail.text.split())
    assert "comment:" in mail.text
    assert "Comment:" not in render(ordinary_day(), TEMPLATES).html


def test_a_comment_is_in_short_messages_and_for_programs() -> None:
    edition = commented()
    assert f"\n  Comment: {COMMENT}\n" in brief(letter(edition), 100_000)
    plain = told(edition)
    assert plain is not None
    assert plain["topics"][0]["stories"][0]["comment"] == COMMENT
    assert plain["topics"][0]["stories"][1]["comment"] == ""
