"""Three versions of a tip by a language model, where the company has one: drafts for an editor.

The model gets fixed instructions and the editor's brief, and nothing else: no figure, no name, no
word of the library. A brief that seems to name somebody is not sent. What comes back is shown whole
or not at all, is kept nowhere, and is never sent to anybody before a human has made it a tip.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unranked import text
from unranked.channels.base import Note, Paragraph
from unranked.channels.pages import Button, Field, FieldKind, Form, Row, Screen, Section
from unranked.domain import tip_versions
from unranked.domain.tip_versions import LONGEST, packed, unpacked
from unranked.domain.tips import TOOLS, Words, tidy
from unranked.errors import ModelError
from unranked.services import tip_words, wording
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime, Speaks
from unranked.store.model_use import Used

__all__ = ["BRIEF", "NAME", "WAITING", "drafts", "form", "unpacked", "waiting", "wrong"]

NAME, BRIEF = "team_tip_draft", "tip_brief"
WAITING = "team_tip_drafts"
"""The name of the screen that stands there until the versions do, and of that with them."""

BRIEF_LONGEST = 600
SECONDS = 30.0
"""The longest that versions are waited for: they are longer than what a question is answered."""

LARGEST_VALUE = 2_000
"""Characters that a button can bring back."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The values of the text `model_tip`: the language, the form of an answer, and the lengths."""

    language: str
    form: str
    title: int
    task: int
    understand: int
    ask: int
    tools: str = TOOLS


def form(runtime: Runtime) -> Form | None:
    """Return the form for the brief; None where there is no language model."""
    if runtime.model is None:
        return None
    words = text.words("form_tip_draft")
    brief = Field(
        BRIEF,
        text.label(BRIEF),
        FieldKind.LINES,
        hint=text.label("tip_brief_hint"),
        most=BRIEF_LONGEST,
    )
    return Form(
        name=NAME,
        title=words.title,
        parts=tuple(Paragraph(one) for one in words.paragraphs),
        fields=(brief,),
        send=text.label("tip_ask_model"),
        cancel=text.label("cancel"),
    )


def wrong(brief: str) -> Mapping[str, str]:
    """Return what is wrong with a brief, by field: it is then not sent."""
    said = tidy(brief)
    if not any(one.isalpha() for one in said):
        return {BRIEF: text.words("tip_wrong_empty").body}
    if len(said) > BRIEF_LONGEST:
        return {BRIEF: tip_words.too_long(BRIEF_LONGEST)}
    if wording.names_somebody(said):
        return {BRIEF: text.words("tip_wrong_brief").body}
    return {}


def waiting() -> Screen:
    """Return what is shown while the versions are written. Quick."""
    words = text.words("tip_drafts_waiting")
    return _screen(Section(words.title, tuple(Paragraph(one) for one in words.paragraphs)))


def drafts(runtime: Runtime, asker: Asker, brief: str) -> Screen:
    """Return three versions to choose from, or a kind word why there are none. May take SECONDS.

    brief: what was typed; one with something wrong in it is not sent.
    """
    if runtime.model is None or wrong(brief):
        return _nothing("tip_drafts_late")
    if not runtime.allowance.take(asker.person_key, runtime.clock().date()):
        return _nothing("tip_drafts_enough")
    return _asked(runtime, runtime.model, tidy(brief))


def _asked(runtime: Runtime, model: Speaks, brief: str) -> Screen:
    prompt = Prompt(
        language=text.language(),
        form=tip_versions.form(),
        title=LONGEST["title"],
        task=LONGEST["task"],
        understand=LONGEST["understand"],
        ask=LONGEST["ask"],
    )
    instructions = text.words("model_tip", prompt).body
    said = json.dumps({"brief": brief}, ensure_ascii=False)
    try:
        reply = model.ask(instructions, said, seconds=SECONDS)
    except ModelError as error:
        wording.note(runtime, "model gave no answer", error.message, error.hint)
        if error.asked:
            wording.count(runtime, Used(model.name, 1, 1, 0, 0))
        return _nothing("tip_drafts_late")
    found = _fitting(reply.text)
    wording.count(runtime, Used(model.name, 1, int(found is None), reply.n_in, reply.n_out))
    if found is None:
        wording.note(runtime, "model answer not shown", "it is not three tips that keep the rules")
        return _nothing("tip_drafts_unfit")
    return _shown(found)


def _fitting(answer: str) -> Sequence[Words] | None:
    """Return the versions that a button can bring back, all three or none."""
    found = tip_versions.versions(answer)
    fit = found is not None and all(len(packed(one)) <= LARGEST_VALUE for one in found)
    return found if fit else None


def _shown(found: Sequence[Words]) -> Screen:
    words = text.words("tip_drafts")
    return _screen(Section(words.title, (Note(words.body),)), *(_version(one) for one in found))


def _version(words: Words) -> Section:
    take = Button("team_tip_new", text.label("tip_take_version"), packed(words))
    parts = (words.task, words.understand)
    return Section(
        words.title,
        tuple(Paragraph(one) for one in parts),
        (Row(words.ask, buttons=(take,)),),
    )


def _nothing(name: str) -> Screen:
    words = text.words(name)
    again = Button(NAME, text.label(NAME))
    write = Button("team_tip_new", text.label("team_tip_new"))
    rows = (
        Row(text.label("tip_write_row"), buttons=(write,)),
        Row(text.label("tip_draft_row"), buttons=(again,)),
    )
    return _screen(Section(words.title, (Paragraph(words.body),), rows))


def _screen(*sections: Section) -> Screen:
    return Screen(WAITING, text.label("tip_list"), sections, text.label("close"))
