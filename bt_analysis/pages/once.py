"""Work done once per report: a function of a report in; the same function, which remembers what it made of it, out.

Many sentences and tables of a report ask for the same thing. What was made is kept with the report itself, so that it
is gone when the report is, and a report that differs in anything (:func:`dataclasses.replace`) begins with nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Concatenate, ParamSpec, TypeVar, cast

from bt_analysis.pages.content import Content

Asked = ParamSpec("Asked")
Made = TypeVar("Made")


def once(make: Callable[Concatenate[Content, Asked], Made]) -> Callable[Concatenate[Content, Asked], Made]:
    """Let a function do its work once per report and arguments.

    Parameters
    ----------
    make : callable
        Takes a report first, then what can be a key of a dict; depends on nothing else.

    Returns
    -------
    callable
        The same function. What it gives is shared by all who ask: nobody may change it.
    """

    @functools.wraps(make)
    def kept(content: Content, /, *args: Asked.args, **more: Asked.kwargs) -> Made:
        key: Hashable = (make, args, tuple(sorted(more.items())))
        if key not in content.made:
            content.made[key] = make(content, *args, **more)
        return cast("Made", content.made[key])

    return kept
