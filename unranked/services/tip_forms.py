"""The team's screens and forms for tips: what each button opens, and what becomes of an answer.

A wrong answer stores nothing and comes back as words for one field. Over somebody else's change
nothing is stored unseen: the form comes back with everything that was typed, and what they wrote.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from unranked import text
from unranked.channels.base import Paragraph, Part
from unranked.channels.pages import Form, Screen
from unranked.domain.tips import Part as Named
from unranked.domain.tips import Problem, Words
from unranked.services import tip_drafts, tip_fields, tip_screens, tip_words, tip_writing
from unranked.services.choices import Asker
from unranked.services.editor_drafts import key_of
from unranked.services.forms import Typed
from unranked.services.runtime import Runtime
from unranked.services.tip_fields import EDIT, NEW, TRANSLATE
from unranked.services.tip_screens import with_revision
from unranked.services.tip_writing import Saved
from unranked.store import tips as stored
from unranked.store.tips import StoredTip

NO_WORDS = Words("", "", "", "")
LETTER = "t"
"""The keys of tips begin with it."""

LONGEST_REVISION = 9
"""Digits: no tip is changed so often, and the database could not hold more."""

Shown = Form | Screen | None
Answer = Mapping[str, str] | Form | Screen


@dataclass(frozen=True, slots=True)
class _Meant:
    """Which tip a button or a form is about, as it was when it was shown."""

    key: str
    revision: int
    code: str

    @classmethod
    def of(cls, value: str) -> "_Meant":
        """Return what a value says; whatever is wrong in it means no tip that there is."""
        key, revision, code = (*value.split("|"), "", "")[:3]
        known = code if code in text.LANGUAGES else text.language()
        return cls(key, int(revision) if _is_a_number(revision) else -1, known)


def _is_a_number(said: str) -> bool:
    return said.isdecimal() and len(said) <= LONGEST_REVISION


def _known(runtime: Runtime, key: str) -> StoredTip | None:
    with runtime.store.read() as tx:
        return stored.one(tx, key)


# What is shown.


def _list(runtime: Runtime, _asker: Asker, value: str) -> Screen:
    return tip_screens.listed(runtime, int(value) if _is_a_number(value) else 0)


def _files(_runtime: Runtime, _asker: Asker, value: str) -> Screen | None:
    return tip_screens.of_files(value)


def _open(runtime: Runtime, _asker: Asker, value: str) -> Screen:
    return tip_screens.opened(runtime, value.partition("|")[0])


def _new(runtime: Runtime, _asker: Asker, value: str) -> Form:
    """Return an empty form, or one that is filled with a version of the language model."""
    words = tip_drafts.unpacked(value) or NO_WORDS
    key = runtime.ids.key(LETTER)
    return tip_fields.form(NEW, tip_fields.blank(words, runtime.clock().date()), key)


def _edit(runtime: Runtime, _asker: Asker, value: str) -> Shown:
    meant = _Meant.of(value)
    tip = _known(runtime, meant.key)
    if tip is None:
        return tip_screens.opened(runtime, meant.key)
    code = tip.in_language(meant.code)
    also = tip_fields.also(tip, code)
    return tip_fields.form(EDIT, tip.draft(code), with_revision(tip, code), *also)


def _translate(runtime: Runtime, _asker: Asker, value: str) -> Shown:
    meant = _Meant.of(value)
    tip = _known(runtime, meant.key)
    if tip is None or meant.code in tip.words:
        return tip_screens.opened(runtime, meant.key)
    return tip_fields.translation(tip, meant.code, NO_WORDS)


def _use(runtime: Runtime, _asker: Asker, value: str) -> Screen:
    meant = _Meant.of(value)
    saved = tip_writing.use(runtime, meant.key, revision=meant.revision)
    return tip_screens.opened(runtime, meant.key, *_why_not(saved))


def _retire(runtime: Runtime, _asker: Asker, value: str) -> Screen:
    meant = _Meant.of(value)
    saved = tip_writing.retire(runtime, meant.key)
    return tip_screens.opened(runtime, meant.key, *_why_not(saved))


def _brief(runtime: Runtime, _asker: Asker, _value: str) -> Form | None:
    return tip_drafts.form(runtime)


SCREENS: Mapping[str, Callable[[Runtime, Asker, str], Shown]] = {
    tip_screens.LIST: _list,
    tip_screens.FILES: _files,
    tip_screens.OPEN: _open,
    NEW: _new,
    EDIT: _edit,
    TRANSLATE: _translate,
    "team_tip_use": _use,
    "team_tip_retire": _retire,
    tip_drafts.NAME: _brief,
}
"""What each button shows, by its action. The door has asked who presses it."""


# What becomes of an answer.


def _created(runtime: Runtime, _asker: Asker, context: str, typed: Typed) -> Answer:
    """Return the new tip; the form again where an earlier sending of it stored another one."""
    draft = tip_fields.read(typed, tip_fields.one_of(typed, Named.LANGUAGE))
    saved = tip_writing.create(runtime, draft, key=key_of(runtime, context, LETTER))
    if saved.tip is None:
        return _said(saved.wrong)
    if not saved.overtaken:
        return _after(runtime, saved.tip)
    theirs = saved.tip.draft(saved.tip.in_language(draft.language))
    notes = tip_fields.overtaken(theirs, draft, "tip_sent_before")
    return tip_fields.form(EDIT, draft, with_revision(saved.tip, draft.language), *notes)


def _written(runtime: Runtime, _asker: Asker, context: str, typed: Typed) -> Answer:
    meant = _Meant.of(context)
    draft = tip_fields.read(typed, meant.code)
    saved = tip_writing.write(runtime, meant.key, draft, revision=meant.revision)
    if saved.tip is not None and saved.overtaken:
        theirs = saved.tip.draft(saved.tip.in_language(meant.code))
        also = tip_fields.also(saved.tip, meant.code)
        notes = (*tip_fields.overtaken(theirs, draft), *also)
        return tip_fields.form(EDIT, draft, with_revision(saved.tip, meant.code), *notes)
    return _answer(runtime, saved)


def _translated(runtime: Runtime, _asker: Asker, context: str, typed: Typed) -> Answer:
    meant = _Meant.of(context)
    words = tip_fields.read(typed, meant.code).words
    saved = tip_writing.say_in(runtime, meant.key, meant.code, words, revision=meant.revision)
    if saved.tip is not None and saved.overtaken:
        known = saved.tip.draft(saved.tip.in_language(meant.code))
        given = tip_fields.in_other_words(known, words)
        theirs = known if meant.code in saved.tip.words else given
        notes = tip_fields.overtaken(theirs, given)
        return tip_fields.translation(saved.tip, meant.code, words, *notes)
    return _answer(runtime, saved)


def _briefed(_runtime: Runtime, _asker: Asker, _context: str, typed: Typed) -> Answer:
    return tip_drafts.wrong(tip_fields.one_of(typed, tip_drafts.BRIEF)) or tip_drafts.waiting()


FORMS: Mapping[str, Callable[[Runtime, Asker, str, Typed], Answer]] = {
    NEW: _created,
    EDIT: _written,
    TRANSLATE: _translated,
    tip_drafts.NAME: _briefed,
}
"""What becomes of each form, by its name. The door has asked who sends it."""


def _answer(runtime: Runtime, saved: Saved) -> Answer:
    if saved.tip is None:
        return {Named.TITLE.value: text.words("tip_gone").body}
    return _said(saved.wrong) if saved.wrong else _after(runtime, saved.tip)


def _after(runtime: Runtime, tip: StoredTip) -> Screen:
    return tip_screens.opened(runtime, tip.tip_key)


def _said(wrong: Mapping[Named, Problem]) -> Mapping[str, str]:
    return {part.value: tip_words.wrong(part, problem) for part, problem in wrong.items()}


def _why_not(saved: Saved) -> tuple[Part, ...]:
    if saved.overtaken:
        return (Paragraph(text.words("tip_look_again").body),)
    if not saved.wrong:
        return ()
    lines = [
        f"- {text.label(part)}: {tip_words.wrong(part, problem)}"
        for part, problem in saved.wrong.items()
    ]
    return (Paragraph("\n".join((text.words("tip_not_ready").body, *lines))),)
