"""What can go wrong with a thesis: a place, what was got and expected in; one line that says what to do out."""

from __future__ import annotations

from dataclasses import asdict, dataclass


class ThesisError(ValueError):
    """A thesis cannot be made or read; the message says what was got, what is expected and what to do."""


@dataclass(frozen=True)
class Fault:
    """One reason why a thesis is not what it says it is.

    Parameters
    ----------
    file : str
        File in the folder of the thesis, with forward slashes.
    got, expected, do : str
        What was found, what should be there, and what to do about it.
    """

    file: str
    got: str
    expected: str
    do: str

    def __str__(self) -> str:
        return f"{self.file}: got {self.got}; expected {self.expected}. {self.do}."

    def fields(self) -> dict[str, str]:
        """Return the fault for other programs.

        Returns
        -------
        dict of str to str
            ``file``, ``got``, ``expected`` and ``do``.
        """
        return asdict(self)
