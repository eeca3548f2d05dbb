"""Cells in an IPython shell of this very process: source in, the outputs that a kernel would have sent out."""

# mypy: allow-untyped-calls
# IPython, nbformat and ipykernel have no types.

from __future__ import annotations

import builtins
import contextlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ipykernel.jsonutil import encode_images, json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Type
from traitlets.config import Config


class Outputs:
    """What a cell showed, in the form of nbformat 4; consecutive text of one stream is one output."""

    def __init__(self) -> None:
        self.shown: list[NotebookNode] = []
        self._named: dict[str, list[NotebookNode]] = {}
        self._clear_next = False

    def start(self) -> None:
        """Begin with a new cell; what was shown under a name before may still be updated."""
        self.shown, self._clear_next = [], False

    def add(self, output: NotebookNode) -> None:
        """Add an output.

        Parameters
        ----------
        output : NotebookNode
            As nbformat has it.
        """
        if self._clear_next:
            self.shown.clear()
            self._clear_next = False
        self.shown.append(output)

    def write(self, stream: str, text: str) -> None:
        """Add text to a stream.

        Parameters
        ----------
        stream : str
            ``stdout`` or ``stderr``.
        text : str
            What was written.
        """
        last = self.shown[-1] if self.shown and not self._clear_next else NotebookNode()
        if last.get("output_type") == "stream" and last["name"] == stream:
            last["text"] += text
        elif text:
            self.add(new_output("stream", name=stream, text=text))

    def display(self, output: NotebookNode, name: str | None, *, update: bool) -> None:
        """Add what is displayed, or put it in the place of what was displayed under its name.

        Parameters
        ----------
        output : NotebookNode
            As nbformat has it.
        name : str or None
            Its display id.
        update : bool
            Whether it replaces what stands under that name, also in an earlier cell.
        """
        if update:
            for earlier in self._named.get(name or "", []):
                earlier.update(data=output["data"], metadata=output["metadata"])
            return
        self.add(output)
        if name:
            self._named.setdefault(name, []).append(output)

    def clear(self, *, wait: bool) -> None:
        """Take away what the cell showed.

        Parameters
        ----------
        wait : bool
            Only when the next output is there.
        """
        if wait:
            self._clear_next = True
        else:
            self.shown.clear()


def _outputs_of(shell: Any) -> Outputs:
    outputs: Outputs = shell.outputs
    return outputs


class _Publisher(DisplayPublisher):
    def publish(
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        source: str = "",
        *,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **_: object,
    ) -> None:
        output = new_output("display_data", data=_plain(data), metadata=dict(metadata or {}))
        _outputs_of(self.shell).display(output, (transient or {}).get("display_id"), update=update)

    def clear_output(self, wait: bool = False) -> None:
        _outputs_of(self.shell).clear(wait=wait)


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        """Show no prompt: the number of the cell stands in the output."""

    def write_format_data(self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None) -> None:
        shown = {"data": _plain(format_dict), "metadata": dict(md_dict or {})}
        _outputs_of(self.shell).add(new_output("execute_result", execution_count=self.prompt_count, **shown))

    def finish_displayhook(self) -> None:
        """Write no line after it."""


class Shell(InteractiveShell):
    """An IPython shell whose outputs are kept.

    Parameters
    ----------
    inline : bool
        Whether open figures of pyplot are shown after each cell, as in a notebook.
    """

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)

    def __init__(self, *, inline: bool) -> None:
        self.outputs = Outputs()
        quiet = Config()
        quiet.HistoryManager.enabled = False
        quiet.InteractiveShell.colors = "nocolor"
        super().__init__(config=quiet)
        InteractiveShell._instance = self  # type: ignore[assignment]  # noqa: SLF001 - get_ipython asks for it
        if inline:
            self.enable_matplotlib("inline")

    def init_readline(self) -> None:
        """Read no lines: nobody sits at it."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Start no event loop of a screen: there is none.

        Parameters
        ----------
        gui : str, optional
            Whose.
        """

    def raw_input(self, prompt: object = "") -> str:
        """Refuse to ask.

        Parameters
        ----------
        prompt : object
            What would be asked.

        Raises
        ------
        StdinNotImplementedError
            Always.
        """
        raise StdinNotImplementedError(f"input({prompt!r}): nobody answers here; give the notebook a parameter.")

    def run(self, source: str) -> tuple[list[NotebookNode], int, bool]:
        """Run one cell.

        Parameters
        ----------
        source : str
            Its text; magics and top-level ``await`` are understood.

        Returns
        -------
        tuple of list, int and bool
            Its outputs, its number, and whether it failed; then the last output is the error.
        """
        self.outputs.start()
        with _streams(self.outputs), _asking(self.raw_input):
            result = self.run_cell(source, store_history=True)
        problem = result.error_before_exec or result.error_in_exec
        return self.outputs.shown, int(result.execution_count or self.execution_count), problem is not None

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        error = {"ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        self.outputs.add(new_output("error", **error))


class _Stream(io.TextIOBase):
    def __init__(self, outputs: Outputs, name: str) -> None:
        self._outputs, self._name = outputs, name

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._outputs.write(self._name, text)
        return len(text)


@contextlib.contextmanager
def _streams(outputs: Outputs) -> Iterator[None]:
    with (
        contextlib.redirect_stdout(_Stream(outputs, "stdout")),
        contextlib.redirect_stderr(_Stream(outputs, "stderr")),
    ):
        yield


@contextlib.contextmanager
def _asking(answer: Callable[[object], str]) -> Iterator[None]:
    before, builtins.input = builtins.input, answer  # type: ignore[assignment]  # its name has two underscores
    try:
        yield
    finally:
        builtins.input = before


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = json_clean(encode_images(dict(data)))
    return cleaned


def shows_figures() -> bool:
    """Say whether figures of pyplot are shown by themselves here: unless another back end was chosen.

    Returns
    -------
    bool
    """
    return os.environ.get("MPLBACKEND", "inline").endswith("inline")
