"""T9: what managers, the team and operators are shown is made without an order of anything.

Which modules those are stands in the import contract, which keeps everybody's own use from them.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = "Who is shown something of others reaches nobody's own use"
BANNED = {
    "argmax", "leaderboard", "most_common", "nlargest", "nsmallest", "percentile", "quantile",
    "quantiles", "rank", "ranked", "ranking", "top",
}  # fmt: skip
ORDERING = {"max", "min", "sort", "sorted"}


STATIC = {
    ("unranked.services.editor_tips", "tips.is_of_the_files"),
    ("unranked.services.tip_screens", "_place"),
}
"""Orders of tips, by who wrote them and by what is written in them: no figure is near."""


def modules() -> list[str]:
    """Return the modules behind the manager, the team and the operator."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (one,) = (one for one in contracts["contracts"] if one["name"] == CONTRACT)
    return [*one["source_modules"], "unranked.domain.digests", "unranked.domain.released"]


def wrong(source: str, module: str = "") -> Iterator[str]:
    """Yield what of a module puts things in an order by some measure of them."""
    for node in ast.walk(ast.parse(source)):
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "name", None)))
        if name in BANNED:
            yield f"{name} in line {getattr(node, 'lineno', '?')}"
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            keys = [ast.unparse(one.value) for one in node.keywords if one.arg == "key"]
            if called in ORDERING and any((module, key) not in STATIC for key in keys):
                yield f"{called} by {keys} in line {node.lineno}"


@pytest.mark.parametrize("module", modules())
def test_t9_nothing_is_put_in_an_order_by_a_measure_of_it(module):
    path = ROOT / f"{module.replace('.', '/')}.py"

    assert list(wrong(path.read_text(), module)) == []


def test_t9_modules_of_all_three_are_among_them():
    last = {module.rpartition(".")[2] for module in modules()}

    assert {"managers", "digests", "releases"} <= last  # the manager
    assert {"campaign_results", "campaign_progress", "programme", "opt_outs"} <= last  # the team
    assert {"doctor", "connections"} <= last  # the operator


@pytest.mark.parametrize(
    "source",
    [
        "def rank(teams): return teams",
        "best = sorted(teams, key=lambda team: team.active)",
        "teams.sort(key=share)",
        "first = max(units, key=spend)",
        "from heapq import nlargest\nnlargest(3, teams)",
        "counts.most_common(3)",
        "numpy.percentile(tokens, 90)",
    ],
)
def test_t9_fails_of_a_module_that_makes_an_order(source):
    assert list(wrong(source)) != []
