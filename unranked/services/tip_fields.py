"""The form of a tip: what stands in it, what was typed into it, and what somebody else wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from unranked import text
from unranked.channels.base import Fact, Facts, Paragraph, Part
from unranked.channels.pages import Field, FieldKind, Form, Option
from unranked.domain.segments import NUDGED, Segment
from unranked.domain.tip_risk import Risk
from unranked.domain.tips import LONGEST, Draft, Words, tidy
from unranked.domain.tips import Part as Named
from unranked.services import spoken, tip_words
from unranked.services.forms import Typed
from unranked.services.tip_screens import InLanguage, with_revision
from unranked.store.tips import StoredTip

NEW, EDIT, TRANSLATE = "team_tip_new", "team_tip_edit", "team_tip_translate"
REVIEW_AFTER = timedelta(days=182)
"""The day that is filled in for reading a new tip again."""

_WORDS = (Named.TITLE, Named.TASK, Named.UNDERSTAND, Named.ASK)
_LINES = frozenset({Named.TASK, Named.UNDERSTAND, Named.ASK})
_HINTED = frozenset(Named) - {Named.SEGMENT, Named.LANGUAGE, Named.RISK}


@dataclass(frozen=True, slots=True)
class InLanguages:
    """The names of languages."""

    languages: str


def blank(words: Words, today: date) -> Draft:
    """Return what stands in the form of a new tip."""
    return Draft(
        words=words,
        segment="",
        language=text.language(),
        owner="",
        review=today + REVIEW_AFTER,
        risk=Risk.LOW.value,
        risk_reason="",
        source="",
    )


def read(typed: Typed, code: str) -> Draft:
    """Return what was typed, without what nobody sees."""
    said = {part: tidy(one_of(typed, part)) for part in Named}
    return Draft(
        words=Words(
            title=" ".join(said[Named.TITLE].split()),
            task=said[Named.TASK],
            understand=said[Named.UNDERSTAND],
            ask=said[Named.ASK],
        ),
        segment=said[Named.SEGMENT],
        language=code,
        owner=" ".join(said[Named.OWNER].split()),
        review=_day(said[Named.REVIEW]),
        risk=said[Named.RISK],
        risk_reason=said[Named.RISK_REASON],
        source=said[Named.SOURCE],
    )


def in_other_words(draft: Draft, words: Words) -> Draft:
    """Return the same tip in other words."""
    names = ("segment", "language", "owner", "review", "risk", "risk_reason", "source")
    return Draft(words, *(getattr(draft, name) for name in names))


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def one_of(typed: Typed, name: str) -> str:
    """Return what was typed into a field, empty where nothing was."""
    return next(iter(typed.get(name, ())), "")


def _filled(draft: Draft) -> Mapping[Named, str]:
    """Return a tip by its fields."""
    return {
        Named.TITLE: draft.words.title,
        Named.SEGMENT: draft.segment,
        Named.LANGUAGE: draft.language,
        Named.TASK: draft.words.task,
        Named.UNDERSTAND: draft.words.understand,
        Named.ASK: draft.words.ask,
        Named.RISK: draft.risk,
        Named.RISK_REASON: draft.risk_reason,
        Named.SOURCE: draft.source,
        Named.OWNER: draft.owner,
        Named.REVIEW: "" if draft.review is None else draft.review.isoformat(),
    }


def also(tip: StoredTip, code: str) -> tuple[Part, ...]:
    """Return the word that a tip is there in other languages, which do not change with this one."""
    others = [tip_words.language_name(one) for one in tip.languages if one != code]
    said = InLanguages(spoken.listed(others))
    return (Paragraph(text.words("tip_also", said).body),) if others else ()


def overtaken(theirs: Draft, own: Draft, note: str = "tip_changed") -> tuple[Part, ...]:
    """Return the word that somebody else changed the tip, and what they wrote where it differs.

    note: the name of another text that says why something else is stored.
    """
    before, after = _filled(theirs), _filled(own)
    other = [part for part in Named if before[part] != after[part] and before[part]]
    if not other:
        return (Paragraph(text.words("tip_changed_same").body),)
    facts = (
        Fact(text.label(part), " ".join(_chosen(part, before[part]).split())) for part in other
    )
    return (Paragraph(text.words(note).body), Facts(tuple(facts)))


def _chosen(part: Named, value: str) -> str:
    """Return what a field says to a reader."""
    if part is Named.REVIEW:
        return spoken.long_day(date.fromisoformat(value))
    return next((one.label for one in _options(part) if one.value == value), value)


def form(name: str, draft: Draft, context: str = "", *notes: Part) -> Form:
    """Return the form of a tip. Only a new one asks for its language."""
    parts = [part for part in Named if name == NEW or part is not Named.LANGUAGE]
    filled = _filled(draft)
    words = text.words("form_tip")
    return Form(
        name=name,
        title=words.title,
        parts=(*notes, *(Paragraph(one) for one in words.paragraphs)),
        fields=tuple(_field(part, filled[part]) for part in parts),
        send=text.label("send"),
        cancel=text.label("cancel"),
        context=context,
    )


def translation(tip: StoredTip, code: str, words: Words, *notes: Part) -> Form:
    """Return the form for one more language, below what the tip says in one that it has."""
    said = text.words("form_tip_translation", InLanguage(tip_words.language_name(code)))
    first = tip.draft(next((one for one in tip.languages if one != code), code))
    now, filled = _filled(first), _filled(in_other_words(first, words))
    return Form(
        name=TRANSLATE,
        title=said.title,
        parts=(*notes, Paragraph(said.body), *(Paragraph(now[part]) for part in _WORDS)),
        fields=tuple(_field(part, filled[part]) for part in _WORDS),
        send=text.label("send"),
        cancel=text.label("cancel"),
        context=with_revision(tip, code),
    )


def _field(part: Named, value: str) -> Field:
    kind = FieldKind.LINES if part in _LINES else FieldKind.WORDS
    options = _options(part)
    if options:
        kind = FieldKind.ONE
    elif part is Named.REVIEW:
        kind = FieldKind.DAY
    return Field(
        part.value,
        text.label(part),
        kind,
        options,
        (value,) if value else (),
        hint=text.label(f"{part}_hint") if part in _HINTED else "",
        most=LONGEST.get(part, 0),
    )


def _options(part: Named) -> tuple[Option, ...]:
    if part is Named.SEGMENT:
        every = (one for one in Segment if one in NUDGED)
        return tuple(Option(one.value, tip_words.segment_in_words(one)) for one in every)
    if part is Named.LANGUAGE:
        return tuple(Option(one, tip_words.language_name(one)) for one in text.LANGUAGES)
    if part is Named.RISK:
        return tuple(Option(one.value, text.label(f"risk_{one}")) for one in Risk)
    return ()
