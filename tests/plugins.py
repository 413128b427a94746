"""Plugins that several tests load, and what loading leaves behind, undone."""

import contextlib
import pathlib
import re
from unittest import mock

from data.sets import DATASETS
from hvae.families import CONFIGS, FAMILIES
from hvae.flows.posterior import FLOWS
from hvae.likelihoods import LIKELIHOODS
from hvae.registry import plugins

PAGE = pathlib.Path(__file__).parents[1] / "docs" / "parts.md"


def documented_plugin():
    """The text of the plugin that the documentation shows."""
    text = PAGE.read_text(encoding="utf-8")
    return re.search(r"<!-- plugin: laplace.py -->\n```python\n(.*?)```", text, re.DOTALL)[1]


@contextlib.contextmanager
def as_in_a_new_process():
    """Without what has been registered; at the end, with what was."""
    with contextlib.ExitStack() as stack:
        for registry in (CONFIGS, DATASETS, FAMILIES, FLOWS, LIKELIHOODS):
            stack.enter_context(mock.patch.object(registry, "_added", {}))
        stack.enter_context(mock.patch.object(plugins, "_LOADED", {}))
        yield
