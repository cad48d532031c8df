"""What the attack found, as tables to read and as words for the page about privacy."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attack_run import Found
from cut_out import LEAST
from guessed import SMALL, floor
from known_others import SIZES, Known
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
LANGUAGES = ("en", "de")
KINDS = ("two managers", "joiner", "leaver")


def show(found: Found, known: Sequence[Known], console: Console) -> None:
    """Print what was found, as three tables, and every fault."""
    for table in (_counted(found), _guessed(found), _known(known)):
        console.print(table)
    for line in said(found, known):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def said(found: Found, known: Sequence[Known]) -> list[str]:
    """Return what is wrong, in words; empty where nothing is."""
    kinds = [f"{count:,} x {what}" for what, count in sorted(found.faults.items())]
    passed = [f"the bound of strict mode was passed: {one}" for one in known if not one.good]
    return kinds + found.told + passed


def block(found: Found, known: Sequence[Known]) -> str:
    """Return what the page about privacy says, in every language."""
    return "\n\n".join(_page(code, found, known) for code in LANGUAGES)


def _page(code: str, found: Found, known: Sequence[Known]) -> str:
    words = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))[code]
    certain = "some" if found.counts["classes whose use is certain"] else "none"
    sentence = words[f"certain_{certain}"].format(
        solved=_whole(found.counts["sets of bands solved"], words),
        certain=_whole(found.counts["classes whose use is certain"], words),
        overlapping=_whole(found.counts["overlapping groups"], words),
    )
    page = (HERE / f"words_{code}.md").read_text(encoding="utf-8")
    return page.strip().format(
        **{one: _whole(found.counts[one], words) for one in ("organisations", "messages")},
        classes=_whole(found.counts["classes"], words),
        smallest=found.smallest_class,
        small_classes=found.faults["a class of fewer than ten people"],
        certain_sentence=sentence,
        known="\n".join(_rows(known, words)),
        **_of_100(found, words),
    )


def _of_100(found: Found, words: Mapping[str, str]) -> Mapping[str, str]:
    of = {kind: found.guesses[kind] for kind in KINDS}
    right = {kind: one.most.right for kind, one in of.items() if one.most}
    over = [one.most_over_own for one in of.values() if one.most_over_own]
    return {
        "floor": _share(floor(LEAST, SMALL), words),
        "pair": _share(right["two managers"], words),
        "joiner": _share(right["joiner"], words),
        "leaver": _share(right["leaver"], words),
        "over": _share(max(one.right - one.floor for one in over), words),
    }


def _rows(known: Sequence[Known], words: Mapping[str, str]) -> Iterator[str]:
    for size in SIZES:
        for strict in (False, True):
            own = [one for one in known if (one.people, one.strict) == (size, strict)]
            cells = [_cell(one, words) for one in own]
            yield f"| {size} | {words['on' if strict else 'off']} | {' | '.join(cells)} |"


def _cell(one: Known, words: Mapping[str, str]) -> str:
    usual = _share(one.usual, words)
    return f"{usual} ({_share(one.bound, words)})" if one.strict else usual


def _share(share: float, words: Mapping[str, str]) -> str:
    return f"{100 * share:.1f}".replace(".", words["point"])


def _whole(number: int, words: Mapping[str, str]) -> str:
    return f"{number:,}".replace(",", words["thousands"])


def _counted(found: Found) -> Table:
    table = Table(title="What was told in a year, and what could be cut out of it")
    table.add_column("what")
    table.add_column("number", justify="right")
    for what, number in found.counts.items():
        table.add_row(what, f"{number:,}")
    table.add_row("smallest class", str(found.smallest_class))
    table.add_row("faults", f"{found.faults.total():,}")
    return table


def _guessed(found: Found) -> Table:
    table = Table(title="One person guessed about, nothing known of the others")
    for name in ("who guesses, or about whom", "guesses", "mean", "most", "most over one figure"):
        table.add_column(name)
    for size in (10, 12, 18, 24, 25, 49):
        table.add_row(f"one figure of {size} people", "", "", f"{floor(size, SMALL):.3f}", "")
    for kind, one in found.guesses.items():
        if one.most and one.most_over_own:
            over = one.most_over_own.right - one.most_over_own.floor
            mean = one.summed / one.made
            cells = (f"{one.made:,}", f"{mean:.3f}", f"{one.most.right:.3f}", f"{over:.3f}")
            table.add_row(kind, *cells)
    return table


def _known(known: Sequence[Known]) -> Table:
    table = Table(title="One person guessed about, all others known, the person always the same")
    for name in ("people", "strict", "quarters", "figures", "usual", "worst", "bound", "kept"):
        table.add_column(name)
    for one in known:
        table.add_row(
            *(str(one.people), "on" if one.strict else "off", str(one.quarters)),
            *(str(one.releases), f"{one.usual:.3f}", f"{one.worst:.3f}", f"{one.bound:.3f}"),
            "yes" if one.good else "NO",
        )
    return table
