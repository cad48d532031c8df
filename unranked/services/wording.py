"""Words by a language model, where the company has one: beside the figures, never in their place.

It is given the lines of one person's own summary and, for a question, our texts and what was typed:
no name, no account, no team. What it says is shown where `domain.wording` has nothing against it;
else, and whenever it is late or away, the plain words are all there is. What was said, either way,
is neither kept nor logged.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from unranked import text
from unranked.channels.base import Message, Note, Paragraph
from unranked.domain.wording import FactSheet, refusal
from unranked.errors import ModelError
from unranked.services.runtime import Runtime, Speaks
from unranked.store import model_use
from unranked.store.model_use import Used

OUR_TEXTS = ("why_plain", "help")
"""What an explanation may rest on, beside the facts: texts that say the same to everybody."""

LONGEST_QUESTION = 300
MOST_LINES = 40
LONGEST_LINE = 500

_SOMEBODY = re.compile(r"@|<|\b[UWTCDGB][0-9A-Z]{8,}\b|\b[0-9a-f]{12,}\b")
"""What an address, a mention, a member's id or a key of ours looks like."""

_ENTITY = re.compile(r"<[^>]*>|\S*@\S*")

log = structlog.get_logger("unranked.wording")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The value of the texts `model_…`: the ISO code of the language to speak."""

    language: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The value of the text `why_answer`."""

    answer: str


def phrase(runtime: Runtime, facts: FactSheet) -> str | None:
    """Return the facts as a short paragraph, None where the plain lines must do."""
    if runtime.model is None or not facts.lines:
        return None
    return _worded(runtime, runtime.model, "model_phrase", {}, facts)


def phrase_note() -> Note:
    """Return who put the facts into words: it stands below what `phrase` returned."""
    return Note(text.words("phrase_note").body)


def explain(runtime: Runtime, question: str, facts: FactSheet) -> str | None:
    """Return an answer to a question about the facts, None where our texts must do."""
    if runtime.model is None:
        return None
    texts = [text.words(name).body for name in OUR_TEXTS]
    more = {"texts": texts, "question": asked(question)}
    return _worded(runtime, runtime.model, "model_explain", more, facts)


def why(
    runtime: Runtime, question: str, facts: FactSheet, *, plain: Callable[[], Message]
) -> Message:
    """Return the answer to what somebody asked about their own summary, for them alone.

    facts: the lines of the asker's own summary. plain: the answer without a model's words.
    """
    said = explain(runtime, question, facts)
    if said is None:
        return plain()
    words = text.words("why_answer", Answer(said))
    note = Note(text.words("why_note").body)
    return Message(words.title, (*(Paragraph(part) for part in words.paragraphs), note))


def asked(question: str) -> str:
    """Return what goes along of a question: no mention, no address, nothing unseen, not too much.

    A name that somebody types in plain letters cannot be told from any other word.
    """
    return _plain(_ENTITY.sub(" ", question))[:LONGEST_QUESTION].strip()


def _worded(
    runtime: Runtime,
    model: Speaks,
    prompt: str,
    more: Mapping[str, object],
    facts: FactSheet,
) -> str | None:
    """Return what the model says beside the facts, and count what it took."""
    lines = [_plain(line) for line in facts.lines]
    if not _may_leave(lines):
        log.error("facts not sent", why="a line looks like a person, an address or a key")
        return None
    instructions = text.words(prompt, Prompt(text.language())).body
    data = json.dumps({"facts": lines, **more}, ensure_ascii=False)
    try:
        reply = model.ask(instructions, data)
    except ModelError as error:
        log.warning("model gave no answer", error=error.message, hint=error.hint)
        if error.asked:
            _count(runtime, Used(model.name, 1, 1, 0, 0))
        return None
    said = reply.text.strip()
    against = refusal(said, FactSheet(tuple(lines)))
    _count(runtime, Used(model.name, 1, int(against is not None), reply.n_in, reply.n_out))
    if against is not None:
        log.warning("model answer not shown", why=against.value)
        return None
    return said


def _count(runtime: Runtime, used: Used) -> None:
    with runtime.store.write() as tx:
        model_use.add(tx, runtime.clock().date(), used)


def _may_leave(lines: list[str]) -> bool:
    """Return whether no line is too long, and none looks like somebody. Ours never do."""
    short = len(lines) <= MOST_LINES and all(len(line) <= LONGEST_LINE for line in lines)
    return short and not any(_SOMEBODY.search(line) for line in lines)


def _plain(line: str) -> str:
    """Return the line without what is not seen, and with one blank where there were several."""
    seen = (" " if unicodedata.category(one)[0] == "C" else one for one in line)
    return re.sub(r"[ \t\r\n]+", " ", "".join(seen)).strip()
