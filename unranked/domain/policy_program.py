"""What the program keeps for its own work: every table and column whose rows are of no person."""

from unranked.domain.policy_terms import (
    FOR_GOOD,
    ONLY_PROGRAM,
    OPERATORS,
    REPLACED,
    Purpose,
    TablePolicy,
)

_HELP = (Purpose.OFFER_HELP,)
_BOTH = (Purpose.OWN_USE, Purpose.OFFER_HELP)

OF_THE_PROGRAM: tuple[TablePolicy, ...] = (
    TablePolicy(
        "tombstone",
        "marks of the identifiers of those who were erased: keyed hashes, which name nobody",
        (),
        "until the person is let in again, with `unranked readmit`",
        ONLY_PROGRAM,
        {"mark": "keyed hash", "made_on": "day of the erasure"},
        why="to keep out whoever was erased: without them the next list of people would bring the "
        "person back; and to say so when the same person is erased again",
        when_erased="A mark is made for each address and id of the person.",
    ),
    TablePolicy(
        "coverage",
        "which days were read of a provider, and since when they did not change",
        _BOTH,
        FOR_GOOD,
        OPERATORS,
        {
            "connector": "provider",
            "feed": "provider's list",
            "day": "day",
            "digest": "digest of the day's totals",
            "same_since": "since when the totals are the same",
            "fetched_at": "when the day was last read",
            "rows": "number of rows",
        },
        why="so that figures are shown, and people are looked at, on complete days only",
    ),
    TablePolicy(
        "completeness",
        "how far a provider's figures go",
        _BOTH,
        REPLACED,
        "everybody, as the day that figures are complete through",
        {
            "connector": "provider",
            "complete_through": "last day of which everything is known",
            "history_since": "first day without a gap after it",
            "billed": "whether costs come from the bill",
            "billed_through": "last day that was billed",
        },
        why="so that figures are shown, and people are looked at, on complete days only",
    ),
    TablePolicy(
        "feedrun",
        "how the last reading of a provider's list ended",
        _BOTH,
        REPLACED,
        OPERATORS,
        {
            "connector": "provider",
            "feed": "provider's list",
            "tried_at": "when it was last tried",
            "succeeded_at": "when it last succeeded",
            "offered": "whether the provider offers it",
            "error": "what went wrong",
            "hint": "what to do about it",
        },
        why="so that the operator sees what was not read",
    ),
    TablePolicy(
        "campaign",
        "a series of tips, and the random salt of its draw",
        _HELP,
        FOR_GOOD,
        ONLY_PROGRAM,
        {
            "campaign_key": "random key of the campaign",
            "slug": "name of the campaign",
            "salt": "salt of the draw",
            "holdout": "share that gets nothing",
            "state": "whether it runs",
            "started_at": "when it began",
        },
    ),
    TablePolicy(
        "channelstate",
        "a chat that asked the bot to wait",
        _HELP,
        REPLACED,
        OPERATORS,
        {
            "channel": "chat",
            "paused_until": "until when nothing is sent",
            "error": "what went wrong",
            "hint": "what to do about it",
        },
        why="so that nothing is sent while the chat asks to wait",
    ),
    TablePolicy(
        "job",
        "when a job is due, and how it last ended",
        (),
        REPLACED,
        OPERATORS,
        {
            "name": "name of the job",
            "due_at": "since when it is due",
            "claim": "random key of who runs it",
            "claimed_until": "until when nobody else may run it",
            "started_at": "when it last began",
            "finished_at": "when it last ended",
            "outcome": "how it ended",
            "error": "what went wrong",
            "hint": "what to do about it",
        },
        why="to run every job once and miss none; no row is of a person",
    ),
)
