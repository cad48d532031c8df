"""What campaigns came to, for the enablement team: each by itself, and all together (F16).

From stored looks alone: asked again, the answer is the same, whatever anybody did meanwhile.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unranked import text
from unranked.channels.base import (
    Chart,
    Fact,
    Facts,
    Message,
    Note,
    Paragraph,
    Part,
    Series,
    lines_of,
)
from unranked.domain.access import What
from unranked.domain.looks import Look
from unranked.domain.programme_uplift import programme_uplift
from unranked.services import (
    access,
    campaign_progress,
    campaign_words,
    editor_words,
    messages,
    spoken,
)
from unranked.services.campaign_words import Told
from unranked.services.choices import Asker
from unranked.services.runtime import Runtime
from unranked.store import Tx, campaigns, looks
from unranked.store.campaigns import StoredCampaign

CATEGORIES_MOST = 20
"""So many looks stand in a chart, the newest ones: the chat takes no more."""

WAITING_MOST = 5
"""So many campaigns that wait for their first look are named."""

_BLOCKS_MOST = 43
_WORDS_MOST = 7_900
"""So much of campaigns stands in an answer: what the chat takes, less the rest of the answer."""


@dataclass(frozen=True, slots=True)
class Programme:
    """The values of the text `campaign_programme`, in words."""

    difference: str
    people: str


def parts(tx: Tx, campaign: StoredCampaign) -> tuple[Part, ...]:
    """Return what may be said of one campaign now, in words."""
    one = campaign_words.told(tx, campaign)
    if one is None:
        return (Paragraph(text.label("not_judged")),)
    said = {
        "result_word": campaign_words.headline(one),
        "result_next": campaign_words.what_next(one),
        "result_paused": campaign_words.why_paused(one),
        "result_difference": campaign_words.in_points(one),
        "result_looks": " ".join(campaign_words.which_look(one)),
        "result_lasts": campaign_words.whether_it_lasts(one),
        "result_opt_outs": campaign_words.who_opted_out(one),
    }
    facts = Facts(tuple(Fact(text.label(name), words) for name, words in said.items() if words))
    of_one = [name for name in campaign_words.FORMULAS if name != "f16"]
    return facts, Note(campaign_words.counted(one)), campaign_words.how_computed(*of_one)


def message(runtime: Runtime, asker: Asker) -> Message:
    """Return what the enablement team is answered: all together, then each, the newest first.

    asker: somebody of the team; everybody of it is answered alike.
    """
    del asker
    with runtime.store.write() as tx:
        every = campaigns.every(tx)
        access.note_groups(tx, runtime, (one.campaign_key for one in every), What.RESULTS)
        found = [one for campaign in every if (one := campaign_words.told(tx, campaign))]
        together = _programme(tx, every, found)
    having = [one for one in found if one.has_result]
    said = messages.plain("campaign_results" if having else "campaign_results_none")
    waiting = _waiting([one for one in found if not one.has_result])
    return Message(
        said.title,
        (
            *said.parts,
            Facts((Fact(text.label("result_programme"), together),)),
            *_campaigns(having),
            *waiting,
            campaign_words.how_computed(*campaign_words.FORMULAS),
        ),
    )


def _programme(tx: Tx, every: Sequence[StoredCampaign], found: Sequence[Told]) -> str:
    """Return what all campaigns that can be compared did together; their goal is to start."""
    last = [one.taken[-1] for one in found if one.taken and one.counts_together]
    expected = _expected(tx, every)
    interval = programme_uplift(last, expected=expected) if expected else None
    if interval is None:
        return text.words("campaign_programme_not_yet").body
    people = campaign_progress.rounded(sum(look.counts.people for look in last))
    values = Programme(campaign_words.difference(interval), people)
    if interval.low > 0:
        means = "programme_more"
    else:
        means = "programme_fewer" if interval.high < 0 else "programme_open"
    said = text.words("campaign_programme", values).body
    return f"{text.label(means)} {said}"


def _expected(tx: Tx, every: Sequence[StoredCampaign]) -> int:
    """Return N* of F16: the people of the plans that were fixed before the first look of all.

    Plans are fixed at their launch, and looks stay as they were taken: so it never changes.
    """
    first = looks.first_of_all(tx)
    if first is None:
        return 0
    return sum(one.people for one in every if one.started_at <= first)


def _campaigns(found: Sequence[Told]) -> Iterator[Part]:
    """Yield each campaign in its turn, as many as there is room for; the chart is of one."""
    charted = next((one for one in found if one.taken and one.is_comparable), None)
    blocks = words = 0
    for number, one in enumerate(found):
        own: tuple[Part, ...] = (_in_short(one, whole=one is charted),)
        if one is charted:
            own = (*own, Note(campaign_words.counted(one)), chart(one))
        blocks += 2 * len(own) - 1
        words += sum(len(line) + 1 for part in own for line in lines_of(part))
        if blocks > _BLOCKS_MOST or words > _WORDS_MOST:
            yield Note(text.label("results_older").format(number=len(found) - number))
            return
        yield from own


def _waiting(found: Sequence[Told]) -> Iterator[Part]:
    """Yield which campaigns have no look yet, with the day of their first one."""
    named = [
        text.label("result_waits").format(
            campaign=_name(one), day=spoken.long_day(one.plan.look_days[0])
        )
        for one in found[:WAITING_MOST]
    ]
    if more := len(found) - len(named):
        named.append(text.label("results_more").format(number=more))
    if named:
        yield Note(text.label("results_waiting").format(campaigns=spoken.listed(named)))


def _name(one: Told) -> str:
    return " ".join(editor_words.name(one.campaign).split())


def _in_short(one: Told, *, whole: bool) -> Facts:
    """Return a campaign as one paragraph under its name and its first day."""
    design = one.campaign.design
    since = spoken.long_day(design.start_on if design else one.campaign.started_at.date())
    looks_of = campaign_words.which_look if whole else campaign_words.looks_in_short
    opted_out = campaign_words.who_opted_out(one)
    said = (
        campaign_words.headline(one),
        campaign_words.in_points(one),
        *looks_of(one),
        campaign_words.whether_it_lasts(one) if whole or one.lasts else "",
        campaign_words.why_paused(one),
        f"{text.label('result_opt_outs')}: {opted_out}" if one.opted_out else "",
        campaign_words.what_next(one),
    )
    title = text.label("result_of").format(campaign=_name(one), day=since)
    return Facts((Fact(title, " ".join(words for words in said if words)),))


def chart(one: Told) -> Chart:
    """Return the likely range at each look that was taken, the newest ones, in words too."""
    taken = one.taken[-CATEGORIES_MOST:]
    days = tuple(spoken.short_day(one.day(look)) for look in taken)
    points = [look.interval.points() for look in taken]
    return Chart(
        title=text.label("chart_looks"),
        unit=text.label("chart_unit_points"),
        categories=days,
        series=tuple(
            Series(text.label(f"chart_{end}"), tuple(float(getattr(p, end)) for p in points))
            for end in ("low", "middle", "high")
        ),
        words=(text.label("chart_looks_words"), *map(_look_in_words, days, taken)),
    )


def _look_in_words(day: str, look: Look) -> str:
    return f"- {day}: {campaign_words.difference(look.interval)}"
