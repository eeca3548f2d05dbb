"""Who may write: a token that is printed once at the start goes in; yes or no comes out.

Reading needs no token on this machine itself, as nothing is shown that is not in a report. Writing always does, and so
does reading when the dashboard answers on another address than that of this machine.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

LOOPBACK = ("127.0.0.1", "localhost")
"""Addresses that only programs on this machine can reach."""


@dataclass(frozen=True)
class Key:
    """The token of one running dashboard.

    Parameters
    ----------
    host : str
        Address it answers on.
    port : int
        Its port.
    token : str
        What a visitor has to show; a new one at each start.
    """

    host: str
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in LOOPBACK

    @property
    def names(self) -> tuple[str, ...]:
        """Names under which a browser may ask for it: another name is another site that points here."""
        return LOOPBACK if self.is_local else (self.host,)

    @property
    def origins(self) -> tuple[str, ...]:
        """Host and port as a browser writes them."""
        return tuple(f"{name}:{self.port}" for name in self.names)

    @property
    def cookie(self) -> str:
        """Name of the cookie; cookies do not tell ports apart, so the port is in it."""
        return f"bt_dashboard_{self.port}"

    @property
    def address(self) -> str:
        """Address of the first page, without the token."""
        return f"http://{self.host}:{self.port}/"

    def opens(self, given: str | None) -> bool:
        """Tell whether this is the token, in a time that tells nothing about it.

        Parameters
        ----------
        given : str or None
            What a visitor showed.

        Returns
        -------
        bool
            False for nothing.
        """
        return given is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def is_own(self, origin: str | None, site: str | None) -> bool:
        """Tell whether a form was sent from our own page, and not from a page of somebody else.

        Parameters
        ----------
        origin, site : str or None
            What the browser says in ``Origin`` and ``Sec-Fetch-Site``; a program that is no browser says neither.

        Returns
        -------
        bool
            True without either.
        """
        if site is not None and site not in ("same-origin", "none"):
            return False
        return origin is None or origin in {f"http://{one}" for one in self.origins}
