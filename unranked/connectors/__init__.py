"""The connectors: every module of this folder that has a `CONNECTOR` is one."""

import importlib
import pkgutil
from collections.abc import Mapping

from unranked.connectors.base import Connector

_NOT_CONNECTORS = {
    "answers",
    "api",
    "base",
    "files",
    "github_identities",
    "github_reverts",
    "refusals",
}


def found() -> Mapping[str, Connector]:
    """Return every connector by its slug, in the order of the slugs."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    connectors = (
        importlib.import_module(f"{__name__}.{name}").CONNECTOR
        for name in names
        if name not in _NOT_CONNECTORS
    )
    return {connector.slug: connector for connector in connectors}
