"""The private answer to `/tokens`: what a person's tokens were worth, in words and as charts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from unranked import text
from unranked.channels.base import Chart, Facts, Message, Note, Paragraph, Part, lines_of
from unranked.domain.access import What
from unranked.domain.costs import Costs, Gap
from unranked.domain.wording import FactSheet
from unranked.services import access, hints, spoken, summary, summary_charts, summary_words, wording
from unranked.services.messages import cannot_see, choices, days_in_words, tool_name
from unranked.services.runtime import Runtime
from unranked.services.summary import Own

BUTTONS = ("home_check_in", "how", "help_me")


@dataclass(frozen=True, slots=True)
class Head:
    """The values of the texts `summary` and `summary_…`: how many weeks, which, through when."""

    weeks: str
    span: str
    through: str


@dataclass(frozen=True, slots=True)
class Weeks:
    """The same where nothing is complete."""

    weeks: str
    span: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The value of the text `summary_note`."""

    sources: str


@dataclass(frozen=True, slots=True)
class Gaps:
    """The value of the text `summary_gaps`."""

    unknown: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, in words."""

    tool: str


@dataclass(frozen=True, slots=True)
class Unseen(Tool):
    """A tool, and what it does not report, in words."""

    what: str


def tokens(runtime: Runtime, person_key: str) -> Message:
    """Return the person's own summary. Reads nothing of anybody else.

    A hint may stand in it, and counts as shown then. So may words by a language model.
    """
    access.note(runtime, person_key, What.SUMMARY)
    own = _own(runtime, person_key)
    drawn = _message(own)
    words = wording.phrase(runtime, FactSheet(_lines(drawn)), asker=person_key)
    more: list[Part] = [] if words is None else [Paragraph(words), wording.phrase_note()]
    if (found := hints.due(runtime, person_key, own)) is not None:
        more.append(Paragraph(found))
    head, *rest = drawn.parts
    return Message(drawn.title, (head, *rest[:1], *more, *rest[1:]), drawn.choices)


def on_page(runtime: Runtime, person_key: str) -> Message:
    """Return the summary for a page that is drawn again and again: in words alone, and no hint."""
    drawn = _message(_own(runtime, person_key))
    return replace(drawn, parts=tuple(part for part in drawn.parts if not isinstance(part, Chart)))


def facts(runtime: Runtime, person_key: str) -> FactSheet:
    """Return the lines of the person's summary: no name, no account, no team."""
    return FactSheet(_lines(_message(_own(runtime, person_key))))


def _own(runtime: Runtime, person_key: str) -> Own:
    with runtime.store.read() as tx:
        return summary.read(tx, runtime, person_key)


def _lines(drawn: Message) -> tuple[str, ...]:
    """Return the figures in words: the fact sheet is these lines and nothing else."""
    return tuple(line for part in drawn.parts if isinstance(part, Facts) for line in lines_of(part))


def _message(own: Own) -> Message:
    """Return the summary without what a hint or a language model adds: words first, then charts."""
    costs = own.summary.costs
    title, head = _head(costs, known=bool(own.tools))
    lines = tuple(summary_words.facts(own.summary, own.finished))
    charts: Iterable[Chart] = summary_charts.charts(own.summary, own.answers)
    unknown = [*_gaps(costs), *_unseen(own)]
    parts: list[Part] = [Paragraph(head), Facts(lines), *charts]
    if unknown:
        listed = "\n".join(f"- {line}" for line in unknown)
        parts.append(Paragraph(text.words("summary_gaps", Gaps(listed)).body))
    if costs.sources:
        sources = spoken.listed(text.label(f"source_{one}") for one in sorted(costs.sources))
        parts.append(Note(text.words("summary_note", Origin(sources)).body))
    return Message(title, tuple(parts), choices(*BUTTONS))


def _head(costs: Costs, *, known: bool) -> tuple[str, str]:
    if not costs.weeks:
        words = text.words("summary_no_weeks")
        return words.title, words.body
    last = costs.weeks[-1] + timedelta(days=6)
    span = days_in_words(costs.weeks[0], last)
    weeks = spoken.whole(len(costs.weeks))
    if costs.through is None or not known:
        name = "summary_no_tool" if costs.through else "summary_incomplete"
        words = text.words(name, Weeks(weeks, span))
    else:
        words = text.words("summary", Head(weeks, span, spoken.day(costs.through)))
    title = text.label("one_week") if len(costs.weeks) == 1 else words.title
    return title, words.body


def _gaps(costs: Costs) -> Iterator[str]:
    names = {
        Gap.NOT_COMPLETE: "summary_tool_not_complete",
        Gap.UNPRICED: "summary_unpriced",
        Gap.BY_SEAT: "summary_seat",
    }
    for tool, gap in costs.gaps:
        yield text.words(names[gap], Tool(tool_name(tool))).body


def _unseen(own: Own) -> Iterator[str]:
    """Say what cannot be seen. Who has no tool might be using any."""
    for one in own.connectors:
        if unseen := cannot_see(one):
            words = Unseen(tool_name(one.slug), "; ".join(unseen))
            yield text.words("summary_unseen", words).body
