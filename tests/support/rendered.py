"""A rendered message taken apart again: each figure in it by its line and name, as it was shown.

The texts say where a figure stands. Whatever fits none of them is an element that nobody listed.
"""

import re
import string
from collections.abc import Iterator
from zlib import crc32

from unranked import text
from unranked.channels.base import Chart, Facts, Message, lines_of

LINES = {
    "summary": {
        "head": "summary summary_no_tool summary_incomplete summary_no_weeks",
        "value": "summary_value summary_value_not_yet",
        "cost": "summary_cost summary_cost_even summary_cost_none summary_cost_only_used "
        "summary_cost_by_seat summary_cost_unpriced summary_cost_at_least summary_cost_without "
        "summary_cost_not_yet "
        "summary_cost_currencies summary_cost_pending summary_cost_no_account "
        "summary_cost_no_data",
        "net": "summary_net summary_net_not_yet",
        "per_cost": "summary_per_cost summary_per_cost_at_least summary_per_cost_not_yet "
        "summary_per_cost_not_positive",
        "work": "summary_work summary_work_few summary_work_count summary_work_none "
        "summary_work_not_yet summary_work_no_account",
        "change": "summary_change summary_change_not_yet",
        "gaps": "summary_unpriced summary_seat summary_tool_not_complete summary_unseen "
        "summary_note summary_gaps",
        "hint": "hint_smaller_model hint_cache",
        "week": "summary_week summary_week_worth",
    },
    "how": {
        "head": "how how_end",
        "value": "how_value how_value_not_yet",
        "cost": "how_cost how_cost_not_yet",
        "net": "how_net",
        "per_cost": "how_per_cost how_per_cost_at_least how_per_cost_not_yet",
        "work": "how_work how_work_not_yet",
        "change": "how_change",
    },
}
_CHANGES = {"change_higher": 1.0, "change_not_clear": 0.0, "change_lower": -1.0}
_SUMS = {"costs", "amounts"}
_NUMBER = re.compile(r"[-+]?[$€]?\d[\d,]*(\.\d+)?")


def shown(message: Message, surface: str) -> dict[tuple[str, str, int], float | str]:
    """Return every figure of a message. Raises LookupError for words that fit no text."""
    found: dict[tuple[str, str, int], float | str] = {}
    for part in message.parts:
        if isinstance(part, Chart):
            found.update(_drawn(part))
        is_facts = isinstance(part, Facts)
        for line in lines_of(part):
            name, words = line.split(": ", 1) if is_facts else ("", line)
            for key, value in _read(name, words, LINES[surface]):
                index = sum(known[:2] == key for known in found)
                found[*key, index] = value
    return found


def texts() -> set[str]:
    """Return the names of the texts that are taken apart here."""
    return {name for of in LINES.values() for names in of.values() for name in names.split()}


def _drawn(chart: Chart) -> Iterator[tuple[tuple[str, str, int], float]]:
    mine = {text.label("chart_reported"): "reported"}
    for series in chart.series:
        number = crc32(f"{chart.title} {series.name}".encode())  # a tool without cost has no bars
        for place, value in enumerate(series.values):
            yield ("chart", mine.get(series.name, "cost"), 100 * number + place), value


def _read(
    title: str, words: str, lines: dict[str, str]
) -> Iterator[tuple[tuple[str, str], float | str]]:
    fits = [
        (len(template), line, match.groupdict())
        for line, names in lines.items()
        for name in names.split()
        for template, match in _fitting(name, title, words)
    ]
    if not fits and words not in _headings():
        raise LookupError(f"No text says: {title}: {words}")
    for _, line, values in sorted(fits, key=lambda fit: -fit[0])[:1]:
        for name, value in values.items():
            yield (line, name), _sum(value) if name in _SUMS else _number(value)


def _fitting(name: str, title: str, words: str) -> Iterator[tuple[str, re.Match[str]]]:
    own_title, _, body = (text._FOLDER / "en" / f"{name}.md").read_text().partition("\n")
    if title and own_title.removeprefix("# ").strip() != title:
        return
    for template in body.strip("\n").split("\n"):
        pattern, seen = "", set()
        for literal, field, _, _ in string.Formatter().parse(template):
            pattern += re.escape(literal)
            if field:
                pattern += f"(?P={field})" if field in seen else f"(?P<{field}>.*?)"
                seen.add(field)
        match = re.fullmatch(pattern, words)
        if match:
            yield template, match


def _headings() -> set[str]:
    return {text.label("chart_costs_words"), text.label("chart_worth_words")}


def _sum(value: str) -> float:
    """Return the sum of all amounts in words such as `Acme $10.85, Beta $2.00`."""
    found = re.findall(r"(-?)[$€]([\d,.]*\d)", value)
    return sum(float(f"{sign}{amount.replace(',', '')}") for sign, amount in found)


def _number(value: str) -> float | str:
    for label, number in _CHANGES.items():
        if value == text.label(label):
            return number
    bare = value.strip()
    match = _NUMBER.match(bare)
    if match is None or re.search(r"[;,] |\d \w+ \d| and ", bare):
        return value
    return float(re.sub(r"[$€,+]", "", match[0]))
