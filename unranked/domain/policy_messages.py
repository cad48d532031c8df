"""What a message may be filled with, by who reads it: every {name} of every text is declared here.

A test goes through the text files of every language. Who adds a {name} to a text says here what it
holds; what its reader may not be told cannot be declared for them.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from unranked.domain.policy_terms import Role


class Reader(StrEnum):
    """Who reads a message, and whether the chat keeps it, and with it the company's archive."""

    PRIVATE = "the person alone, in an answer that the chat does not keep"
    IN_CHAT = "the person, in a message that their chat keeps"
    MANAGER = "a manager, in the weekly message"
    TEAM = "the enablement team"
    TEAM_CHAT = "the enablement team, in a message that their chat keeps"
    MODEL = "the language model's provider, where the company turned one on"


ROLE_OF: Mapping[Reader, Role] = {
    Reader.PRIVATE: Role.PERSON,
    Reader.IN_CHAT: Role.PERSON,
    Reader.MANAGER: Role.MANAGER,
    Reader.TEAM: Role.ENABLEMENT,
    Reader.TEAM_CHAT: Role.ENABLEMENT,
    Reader.MODEL: Role.PERSON,
}
"""For whom a reader reads: nobody is told by a message what the policy does not let them see."""


class Holds(StrEnum):
    """What stands in place of a {name}.

    OWN: a figure of the reader's own use, cost, work or answers, or made of them. FACT: a setting,
    a day, a tool or an account of the reader. BAND: what the gate let out of a group of ten or
    more. COUNT: people, fewer than 20 or rounded down to ten. RESULT: what a campaign came to, as
    its looks read it. CONSTANT: the same for everybody. WORDS: words of ours or of the team.
    """

    OWN = "a figure of the reader's own"
    FACT = "a fact of the reader's own"
    BAND = "a band that the gate let out"
    COUNT = "a rounded number of people"
    RESULT = "the result of a campaign"
    CONSTANT = "the same for everybody"
    WORDS = "words of a text"


MAY_HOLD: Mapping[Reader, frozenset[Holds]] = {
    Reader.PRIVATE: frozenset({Holds.OWN, Holds.FACT, Holds.CONSTANT, Holds.WORDS}),
    Reader.IN_CHAT: frozenset({Holds.FACT, Holds.CONSTANT, Holds.WORDS}),
    Reader.MANAGER: frozenset({Holds.BAND, Holds.CONSTANT, Holds.WORDS}),
    Reader.TEAM: frozenset({Holds.COUNT, Holds.RESULT, Holds.CONSTANT, Holds.WORDS}),
    Reader.TEAM_CHAT: frozenset({Holds.CONSTANT, Holds.WORDS}),
    # The lines of one's own summary, at one's own wish, as `/tokens privacy` says.
    Reader.MODEL: frozenset({Holds.OWN, Holds.CONSTANT, Holds.WORDS}),
}

_READERS = {
    Reader.IN_CHAT: "nudge_footer tip_opening pulse pulse_footer pulse_thanks pulse_where monthly "
    "test_note answer_dm export_file why_in_dm campaigns_in_dm",
    Reader.MANAGER: "digest digest_figures digest_footer digest_next digest_not_shown",
    Reader.TEAM_CHAT: "campaign_no_result campaign_paused_itself campaign_paused_its_draw "
    "campaign_result_ready",
    Reader.MODEL: "model_explain model_phrase model_tip",
    Reader.TEAM: "programme programme_not_yet home_campaigns home_no_campaigns team_only "
    "form_campaign form_launched form_messages form_overtaken form_tip form_tip_draft "
    "form_tip_translation after_step after_days who_eligible who_in_units step_later copy_of "
    "lasts_not_yet in_points",
}
_READER = {name: reader for reader, names in _READERS.items() for name in names.split()}
_OF_THE_TEAM = (
    *("campaign_", "campaigns_", "tip_", "tips_", "look_", "looks_", "formula_", "result_"),
    *("results_", "progress_", "opt_outs_", "breach_", "goal_", "means_"),
)
"""How the names of texts begin that the enablement team reads."""


_FILLED: Mapping[Reader, Mapping[Holds, str]] = {
    Reader.PRIVATE: {
        Holds.OWN: "amounts answer answered answers change cost costs count have high highest "
        "instead low lowest middle millions model net outside paid per_currency per_hour "
        "per_million seen total worth",
        Holds.FACT: "account back day days end first last listed often since start times tool "
        "tools week weeks zone",
        Holds.CONSTANT: "contact floor hour minute minutes need needs number reference smaller "
        "source sources span survival through",
        Holds.WORDS: "unknown what who why",
    },
    Reader.IN_CHAT: {Holds.FACT: "tools", Holds.CONSTANT: "week month"},
    Reader.MANAGER: {
        Holds.BAND: "figures share size who",
        Holds.CONSTANT: "frozen last_day since until",
        Holds.WORDS: "body practice question source",
    },
    Reader.TEAM: {
        Holds.COUNT: "holdout messages nudge people",
        Holds.RESULT: "difference high low middle points premium share",
        Holds.CONSTANT: "active campaigns day days first for_opt_outs for_ratio joins last least "
        "looks missed most number numbers opted_out quarter",
        Holds.WORDS: "button buttons campaign goal language languages name segment state tips "
        "title tools unit",
    },
    Reader.TEAM_CHAT: {Holds.WORDS: "campaign"},
    Reader.MODEL: {
        Holds.OWN: "words",
        Holds.CONSTANT: "language plain",
        Holds.WORDS: "ask form task title tools understand",
    },
}


def reader_of(text: str) -> Reader:
    """Return who reads a text or a label of that name; the person alone, where nothing else is."""
    if text in _READER:
        return _READER[text]
    return Reader.TEAM if text.startswith(_OF_THE_TEAM) else Reader.PRIVATE


def filled() -> Iterator[tuple[Reader, str, Holds]]:
    """Yield every {name} that is declared, by reader, with what it holds."""
    for reader, holds in _FILLED.items():
        for what, names in holds.items():
            for name in names.split():
                yield reader, name, what


def faults(text: str, names: frozenset[str]) -> list[str]:
    """Return which {names} of a text are not declared for its reader, or may not be told to them.

    One sentence each; none where all is well.
    """
    reader = reader_of(text)
    known = {name: what for who, name, what in filled() if who is reader}
    return [
        f"The text {text} is read by {reader}; what its {{{name}}} holds is not declared for them."
        if name not in known
        else f"The text {text} is read by {reader}; they may not be told {known[name]}."
        for name in sorted(names)
        if known.get(name) not in MAY_HOLD[reader]
    ]
