"""What is kept of the help that somebody is offered, and of what they answered."""

from unranked.domain.policy_terms import (
    ONLY_THEM,
    Kept,
    Key,
    Names,
    Purpose,
    Role,
    TablePolicy,
    Who,
)
from unranked.domain.policy_texts import texts

_SEE, _HELP = (Purpose.OWN_USE,), (Purpose.OFFER_HELP,)
_HELPS = (Purpose.OFFER_HELP, Purpose.SEE_WHETHER_IT_HELPS)

_PERSON = Key("person_key", Names.PERSON)
_KEY = "random key of the person"
_CAMPAIGN = "random key of the campaign"

_IN_ONE_FIGURE = Who(
    frozenset({Role.ENABLEMENT}),
    "the enablement team, in one rounded figure of two hundred people or more",
)
_IN_RESULTS = Who(frozenset({Role.ENABLEMENT}), "the enablement team, in the result of a campaign")
_IN_COUNTS = Who(
    frozenset({Role.ENABLEMENT, Role.OPERATOR}),
    "the enablement team and the operator, in counts that are fewer than 20 or rounded down to ten",
)
_OF_THE_MESSAGE = "of the bot's own work, and not of anybody's: "

OF_HELP: tuple[TablePolicy, ...] = (
    TablePolicy(
        "checkin",
        "what somebody said that AI was worth to them in a week",
        (Purpose.OWN_USE, Purpose.SEE_WHETHER_IT_HELPS),
        Kept("9 months", since="week", months=9),
        ONLY_THEM,
        {
            "person_key": _KEY,
            "week": "first day of the week, a Monday",
            "minutes": "minutes of the answer; none where it was skipped",
            "spent": "where the time went",
            "answered_on": "day of the latest answer",
        },
        (_PERSON,),
        texts(code="spent"),
        reasons={
            "minutes": "what the person said that a week was worth, one of nine answers of ours; "
            "no clock measured it"
        },
        shown={"minutes": _IN_ONE_FIGURE},
    ),
    TablePolicy(
        "hint",
        "a hint about cost that somebody was shown",
        _SEE,
        Kept("90 days", since="shown_on", days=90),
        ONLY_THEM,
        {"person_key": _KEY, "shown_on": "day on which it was shown", "kind": "which hint"},
        (_PERSON,),
        texts(code="kind"),
    ),
    TablePolicy(
        "placement",
        "the segment that somebody is in, and why",
        _HELP,
        Kept("until a newer run replaces it, and 90 days at most", since="decided_on", days=90),
        ONLY_THEM,
        {
            "person_key": _KEY,
            "segment": "segment",
            "reason": "reason, where nothing is known",
            "watermark": "day that the figures were complete through",
            "decided_on": "day of the decision",
            "since": "day since which it is the same segment",
        },
        (_PERSON,),
        texts(code="segment reason"),
        shown={"segment": _IN_COUNTS},
    ),
    TablePolicy(
        "enrolment",
        "the arm of a campaign that chance drew for somebody",
        _HELPS,
        Kept("until 60 days after the campaign's last look", days=60, by_job=True),
        ONLY_THEM,
        {
            "campaign_key": _CAMPAIGN,
            "person_key": _KEY,
            "arm": "arm",
            "segment": "segment at the draw",
            "watermark": "day that the figures were complete through",
            "enrolled_at": "when the arm was drawn",
            "unit": "random key of the team, where whole teams are drawn",
            "steps": "number of tips planned",
            "stopped": "why there are no more tips",
            "a14": "whether there was use within 14 days, once it is kept by the day no more",
            "p42": "days of use from day 29 to 42, two standing for more, as before",
        },
        (_PERSON,),
        texts(key="campaign_key unit", code="arm segment stopped"),
        reasons={"enrolled_at": f"{_OF_THE_MESSAGE}when chance drew"},
        shown={"arm": _IN_COUNTS, "a14": _IN_RESULTS, "p42": _IN_RESULTS},
    ),
    TablePolicy(
        "outbox",
        "a message of the bot to somebody; never a figure of one person",
        _HELP,
        Kept(
            "9 months, those of a campaign as long as its arms if that is longer, and the last two "
            "tips to somebody until there are newer ones: so that silence stays respected",
            since="created_at",
            months=9,
            by_job=True,
        ),
        ONLY_THEM,
        {
            "key": "random key of the message",
            "purpose": "what makes the message unique",
            "person_key": _KEY,
            "channel": "chat",
            "campaign_key": _CAMPAIGN,
            "kind": "kind of message",
            "content": "which text, and what stands in it",
            "state": "state",
            "reason": "reason of the state",
            "created_at": "when it was planned",
            "not_before": "when it may go out",
            "claim": "random key of who is sending it",
            "claimed_until": "until when nobody else may send it",
            "attempted_at": "when it was last tried",
            "attempts": "number of tries",
            "looks": "number of looks for it in the chat",
            "receipt": "chat's own stamp of the message",
            "text_hash": "hash of the text that was sent",
            "finished_at": "when it was settled",
            "answered_on": "day on which somebody reacted",
            "posted_on": "day on which a manager posted their weekly message to the team",
        },
        (_PERSON,),
        texts(
            key="key campaign_key claim receipt text_hash",
            code="purpose channel kind state reason",
            filled="content",
        ),
        reasons={
            "created_at": f"{_OF_THE_MESSAGE}when the message was planned",
            "not_before": f"{_OF_THE_MESSAGE}when the message may go out",
            "claimed_until": f"{_OF_THE_MESSAGE}until when one process sends it",
            "attempted_at": f"{_OF_THE_MESSAGE}when the message was tried",
            "finished_at": f"{_OF_THE_MESSAGE}when the message was settled",
        },
        shown={"state": _IN_COUNTS},
    ),
)
