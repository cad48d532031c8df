"""Which connectors are no AI tools: an account there says nothing of anybody's use of AI."""

from functools import cache

from unranked import connectors
from unranked.services.runtime import Runtime


def no_tools(runtime: Runtime) -> frozenset[str]:
    """Return their slugs, whether they are set up or not any more.

    Nobody is in the dark because of such an account, and no group waits for its figures.
    """
    return _known() | {one.connector.slug for one in runtime.sources}


@cache
def _known() -> frozenset[str]:
    return frozenset(slug for slug, one in connectors.found().items() if not one.is_tool)
