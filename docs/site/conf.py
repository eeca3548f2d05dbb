"""Settings of Sphinx: pages that ``build.py`` laid out come in; a site that asks nothing of the network goes out."""

from __future__ import annotations

import logging
import re
import types
from typing import Any

from sphinx.application import Sphinx

from bt_analysis import __version__

logging.disable(logging.INFO)  # cbsodata tells its settings to whoever imports it

project = "Better Together workbench"
author = "Better Together workbench contributors"
project_copyright = "Better Together workbench contributors, EUPL-1.2"
release = version = __version__
language = "en"

extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
root_doc = "index"
exclude_patterns = ["_build"]

# Notebooks were run by build.py, or not at all: Sphinx itself runs nothing.
nb_execution_mode = "off"
nb_render_markdown_format = "commonmark"
# Only a page with widgets would want scripts of elsewhere, and there is none.
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the NumPy docstrings say what goes in, with its unit
autosummary_generate = False
toc_object_entries = False  # each function in the bar at the side of each page: half of the time a build takes
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "furo"
html_title = f"Better Together workbench {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False

# What docstrings write plainly means something else to docutils: |x| is a size here, and bt_ the start of a name.
_LITERAL = re.compile(r"(``.*?``|:\w+:`.*?`)")
_SPECIAL = re.compile(r"\||(?<=\w)_(?=\W|$)")


def plainly(_app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Escape what docutils would take for markup, outside of literals."""
    for at, line in enumerate(lines):
        parts = _LITERAL.split(line)
        parts[::2] = [_SPECIAL.sub(r"\\\g<0>", part) for part in parts[::2]]
        lines[at] = "".join(parts)


def leave_out(_app: Sphinx, _what: str, _name: str, member: object, _skip: bool, _options: object) -> bool | None:
    """Leave out names for types: they have the docstring of the type they stand for."""
    return True if isinstance(member, types.GenericAlias | types.UnionType) else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx of both; before numpydoc, which writes markup of its own."""
    app.connect("autodoc-process-docstring", plainly, priority=400)
    app.connect("autodoc-skip-member", leave_out)
    return {"parallel_read_safe": True}
