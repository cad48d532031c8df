"""Words by a language model, where the company has one: beside the figures, never in their place.

It is given the lines of one person's own summary and, for a question, our texts and what was typed:
no name, no account, no team. A question that seems to name somebody is not sent at all, and for one
person it is asked so often a day and no more. What it says is shown where `domain.wording` has
nothing against it; else, and whenever it is late or away, the plain words are all there is. What
was said, either way, is neither kept nor logged.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import structlog

from unranked import text
from unranked.channels.base import Message, Note, Paragraph
from unranked.domain.access import What
from unranked.domain.wording import FactSheet, refusal
from unranked.domain.wording_vocabulary import Vocabulary, vocabulary
from unranked.errors import ModelError
from unranked.services import access
from unranked.services.model_memory import Fault
from unranked.services.runtime import Runtime, Speaks
from unranked.store import model_use
from unranked.store.model_use import Used

OUR_TEXTS = ("why_plain", "help")
"""What an explanation may rest on, beside the facts: texts that say the same to everybody."""

_TEXTS = ("summary", "how")
_LABELS = ("change_", "chart_", "minutes", "need_", "reported", "said_", "skipped", "source_")
"""How the texts and labels about the summary begin: a model may use their words."""

LONGEST_QUESTION = 300
MOST_LINES = 40
LONGEST_LINE = 500

_SOMEBODY = re.compile(r"@|<|\b[UWTCDGB][0-9A-Z]{8,}\b|\b[0-9a-f]{12,}\b")
"""What an address, a mention, a member's id or a key of ours looks like."""

_NAMED = re.compile(
    r"[@<>#]|[(\[{]\s*at\s*[)\]}]|\bdot\b|\bat\s+[^\W\d_]\S*\.\S|\bpunkt\s+(?:com|de|org|net)\b"
    r"|://|\b[^\W_][\w-]*\.[^\W\d_]{2,}"  # an address, however it is written
    r"|\b[uwtcdgb](?=[0-9a-z]*\d)[0-9a-z]{6,}\b|(?-i:\b[UWTCDGB][0-9A-Z]{6,}\b)"  # the chat's ids
    r"|\b[a-z]{1,6}[-_](?=[\w-]*\d)[\w-]{6,}|\b(?=\w*\d)(?=\w*[a-z])\w{12,}|\b[0-9a-f]{12,}\b"
    r"|\b(?=[\w-]*\d)[0-9a-f]{4,}(?:-[0-9a-f]{4,})+\b"
    r"|\b(?:sk|pk|xox\w|xapp|gh\w|github_pat|glpat|bearer|acc|api)[-_:]\S"  # keys
    r"|(?:\d[ ()/.-]?){7,}",  # telephones and numbers of staff
    re.IGNORECASE,
)
"""What an address, a mention, an id or a key looks like in what people type."""

log = structlog.get_logger("unranked.wording")


@dataclass(frozen=True, slots=True)
class Prompt:
    """The values of the texts `model_…`: the ISO code of the language to speak, and its words."""

    language: str
    plain: str
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The value of the text `why_answer`."""

    answer: str


def known_words() -> Vocabulary:
    """Return the words that a model may use beside those of the facts, in the language spoken."""
    return _known_words(text.language())


@lru_cache(maxsize=len(text.LANGUAGES))
def _known_words(code: str) -> Vocabulary:
    with text.spoken(code):
        return vocabulary(_texts(), text.plain_words())


def _texts() -> Iterator[str]:
    yield from (text.unfilled(one) for one in OUR_TEXTS)
    yield from (text.unfilled(one) for one in text.messages() if one.startswith(_TEXTS))
    for one in text.labels():
        if one.startswith(_LABELS):
            yield re.sub(r"\{\w+\}", " ", text.label(one))


def phrase(runtime: Runtime, facts: FactSheet, *, asker: str) -> str | None:
    """Return the facts as a short paragraph, None where the plain lines must do.

    asker: the key of the person whose facts they are.
    """
    if runtime.model is None or not facts.lines:
        return None
    return _worded(runtime, runtime.model, _Question("model_phrase", {}, asker), facts)


def phrase_note() -> Note:
    """Return who put the facts into words: it stands below what `phrase` returned."""
    return Note(text.words("phrase_note").body)


def explain(runtime: Runtime, question: str, facts: FactSheet, *, asker: str) -> str | None:
    """Return an answer to a question about the facts, None where our texts must do.

    Nothing is sent where the question seems to name somebody. asker: as for `phrase`.
    """
    if runtime.model is None or names_somebody(question):
        return None
    texts = [text.words(name).body for name in OUR_TEXTS]
    more = {"texts": texts, "question": asked(question)}
    return _worded(runtime, runtime.model, _Question("model_explain", more, asker), facts)


def why(
    runtime: Runtime,
    question: str,
    facts: FactSheet,
    *,
    asker: str,
    plain: Callable[[], Message],
) -> Message:
    """Return the answer to what somebody asked about their own summary, for them alone.

    facts: the lines of the asker's own summary. plain: the answer without a model's words.
    """
    said = explain(runtime, question, facts, asker=asker)
    if said is None:
        return plain()
    access.note(runtime, asker, What.HOW)
    words = text.words("why_answer", Answer(said))
    note = Note(text.words("why_note").body)
    return Message(words.title, (*(Paragraph(part) for part in words.paragraphs), note))


def names_somebody(question: str) -> bool:
    """Return whether something in a question looks like an id, an address, a mention or a key.

    A name that somebody types in plain letters cannot be told from any other word.
    """
    wide = unicodedata.normalize("NFKC", question)
    joined = "".join(one for one in wide if unicodedata.category(one) != "Cf")
    return any(_NAMED.search(_plain(one)) for one in (wide, joined))


def asked(question: str) -> str:
    """Return what goes along of a question: nothing unseen, and not too much."""
    return _plain(question)[:LONGEST_QUESTION].strip()


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked for: the text with the instructions, what goes along, and for whom."""

    prompt: str
    more: Mapping[str, object] = field(repr=False)
    asker: str


def _worded(runtime: Runtime, model: Speaks, wanted: _Question, facts: FactSheet) -> str | None:
    """Return what the model says beside the facts, and count what it took."""
    lines = [_plain(line) for line in facts.lines]
    if not _may_leave(lines):
        note(runtime, "facts not sent", "a line looks like a person, an address or a key")
        return None
    if not runtime.allowance.take(wanted.asker, runtime.clock().date()):
        return None
    access.note(runtime, wanted.asker, What.WORDED)
    data = json.dumps({"facts": lines, **wanted.more}, ensure_ascii=False)
    try:
        reply = model.ask(_instructions(wanted.prompt), data)
    except ModelError as error:
        note(runtime, "model gave no answer", error.message, error.hint)
        if error.asked:
            count(runtime, Used(model.name, 1, 1, 0, 0))
        return None
    said = reply.text.strip()
    against = refusal(said, FactSheet(tuple(lines)), known_words())
    count(runtime, Used(model.name, 1, int(against is not None), reply.n_in, reply.n_out))
    if against is not None:
        note(runtime, "model answer not shown", against.value)
        return None
    return said


def _instructions(prompt: str) -> str:
    known = known_words()
    plain, spelled = (" ".join(sorted(some)) for some in (known.plain, known.spelled))
    return text.words(prompt, Prompt(text.language(), plain, spelled)).body


def note(runtime: Runtime, event: str, why: str, hint: str = "") -> None:
    """Have it logged behind the hour that a model's answer was not to be had; in no one's words."""
    runtime.faults.note(Fault(event, why, hint), _tell, runtime.clock)


def _tell(fault: Fault) -> None:
    log.warning(fault.event, why=fault.why, **({"hint": fault.hint} if fault.hint else {}))


def count(runtime: Runtime, used: Used) -> None:
    """Count what a question to the model took."""
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
