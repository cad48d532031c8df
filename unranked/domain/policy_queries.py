"""Which module of the store may read which table, and what the modules behind a role may reach.

A test holds the modules' imports against it, and `lint-imports` those of whoever shows something:
a query of somebody's own use is out of reach for what a manager, the enablement team or an operator
is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from unranked.domain.policy_terms import Role


class Reach(StrEnum):
    """What comes out of a module of the store.

    USE: what somebody did or answered. PEOPLE: who they are, what they want, where they stand, and
    what was sent to them. SUMS: sums, and rows without a key for the gate and for looks.
    """

    USE = "what somebody did or answered, by their key"
    PEOPLE = "people by their keys, and nothing that they did"
    SUMS = "sums, and rows that lead to nobody"
    PROGRAM = "nothing of people"


@dataclass(frozen=True, slots=True)
class Queries:
    """A module of the store with its tables."""

    module: str
    reach: Reach
    tables: frozenset[str]


def _of(reach: Reach, **modules: str) -> tuple[Queries, ...]:
    return tuple(
        Queries(module, reach, frozenset(tables.split())) for module, tables in modules.items()
    )


QUERIES: tuple[Queries, ...] = (
    *_of(
        Reach.USE,
        activity="account tie usage",
        belongings="account disclaimer tie vault",
        checkins="checkin outbox",
        enrolments="account enrolment everused person placement tie usage",
        folding="account enrolment usage",
        folding_page="account coverage tie usage usageweek",
        hints="hint",
        news="account person placement tie usage",
        outcomes="outcome tie",
        own_ties="account everused outcome tie usage usageweek",
        past_use="account everused tie usageweek",
        usage="account coverage disclaimer tie usage",
    ),
    *_of(
        Reach.PEOPLE,
        access="access cohort enrolment groupaccess person release shownunit unitatom",
        assignments="armtotal enrolment outbox",
        audience="enrolment person placement",
        campaigns="campaign choice enrolment placement",
        corrections="account disclaimer tie vault",
        drawn="enrolment outbox",
        erasure="account doomedkey outbox person vault",
        groups=(
            "account choice cohort dottedline frozenunit person release shownunit tie unit unitatom"
        ),
        leading="dottedline person",
        links="exportlink",
        matching="account tie",
        outbox="enrolment outbox",
        pages="person placement",
        people="absence account person tie",
        planned="outbox",
        rotation="vault",
        sight="account tie",
        tombstones="tombstone",
        units_due="account cohort frozenunit release tie unitatom",
        vault="doomedkey vault",
    ),
    *_of(
        Reach.SUMS,
        figures="atomdraw cohort tie unitatom usage",
        ledger="release",
        looks="campaignlook",
        progress="enrolment outbox person",
        programme="checkin person programmedraw tie usage usageweek",
        results="account choice enrolment outbox person tie usage",
        retention="campaign modeluse outbox release usageweek",
    ),
    *_of(
        Reach.PROGRAM,
        chat_pauses="channelstate",
        coverage="completeness coverage feedrun",
        key_checks="doomedkey",
        model_use="modeluse",
        ring="sealing",
        runs="job",
        sent_texts="senttext",
        tips="tip tipwords",
        turns="campaign outbox",
    ),
)

EVERY_TABLE = frozenset({"belongings", "erasure", "retention"})
"""Modules that go through the policy itself, table by table: to export, to erase, to let go."""

BEHIND: Mapping[Role, frozenset[str]] = {
    Role.MANAGER: frozenset(
        {"digests", "home_weekly", "managers", "posting", "releases", "weekly_forms"}
    ),
    Role.ENABLEMENT: frozenset(
        {
            *("campaign_notices", "campaign_progress", "campaign_results", "campaign_words"),
            *("editor", "editor_days", "editor_drafts", "editor_forms", "editor_preview"),
            *("editor_reading", "editor_screens", "editor_tips", "editor_words"),
            *("enablement", "home_team", "opt_outs", "programme", "tip_drafts", "tip_fields"),
            *("tip_forms", "tip_screens", "tip_words", "tip_writing", "tips"),
        }
    ),
    Role.OPERATOR: frozenset(
        {
            *("connections", "doctor", "doctor_checks", "doctor_keys", "doctor_model"),
            *("doctor_team", "doctor_tips"),
        }
    ),
}
"""The modules of `services` that make what a role is shown. None of them may reach somebody's use.

What makes the figures themselves is not among them: it hands sums to the gate, and nothing else.
"""


def modules(reach: Reach) -> list[str]:
    """Return the modules of the store with that reach, by name."""
    return sorted(one.module for one in QUERIES if one.reach is reach)
