"""The messages of a campaign as people of each segment get them, in each language; and one to try.

A preview is drawn by what sends the messages, so that nothing else is looked at than what is sent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from unranked import text
from unranked.channels.base import Note, Paragraph, Part
from unranked.channels.pages import Button, Row, Screen, Section
from unranked.domain.campaigns import Step
from unranked.domain.segments import Segment
from unranked.services import editor_screens, editor_words, messages, tips
from unranked.services.choices import Asker
from unranked.services.home_rows import button
from unranked.services.runtime import Runtime
from unranked.store import Tx, planned, turns
from unranked.store import campaigns as stored
from unranked.store.outbox import Kind
from unranked.store.planned import Planned

NAME = "team_campaign_preview"
LIBRARY_MOST = 5
"""So many of the library's tips for a segment are shown where a step names none of its own."""


@dataclass(frozen=True, slots=True)
class Comes:
    """The language in which a test comes."""

    language: str


@dataclass(frozen=True, slots=True)
class _View:
    """What is previewed: which message, for whom, in which language. key: with the revision."""

    key: str
    segment: Segment
    language: str
    step: int

    def value(self, **changes: object) -> str:
        """Return what a button brings back that changes one of them."""
        to = replace(self, **changes)  # type: ignore[arg-type]  # fields of this class
        return f"{to.key}|{to.segment}|{to.language}|{to.step}"


def preview(
    runtime: Runtime, _asker: Asker, value: str, *, sent: tuple[str, str] = ("", "")
) -> Screen:
    """Return one message for one segment in one language; the buttons lead to the others.

    value: key, revision, segment, language, and the number of the message from 0. sent: the tip
    that was sent to oneself, and what is said of that beside its button.
    """
    key, _, wanted, code, number = (*value.split("|"), "", "", "", "")[:5]
    title = text.words("campaign_preview").title
    with runtime.store.read() as tx:
        found = stored.one(tx, key)
        if found is None or found.design is None:
            return editor_screens.gone()
        design = found.design
        chosen = [one for one in editor_words.segments() if one in design.segments]
        if not chosen or not design.steps:
            return editor_screens.nothing_to_preview()
        view = _View(
            f"{key}|{found.revision}",
            next((one for one in chosen if one == wanted), chosen[0]),
            code if code in text.LANGUAGES else text.language(),
            min(int(number), len(design.steps) - 1) if number.isdecimal() else 0,
        )
        rows = tuple(_choices(view, chosen, len(design.steps)))
        shown = tuple(_step(tx, runtime, design.steps[view.step], view, sent))
    head = Section(title, (Paragraph(text.words("campaign_preview").body),), rows)
    return Screen(NAME, title, (head, *shown), text.label("close"), key)


def test(runtime: Runtime, asker: Asker, value: str) -> Screen:
    """Send one message to whoever asks, at once and to nobody else; say where it will be.

    value: the tip's name, then what is previewed.
    """
    name, _, view = value.partition("|")
    said = ""
    with runtime.store.write() as tx:
        if tips.words(tx, name) is not None:
            planned.plan(tx, [_test(runtime, asker, name)])
            comes = Comes(text.label(f"language_{tips.language_of_words(tx, name)}"))
            said = text.words("campaign_test_sent", comes).body
    return preview(runtime, asker, view, sent=(name, said))


def _test(runtime: Runtime, asker: Asker, name: str) -> Planned:
    """Return the message that somebody asked for: it waits for nobody's hours."""
    now = runtime.clock()
    return Planned(
        key=runtime.ids.key("m"),
        # Pressed twice within a minute, it is meant once.
        purpose=f"test|{asker.person_key}|{name}|{now:%Y-%m-%dT%H:%M}",
        person_key=asker.person_key,
        channel=runtime.channel.name,
        content=messages.test_content(name, _tools(runtime)),
        created_at=now,
        not_before=turns.AT_ONCE,
        kind=Kind.TEST,
    )


def _choices(view: _View, chosen: Sequence[Segment], steps: int) -> Iterator[Row]:
    """Yield what is shown, with the buttons for everything else that can be."""
    if steps > 1:
        others = (n for n in range(steps) if n != view.step)
        yield _choice(
            text.label("preview_message"),
            text.label(f"step_{view.step + 1}"),
            ((text.label(f"step_{n + 1}"), view.value(step=n)) for n in others),
        )
    yield _choice(
        text.label("preview_for"),
        editor_words.segment(view.segment),
        (
            (editor_words.segment(one), view.value(segment=one))
            for one in chosen
            if one != view.segment
        ),
    )
    codes = (code for code in text.LANGUAGES if code != view.language)
    yield _choice(
        text.label("preview_in"),
        text.label(f"language_{view.language}"),
        ((text.label(f"language_{code}"), view.value(language=code)) for code in codes),
    )


def _choice(title: str, now: str, others: Iterable[tuple[str, str]]) -> Row:
    buttons = (
        Button(f"{NAME}_{number}", label, value) for number, (label, value) in enumerate(others)
    )
    return Row(now, title, tuple(buttons))


def _step(
    tx: Tx, runtime: Runtime, step: Step, view: _View, sent: tuple[str, str]
) -> Iterator[Section]:
    library = tips.Library.of(tx, today=runtime.clock().date()).fitting(view.segment)
    own = [name for name in step.tips if name in library]
    shown = own or list(library)[:LIBRARY_MOST]
    yield Section(text.label(f"step_{view.step + 1}"), (Paragraph(_which(step, own, shown)),))
    for name in shown:
        yield _message(tx, runtime, name, view, sent[1] if name == sent[0] else "")


def _which(step: Step, own: Sequence[str], shown: Sequence[str]) -> str:
    """Return which tips people of the segment get in this message."""
    if not shown:
        return text.label("preview_no_tip")
    if own:
        return text.label("preview_own" if len(own) > 1 else "preview_one")
    return text.label("preview_not_theirs" if step.tips else "preview_library")


def _message(tx: Tx, runtime: Runtime, name: str, view: _View, said: str) -> Section:
    """Return a message as it is sent, under its name in lists, with a button that sends it.

    All but the button is in the language that is previewed. said: that it was sent, if it was.
    """
    with text.spoken(view.language):
        title = tips.title(tx, name)
        content = messages.nudge_content(name, _tools(runtime))
        drawn = messages.from_content(content, token="", tip_of=partial(tips.words, tx))
    # One block for all of them: five tips of many paragraphs would not fit into a screen.
    lines = [drawn.title, *(one.text for one in drawn.parts if isinstance(one, Paragraph))]
    parts: tuple[Part, ...] = (
        Paragraph("\n\n".join(lines)),
        *(one for one in drawn.parts if not isinstance(one, Paragraph)),
        Note(" · ".join(choice.label for choice in drawn.choices)),
    )
    send = button("team_campaign_test", f"{name}|{view.value()}")
    return Section(title, parts, (Row(said or text.label("preview_test"), buttons=(send,)),))


def _tools(runtime: Runtime) -> list[str]:
    """Return the tools that are set up, as somebody with a seat for each of them gets it."""
    return [one.connector.slug for one in runtime.connectors]
