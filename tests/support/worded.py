"""Two summaries as they are shown, and the words of each language that a model may use."""

from unranked import text
from unranked.domain import wording
from unranked.domain.wording import FactSheet
from unranked.services.wording import known_words

ENGLISH = FactSheet(
    (
        "You reported: A typical week of 90 min (likely 45 min to 180 min); 7 of 8 weeks answered.",
        "AI cost: $10.85 a week, or 2.17 million cost-weighted tokens; from $8.00 to $14.20.",
        "Net: About +79 min a week (likely +34 min to +169 min), where an hour counts $60.00.",
        "Value per token: 41 min per million cost-weighted tokens (likely 21 min to 83 min).",
        "Finished work: 7 merged pull requests in 28 days. AI cost: $6.05, likely $3.89 to $10.16.",
        "Compared with your previous quarter: no clear change",
    )
)
GERMAN = FactSheet(
    (
        "Deine Angaben: eine Woche mit 90 Min. (45 Min. bis 180 Min.); 7 von 8 Wochen beantwortet.",
        "KI-Kosten: 10,85\u00a0$ pro Woche oder 2,17 Millionen kostengewichtete Tokens.",
        "Netto: etwa +79 Min. pro Woche, wobei eine Stunde 60,00\u00a0$ zählt.",
        "Verglichen mit deinem Vorquartal: keine klare Änderung",
    )
)


def words_of(code):
    """Return the words that a model may use in a language."""
    with text.spoken(code):
        return known_words()


def refusal(said, facts, code=""):
    """Return why a text may not stand beside these facts, in their language."""
    return wording.refusal(said, facts, words_of(code or ("de" if facts is GERMAN else "en")))
