"""libedu: the domain of an education ministry's e-services portal.

    with edu.Portal("sqlite:portal.db") as portal, portal.sign_in("leyla", password) as session:
        for season in edu.pages(session.olympiad.seasons):
            print(season.title, season.closes)

Every function of the C headers is here under the same name: ``edu_olympiad_register(session, …)``
is ``session.olympiad.register(…)``. Records are dicts whose fields are attributes too, identifiers
are str, times are datetime with a zone, what fails raises a subclass of :class:`edu.Error`.
"""

from . import low as _low
from ._low import Error
from ._low import (  # noqa: F401  one class for each status of edu/status.h
    Busy, Cancelled, Conflict, Corrupt, Crypto, Denied, Full, Infeasible, Invalid, Io, Limit, Nomem,
    NotFound, State, Storage, Throttled, Unauthenticated, Unsupported)

__all__ = ["Error", "Page", "Portal", "Record", "Session", "match", "pages", "version"]


class Record(dict):
    """A record of the library: ``season.title`` is ``season["title"]``."""

    __slots__ = ()

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Page(list):
    """A part of a list; ``next`` is the cursor of the next part, None at the end."""

    def __init__(self, items, next_cursor):
        super().__init__(Record(item) for item in items)
        self.next = next_cursor


def _wrap(value):
    if type(value) is dict:
        if value.keys() == {"items", "next"}:
            return Page(value["items"], value["next"])
        return Record(value)
    return value


def pages(function, *arguments, **keywords):
    """Iterates over all items of a paged function, fetching page after page."""
    cursor = None
    while True:
        page = function(*arguments, cursor=cursor, **keywords)
        yield from page
        cursor = page.next
        if cursor is None:
            return


class _Module:
    """The functions of one module of the library, bound to a session."""

    __slots__ = ("_handle", "_name")

    def __init__(self, handle, name):
        self._handle = handle
        self._name = name

    def __getattr__(self, verb):
        # What is a keyword in Python has a line behind it: result.import_().
        function = getattr(_low, f"{self._name}_{verb.rstrip('_')}", None)
        if function is None:
            raise AttributeError(f"libedu has no function edu_{self._name}_{verb}")
        handle = self._handle

        def call(*arguments, **keywords):
            return _wrap(function(handle, *arguments, **keywords))

        call.__name__ = verb
        call.__doc__ = function.__doc__
        return call


class Session:
    """One actor at work. Use it in one thread at a time."""

    def __init__(self, handle):
        self._handle = handle

    def __getattr__(self, module):
        if module.startswith("_"):
            raise AttributeError(module)
        return _Module(self._handle, module)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def token(self):
        """What a cookie keeps to take the sign-in up again; None for a session of nobody."""
        return _low.session_token(self._handle)

    def set_language(self, language):
        _low.session_set_language(self._handle, language)

    def confirm(self, code):
        """Confirms a staff sign-in by the code that was sent."""
        _low.session_confirm(self._handle, code)

    def sign_out(self):
        """Ends the sign-in for good."""
        _low.session_sign_out(self._handle)

    def close(self):
        """Lets go of the session; the sign-in stays."""
        self._handle = None


class Portal:
    """The portal: one per process, opened after fork. Options are those of edu_portal_options."""

    def __init__(self, store, **options):
        self._handle = _low.portal_open({"store": store, **options})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def session(self, language=None):
        """A session of nobody."""
        return Session(_low.session_open(self._handle, language))

    def sign_in(self, login, password, address=None, language=None):
        return Session(_low.session_sign_in(self._handle, login, password, address, language))

    def resume(self, token):
        return Session(_low.session_resume(self._handle, token))

    def operator(self):
        """The session of whoever runs the machine; never for a visitor."""
        return Session(_low.session_operator(self._handle))

    def close(self):
        """Lets go of the portal; it stays open while a session does."""
        self._handle = None


def match(applicants, places):
    """Deferred acceptance on the bytes of two CSV files: a record with ``csv``, ``applicants``,
    ``matched`` and ``first``; see ``edu_match`` in edu/allocation.h."""
    return Record(_low.match(applicants, places))


def version():
    return _low.version()
