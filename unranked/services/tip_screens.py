"""What the team sees of its tips: the list, those of the files, and one tip as people get it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from unranked import text
from unranked.channels.base import Fact, Facts, Message, Note, Paragraph, Part
from unranked.channels.pages import Button, Confirm, Row, Screen, Section
from unranked.domain.segments import NUDGED, Segment
from unranked.domain.tips import Part as Field
from unranked.domain.tips import State
from unranked.services import messages, spoken, tips
from unranked.services.runtime import Runtime
from unranked.services.tip_words import language_name, segment_in_words
from unranked.store import tips as stored
from unranked.store.tips import StoredTip

LIST, OPEN, FILES = "team_tips", "team_tip_open", "team_tip_files"
PAGE = 30
"""So many tips stand in the list at a time: a screen has 100 blocks at the most."""

_ORDER = (State.IN_USE, State.DRAFT, State.RETIRED)
_STATES = {
    State.DRAFT: "tip_is_draft",
    State.IN_USE: "tip_is_in_use",
    State.RETIRED: "tip_is_retired",
}


@dataclass(frozen=True, slots=True)
class InList:
    """A tip in a list, in words."""

    title: str
    segment: str
    state: str
    day: str


@dataclass(frozen=True, slots=True)
class OfFiles:
    """The tips of the files for one segment, in words."""

    segment: str
    number: str
    day: str


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The name of a language."""

    language: str


@dataclass(frozen=True, slots=True)
class Buttons:
    """The names of the buttons below a tip."""

    buttons: str


def listed(runtime: Runtime, begin: int = 0) -> Screen:
    """Return the list of all tips. begin: how many of the team's own come before the first."""
    with runtime.store.read() as tx:
        every = sorted(stored.every(tx), key=_place)
    begin = begin if 0 < begin < len(every) else 0
    today = runtime.clock().date()
    own = text.words("tips_of_team")
    rows = (
        *_ways_to_begin(runtime),
        *(_row(tip, today) for tip in every[begin : begin + PAGE]),
        *_other_pages(begin, len(every)),
    )
    of_files = text.words("tips_of_files")
    return _screen(
        LIST,
        text.label("tip_list"),
        (
            Section(own.title, (Paragraph(own.body),), rows),
            Section(of_files.title, (Paragraph(of_files.body),), tuple(_file_rows())),
        ),
    )


def of_files(segment: str) -> Screen | None:
    """Return the tips of the files for a segment, None where there are none."""
    if segment not in NUDGED:
        return None
    rows = tuple(
        Row(tips.title_of_file(tip), buttons=(_button(OPEN, tip.name),))
        for tip in text.tips(segment)
    )
    title = f"{text.label(Field.SEGMENT)} {segment_in_words(segment)}"
    return _screen(FILES, text.label("tip_list"), (Section(title, rows=rows),))


def opened(runtime: Runtime, name: str, *notes: Part) -> Screen:
    """Return one tip, of the files or of the team; a word that it is gone where there is none.

    notes: what is said before everything else.
    """
    if tips.is_of_the_files(name):
        return _file(runtime, name)
    with runtime.store.read() as tx:
        tip = stored.one(tx, name)
    if tip is None:
        gone = text.words("tip_gone")
        return _one((Section(gone.title, (Paragraph(gone.body),)),))
    return _tip(runtime, tip, notes)


def state_in_words(tip: StoredTip, today: date) -> str:
    """Return the state of a tip; one whose day for reading it again has passed says so."""
    expired = tip.state is State.IN_USE and tip.review < today
    return text.label("tip_expired" if expired else f"tip_{tip.state}")


def with_revision(tip: StoredTip, *more: str) -> str:
    """Return which tip is meant, at which revision, and perhaps in which language."""
    return "|".join((tip.tip_key, str(tip.revision), *more))


def _place(tip: StoredTip) -> tuple[int, str, str]:
    """Return where a tip stands in the list: by its state, then by its name."""
    said = tip.words[tip.in_language(text.language())].title
    return _ORDER.index(tip.state), said.casefold(), tip.tip_key


def _ways_to_begin(runtime: Runtime) -> Iterator[Row]:
    yield Row(text.label("tip_write_row"), buttons=(_button("team_tip_new"),))
    if runtime.model is not None:
        yield Row(text.label("tip_draft_row"), buttons=(_button("team_tip_draft"),))


def _row(tip: StoredTip, today: date) -> Row:
    said = InList(
        title=tip.words[tip.in_language(text.language())].title,
        segment=segment_in_words(tip.segment),
        state=state_in_words(tip, today),
        day=spoken.long_day(tip.review),
    )
    return Row(text.words("tip_row", said).body, buttons=(_button(OPEN, tip.tip_key),))


def _other_pages(begin: int, count: int) -> Iterator[Row]:
    if begin + PAGE < count:
        more = Button(LIST, text.label("tip_more"), str(begin + PAGE))
        yield Row(text.label("tip_more_row"), buttons=(more,))
    if begin:
        yield Row(text.label("tip_first_row"), buttons=(Button(LIST, text.label("tip_first")),))


def _file_rows() -> Iterator[Row]:
    for segment in (one for one in Segment if one in NUDGED):
        found = text.tips(segment)
        number = text.label("tip_one_number" if len(found) == 1 else "tip_numbers")
        said = OfFiles(
            segment=segment_in_words(segment),
            number=number.format(number=len(found)),
            day=spoken.long_day(min(tip.review for tip in found)),
        )
        yield Row(text.words("tip_files_row", said).body, buttons=(_button(FILES, segment),))


def _file(runtime: Runtime, name: str) -> Screen:
    tip = text.tip(name)
    about = Paragraph(text.words("tip_is_of_files").body)
    facts = _facts(tip, text.label("tip_of_files"))
    previews = []
    for code in text.LANGUAGES:
        with text.spoken(code):
            message = messages.nudge(text.tip(name), _tools(runtime))
        previews.append(_preview(code, message))
    return _one((Section(tips.title_of_file(tip), (about, facts)), *previews))


def _tip(runtime: Runtime, tip: StoredTip, notes: Sequence[Part]) -> Screen:
    today, shown = runtime.clock().date(), tip.in_language(text.language())
    expired = tip.state is State.IN_USE and tip.review < today
    about = Paragraph(text.words("tip_is_expired" if expired else _STATES[tip.state]).body)
    facts = _facts(tips.in_language(tip, shown), state_in_words(tip, today))
    head = Section(tip.words[shown].title, (*notes, facts), tuple(_acts(tip, about.text)))
    previews = []
    for code in tip.languages:
        with text.spoken(code):
            message = messages.nudge(tips.in_language(tip, code), _tools(runtime))
        edit = Row(
            text.label("tip_change_words"),
            buttons=(_button("team_tip_edit", with_revision(tip, code)),),
        )
        previews.append(_preview(code, message, edit))
    return _one((head, *previews))


def _acts(tip: StoredTip, about: str) -> Iterator[Row]:
    """Yield what can be done about a tip, one button a row."""
    used = tip.state is State.IN_USE
    name = "retire" if used else "use"
    words = text.words("tip_retire_confirm") if used else text.words("tip_use_confirm")
    confirm = Confirm(words.title, words.body, text.label(f"tip_yes_{name}"), text.label("tip_no"))
    action = f"team_tip_{name}"
    yield Row(about, buttons=(Button(action, text.label(action), with_revision(tip), confirm),))
    for code in text.LANGUAGES:
        if code not in tip.words:
            lacks = text.label("tip_lacks").format(language=language_name(code))
            add = _button("team_tip_translate", with_revision(tip, code))
            yield Row(lacks, buttons=(add,))


def _facts(tip: text.Tip, state: str) -> Facts:
    said = {
        "tip_state": state,
        Field.SEGMENT: segment_in_words(tip.segment),
        Field.REVIEW: spoken.long_day(tip.review),
        Field.OWNER: tip.owner,
        Field.RISK: f"{text.label(f'risk_{tip.risk}')}. {' '.join(tip.risk_reason.split())}",
        Field.SOURCE: " ".join(tip.source.split()),
    }
    return Facts(tuple(Fact(text.label(name), words) for name, words in said.items()))


def _preview(code: str, message: Message, *rows: Row) -> Section:
    """Return a tip exactly as it comes: its neutral title, its words, and what can be pressed."""
    words = text.words("tip_preview", InLanguage(language_name(code)))
    buttons = Buttons(", ".join(choice.label for choice in message.choices))
    parts = (
        Note(words.body),
        Paragraph(message.title),
        *message.parts,
        Note(text.words("tip_buttons", buttons).body),
    )
    return Section(words.title, parts, rows)


def _tools(runtime: Runtime) -> list[str]:
    """Return the tools of the whole company: each person reads the names of their own."""
    return sorted(one.connector.slug for one in runtime.connectors)


def _button(action: str, value: str = "") -> Button:
    return Button(action, text.label(action), value)


def _one(sections: tuple[Section, ...]) -> Screen:
    return _screen(OPEN, text.label("tip_one"), sections)


def _screen(name: str, title: str, sections: tuple[Section, ...]) -> Screen:
    return Screen(name, title, sections, text.label("close"))
