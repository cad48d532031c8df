"""A manager shows the team the weekly message as they got it: the very same words, and once.

Where it is posted is between the manager and the chat: nothing of it is kept, and nothing is known
here of who reads there.
"""

from dataclasses import replace

from unranked import text
from unranked.channels.base import Message, Note, Outcome, Paragraph
from unranked.channels.pages import Field, FieldKind, Form, Screen, Section
from unranked.errors import UnrankedError
from unranked.services import messages
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime
from unranked.store import Tx, outbox

NAME, WHERE = "post_digest", "post_where"


def form(runtime: Runtime, asker: Asker, token: str) -> Form | Screen:
    """Return the form that asks where to, or a screen that says why nothing can be posted.

    token: of the message that the button stands in.
    """
    with runtime.store.read() as tx:
        if (wrong := _wrong(tx, asker, token)) is not None:
            return said(wrong)
    words = text.words("form_post")
    return Form(
        name=NAME,
        title=words.title,
        parts=tuple(Paragraph(part) for part in words.paragraphs),
        fields=(Field(WHERE, text.label(WHERE), FieldKind.CONVERSATION),),
        send=text.label("post_send"),
        cancel=text.label("cancel"),
        context=token,
    )


def meanwhile() -> Screen:
    """Return what is shown until the chat has answered."""
    return said("post_meanwhile")


def begin(runtime: Runtime, asker: Asker, token: str) -> Message | Screen:
    """Return the message that is to be posted now, or a screen that says why there is none.

    It is returned once, however often it is asked for: whoever has it posts it, and says how that
    ended.
    """
    with runtime.store.write() as tx:
        if (wrong := _wrong(tx, asker, token)) is not None:
            return said(wrong)
        drawn = _as_sent(tx, token)
        if drawn is None or not outbox.post(tx, token, on=runtime.clock().date()):
            return said("post_before")
    return drawn


def end(runtime: Runtime, token: str, outcome: Outcome) -> Screen:
    """Return what came of a post.

    What the chat certainly did not take can be posted later. What nobody knows of is not posted a
    second time.
    """
    if outcome is Outcome.SENT:
        return said("post_done")
    if outcome is Outcome.UNCLEAR:
        return said("post_unclear")
    with runtime.store.write() as tx:
        outbox.not_posted(tx, token)
    return said("post_refused")


def said(name: str) -> Screen:
    """Return a screen that says one thing."""
    words = text.words(name)
    parts = tuple(Paragraph(part) for part in words.paragraphs)
    sections = (Section(words.title, parts),)
    return Screen(NAME, text.label("post_title"), sections, text.label("close"))


def _wrong(tx: Tx, asker: Asker, token: str) -> str | None:
    """Return which text says why this message cannot be posted by this person; None where it can.

    Somebody else's message is answered as one that is gone.
    """
    if outbox.owner(tx, token) != asker.person_key or _as_sent(tx, token) is None:
        return "post_gone"
    return "post_before" if outbox.is_posted(tx, token) else None


def _as_sent(tx: Tx, token: str) -> Message | None:
    """Return the message as its reader got it, under a line that says what it is; no buttons."""
    content = outbox.content(tx, token)
    if content is None or not messages.practice_in(content):
        return None
    try:
        drawn = messages.from_content(content, token="")
    except (UnrankedError, LookupError, OSError, ValueError, TypeError):
        return None  # its practice is not among the texts any more
    note = Note(text.words("post_note").body)
    return replace(drawn, parts=(note, *drawn.parts), choices=())
