"""libedu: the domain of an education ministry's e-services portal.

    with edu.Portal("sqlite:portal.db") as portal, portal.sign_in("leyla", password) as session:
        for season in edu.pages(session.olympiad.seasons):
            print(season.title, season.closes)

Every function of the C headers is here under the same name: ``edu_olympiad_register(session, …)``
is ``session.olympiad.register(…)``, and one that needs no session, such as ``edu_verify``, is
``edu.verify``. Records are dicts whose fields are attributes too, identifiers are str, times are
datetime with a zone, what fails raises a subclass of :class:`edu.Error`.
"""

from types import TracebackType
from typing import Any, Optional, Type, cast

from . import low
from ._low import (  # noqa: F401  one class for each status of edu/status.h
    Busy, Cancelled, Conflict, Corrupt, Crypto, Denied, Error, Full, Infeasible, Invalid, Io, Limit,
    Nomem, NotFound, State, Storage, Throttled, Unauthenticated, Unsupported)
from .base import Page, Record, pages
from .calls import *  # noqa: F401,F403
from .calls import PortalOptions, SessionCalls
from .calls import __all__ as _all_calls

__all__ = [
    "Busy", "Cancelled", "Conflict", "Corrupt", "Crypto", "Denied", "Error", "Full", "Infeasible",
    "Invalid", "Io", "Limit", "Nomem", "NotFound", "Page", "Portal", "Record", "Session", "State",
    "Storage", "Throttled", "Unauthenticated", "Unsupported", "pages"]
__all__ += _all_calls


class Session(SessionCalls):
    """One actor at work. Use it in one thread at a time."""

    __slots__ = ()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the session; the sign-in stays."""
        self._handle = None


class Portal:
    """The portal: one per process, opened after fork. Options are those of edu_portal_options."""

    def __init__(self, store: str, **options: Any) -> None:
        self._handle = low.portal_open(cast(PortalOptions, {"store": store, **options}))

    def __enter__(self) -> "Portal":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def session(self, language: Optional[str] = None) -> Session:
        """A session of nobody: the catalogue, registering, recovering, verifying."""
        return Session(low.session_open(self._handle, language))

    def sign_in(self, login: str, password: str, address: Optional[str] = None,
                language: Optional[str] = None) -> Session:
        """Signs a person in, for 12 hours.

        :param address: where the request comes from, for throttling; hashed, never stored plain.
        Raises Unauthenticated, whatever of it is wrong; Throttled after too many failures."""
        return Session(low.session_sign_in(self._handle, login, password, address, language))

    def resume(self, token: str) -> Session:
        """Takes up a sign-in by its token, as from a cookie. Raises Unauthenticated where it is
        unknown, ended or over."""
        return Session(low.session_resume(self._handle, token))

    def operator(self) -> Session:
        """The session of whoever runs the machine; never for a visitor."""
        return Session(low.session_operator(self._handle))

    def close(self) -> None:
        """Lets go of the portal; it stays open while a session does."""
        self._handle = None
