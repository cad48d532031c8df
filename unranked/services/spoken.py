"""Days, numbers, money and lists of names, in the language that is spoken.

How they are written is Babel's; where a language lays them out differently, its pattern stands in
its `labels.toml`. No German abbreviation of a month should end a sentence: it has a full stop.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.numbers import format_currency, format_decimal

from unranked import text
from unranked.domain.calendar import DAYS_A_WEEK


def day(day: date) -> str:
    """Return a day with its weekday, such as `Thu 19 Nov 2026`."""
    return _date(day, "pattern_day")


def short_day(day: date) -> str:
    """Return a day without its year, such as `19 Nov`."""
    return _date(day, "pattern_short_day")


def long_day(day: date) -> str:
    """Return a day with its year, such as `19 Nov 2026`."""
    return _date(day, "pattern_long_day")


def month(day: date) -> str:
    """Return the month of a day with its year, such as `October 2026`."""
    return str(format_date(day, "LLLL y", locale=_locale(text.language())))


def weekdays() -> list[str]:
    """Return the names of the week's days, from Monday on."""
    names = get_day_names("wide", locale=_locale(text.language()))
    return [str(names[number]) for number in range(DAYS_A_WEEK)]


def money(amount: Decimal, currency: str) -> str:
    """Return an amount such as `$10.85`. The space that German has before the sign breaks no line.

    currency: its ISO code.
    """
    return str(format_currency(amount, currency, locale=_locale(text.language())))


def decimal(number: Decimal | float, places: int = 2) -> str:
    """Return a number with so many places, such as `1,234.50`."""
    zeros = f".{'0' * places}" if places else ""
    return str(format_decimal(number, format=f"#,##0{zeros}", locale=_locale(text.language())))


def whole(number: Decimal | int) -> str:
    """Return a whole number, such as `10,000`."""
    return decimal(Decimal(number), places=0)


def listed(names: Iterable[str], last: str = "and") -> str:
    """Return `a`, `a and b`, or `a, b and c`; nothing for none.

    last: the label of the word before the last of several, `and` or `or`.
    """
    *most, end = [*names] or [""]
    return f"{', '.join(most)} {text.label(last)} {end}" if most else end


@lru_cache(maxsize=len(text.LANGUAGES))
def _locale(code: str) -> Locale:
    """Return what Babel knows of a language; it would look it up anew for every number."""
    return Locale(code)


def _date(day: date, pattern: str) -> str:
    return str(format_date(day, text.label(pattern), locale=_locale(text.language())))
