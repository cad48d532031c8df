"""A campaign in words, as its editors read it: facts, mistakes, what it can see."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from unranked import text
from unranked.channels.base import Fact, Facts, Paragraph, Part
from unranked.domain.calendar import EVERY_DAY, OpenHours
from unranked.domain.campaigns import Design, Problem, State, Step
from unranked.domain.campaigns import Part as Field
from unranked.domain.constants import CAMPAIGN_PEOPLE, PROGRAMME_HOLDOUT
from unranked.domain.sample_sizes import Promise
from unranked.domain.segments import NUDGED, Segment
from unranked.services import campaign_words, spoken, tips
from unranked.services.forms import hour_in_words, weekdays_in_words
from unranked.store import Tx
from unranked.store.campaigns import StoredCampaign

_PERCENT = 100

PROMISED_BY = ("f12", "f15")
"""The formulas by which the size of an effect is computed that a campaign can see."""

WRONG: Mapping[tuple[Field, Problem], str] = {
    (Field.NAME, Problem.EMPTY): "campaign_wrong_no_name",
    (Field.NAME, Problem.TOO_LONG): "campaign_wrong_long_name",
    (Field.PURPOSE, Problem.TOO_LONG): "campaign_wrong_long_purpose",
    (Field.SEGMENTS, Problem.NOBODY): "campaign_wrong_nobody",
    (Field.SEGMENTS, Problem.NOT_FOR_THEM): "campaign_wrong_nobody",
    (Field.STEPS, Problem.EMPTY): "campaign_wrong_no_message",
    (Field.STEPS, Problem.TOO_MANY_STEPS): "campaign_wrong_many_messages",
    (Field.STEPS, Problem.TOO_MANY_TIPS): "campaign_wrong_many_tips",
    (Field.STEPS, Problem.UNKNOWN_TIP): "campaign_wrong_tip",
    (Field.STEPS, Problem.TOO_CLOSE): "campaign_wrong_close",
    (Field.STEPS, Problem.ABOVE_CAPS): "campaign_wrong_caps",
    (Field.START, Problem.PAST): "campaign_wrong_past",
    (Field.END, Problem.TOO_SHORT): "campaign_wrong_short",
    (Field.END, Problem.TOO_LONG): "campaign_wrong_long",
    (Field.HOURS, Problem.OUTSIDE_OFFICE_HOURS): "campaign_wrong_hours",
    (Field.LOOKS, Problem.OUT_OF_RANGE): "campaign_wrong_looks",
    (Field.HOLDOUT, Problem.OUT_OF_RANGE): "campaign_wrong_holdout",
}
"""What is said of each mistake that a design can hold; each says what to do."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a campaign, in words: its first, its last, and the last on which people join."""

    first: str
    last: str
    joins: str


@dataclass(frozen=True, slots=True)
class Sees:
    """What a campaign can see, in words: people, effect, and the share that waits."""

    people: str
    points: str
    share: str


@dataclass(frozen=True, slots=True)
class SeesNone:
    """The same where there is no effect that it could see."""

    people: str
    share: str


@dataclass(frozen=True, slots=True)
class Assumes:
    """What is taken for granted of who joins: the share of the yearly draw, and where to look."""

    share: str
    button: str


@dataclass(frozen=True, slots=True)
class Least:
    """The least number of people of a campaign."""

    least: str


def segments() -> list[Segment]:
    """Return the segments that a campaign may be for, in the order in which they are said."""
    return [one for one in Segment if one in NUDGED]


def segment(one: str) -> str:
    """Return a segment in words."""
    return text.label(f"segment_{one}")


def wrong(part: Field, problem: Problem) -> str:
    """Return what is said of a mistake, and what to do."""
    return text.words(WRONG[part, problem]).body


def mistakes(found: Mapping[Field, Problem]) -> Part:
    """Return all mistakes as a list."""
    intro = text.words("campaign_mistakes").body
    said = (text.words(WRONG[one]) for one in found.items())
    return Paragraph("\n".join([intro, *(f"- {one.title}: {one.body}" for one in said)]))


def promise(found: Promise | None) -> Part:
    """Return what a campaign can see, what that takes for granted, and how it is computed.

    found: None for fewer people than a campaign has.
    """
    if found is None:
        said = text.words("campaign_too_few", Least(spoken.whole(CAMPAIGN_PEOPLE)))
        return Paragraph(said.body)
    button = text.label("team_campaign_who")
    assumes = text.words("campaign_assumes", Assumes(percent(PROGRAMME_HOLDOUT), button))
    how = " ".join(campaign_words.formulas(*PROMISED_BY))
    facts = (_sees(found), assumes, text.Words(text.label("how"), how))
    return Facts(tuple(Fact(one.title, one.body) for one in facts))


def _sees(found: Promise) -> text.Words:
    people, share = spoken.whole(found.people), percent(found.holdout)
    if found.smallest is None:
        return text.words("campaign_sees_none", SeesNone(people, share))
    name = "campaign_sees_little" if found.probably_cannot_tell else "campaign_sees"
    return text.words(name, Sees(people, spoken.whole(found.smallest), share))


def percent(share: float) -> str:
    """Return a share as a whole number of hundredths."""
    return spoken.whole(round(_PERCENT * share))


def state(campaign: StoredCampaign) -> str:
    """Return where a campaign is in its life."""
    if campaign.state == State.PAUSED and campaign.held_by not in {"", "team"}:
        return text.label("campaign_paused_itself")
    return text.label(f"campaign_{campaign.state}")


def name(campaign: StoredCampaign) -> str:
    """Return what the team calls a campaign; words of ours where nobody wrote it."""
    design = campaign.design
    if design is None:
        return text.label("campaign_first_steps")
    return design.name.strip() or text.label("campaign_no_name")


def facts(tx: Tx, campaign: StoredCampaign, design: Design) -> Facts:
    """Return everything that is written in a design, in a fixed order."""
    return Facts(
        tuple(Fact(text.label(label), said) for label, said in _facts(tx, campaign, design))
    )


def _facts(tx: Tx, campaign: StoredCampaign, design: Design) -> Iterator[tuple[str, str]]:
    yield "campaign_state", state(campaign)
    if design.purpose.strip():
        yield "campaign_purpose", _lines(design.purpose)
    chosen = [segment(one) for one in segments() if one in design.segments]
    yield "campaign_segments", spoken.listed(chosen, last="or") or text.label("campaign_nobody")
    yield "campaign_units", spoken.listed(design.units) or text.label("campaign_all_units")
    for number, step in enumerate(design.steps, start=1):
        yield from _step(tx, number, step)
    days = (design.start_on, design.end_on, design.draw_until)
    yield "campaign_days", text.words("campaign_days", Days(*map(spoken.long_day, days))).body
    yield "campaign_hours", hours(design.hours)
    yield "campaign_phase", text.label(f"phase_{design.phase}")
    yield "campaign_outcome", text.label(f"outcome_{design.outcome}")
    yield "campaign_looks", text.label(f"looks_{design.look_weeks}")
    yield "campaign_holdout", _held_out(campaign, design)


def _lines(words: str) -> str:
    """Return what was typed in several lines as it was typed, without the empty ones."""
    return "\n".join(said for line in words.splitlines() if (said := " ".join(line.split())))


def _held_out(campaign: StoredCampaign, design: Design) -> str:
    share = campaign.holdout if campaign.people else design.holdout
    return text.label("holdout_computed") if share is None else f"{percent(share)} %"


def _step(tx: Tx, number: int, step: Step) -> Iterator[tuple[str, str]]:
    named = tips_in_words(tx, step.tips)
    later = text.label("step_later").format(days=step.after_days, tips=named)
    yield f"step_{number}", later if number > 1 else named


def tips_in_words(tx: Tx, names: Collection[str]) -> str:
    """Return the tips of a step, one of which a person gets."""
    if not names:
        return text.label("step_library")
    return spoken.listed([f"“{tips.title(tx, one)}”" for one in names], last="or")


def hours(open_hours: OpenHours) -> str:
    """Return the hours in which a campaign sends."""
    start, end = hour_in_words(open_hours.start), hour_in_words(open_hours.end)
    said = f"{start} {text.label('to')} {end}"
    if open_hours.weekdays >= EVERY_DAY:
        return said
    return f"{weekdays_in_words(open_hours.weekdays)}, {said}"
