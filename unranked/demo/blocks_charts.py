"""Slack's limits for the native chart block (slack.md 13)."""

from collections.abc import Iterator

from unranked.demo.blocks_checks import (
    Check,
    anything,
    by_type,
    listed,
    number,
    problem,
    shape,
    text,
)

_MOST_PARTS = 6  # clients allow 12, the SDK's own notes say 6
_LABEL = text(20)
_ABOVE_ZERO = 5e-324

_PIE = shape(
    {
        "segments": listed(
            shape({"label": _LABEL, "value": number(_ABOVE_ZERO, whole=False)}), 1, _MOST_PARTS
        )
    }
)
_SERIES = shape(
    {
        "name": _LABEL,
        "data": listed(shape({"label": _LABEL, "value": number(whole=False)}), 1, 20),
    }
)
_AXES = shape({"categories": listed(_LABEL, 1, 20)}, {"x_label": text(50), "y_label": text(50)})


def _fits_its_axis(chart: object, pointer: str) -> Iterator[str]:
    """Series have names of their own, and one value for each category, in their order."""
    if not isinstance(chart, dict):
        return
    series, axes = chart.get("series"), chart.get("axis_config")
    if not isinstance(series, list) or not isinstance(axes, dict):
        return
    names = [one.get("name") for one in series if isinstance(one, dict)]
    if len({str(name) for name in names}) != len(series):
        yield problem("series names must be unique", f"{pointer}/series")
    for n, one in enumerate(series):
        data = one.get("data") if isinstance(one, dict) else None
        points = data if isinstance(data, list) else []
        labels = [point.get("label") for point in points if isinstance(point, dict)]
        if labels != axes.get("categories"):
            yield problem("one value for each category", f"{pointer}/series/{n}/data")


_DRAWN = shape(
    {"series": listed(_SERIES, 1, _MOST_PARTS), "axis_config": _AXES}, {}, _fits_its_axis
)
CHART: Check = shape(
    {
        "title": text(50),
        "chart": by_type({"pie": _PIE, "bar": _DRAWN, "area": _DRAWN, "line": _DRAWN}),
    },
    {"block_id": anything},
)
