"""The library in Flask: a portal for each process, a session for each request, errors as HTTP says them.

    app = Flask(__name__)
    app.config.update(SECRET_KEY=secret, EDU_PORTAL={"store": "sqlite:portal.db"})
    library = edu.flask.FlaskPortal(app)

    @app.get("/")
    def seasons():
        return [season.title for season in library.session.olympiad.seasons()]

    @app.post("/sign-in")
    def sign_in():
        library.sign_in(request.form["login"], request.form["password"])
        return redirect("/")
"""

import hashlib
import os
import threading
import weakref
from typing import Any, Callable, Dict, Optional, Union, cast

import flask
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import HTTPException, default_exceptions

import edu

COOKIE = "edu_session"  # behind "__Host-" where the app's cookies are secure
# As long as the library keeps a sign-in (edu/portal.h); a cookie that stays longer opens nothing.
SIGN_IN_SECONDS = 12 * 3600

# By the code of an error. What is not here is the portal's own fault: 500, and it is logged.
STATUSES = {
    "invalid": 400, "unauthenticated": 401, "denied": 403, "not_found": 404, "conflict": 409, "state": 409,
    "full": 409, "infeasible": 409, "limit": 413, "throttled": 429, "busy": 503}


class _Process:
    """The portal of one app in this process."""

    def __init__(self, options: Dict[str, Any]) -> None:
        self.options = options
        self.forget()
        _processes.add(self)

    def forget(self) -> None:
        # A lock that another thread of the parent held would never be given back.
        self.lock = threading.Lock()
        self.portal: Optional[edu.Portal] = None

    def open(self) -> edu.Portal:
        with self.lock:
            if self.portal is None:
                self.portal = edu.Portal(**self.options)
            return self.portal


_processes: "weakref.WeakSet[_Process]" = weakref.WeakSet()


def _forget_all() -> None:
    for process in list(_processes):
        process.forget()


os.register_at_fork(after_in_child=_forget_all)


class _Visit:
    """What is known of who asks, within one request."""

    session: Optional[edu.Session] = None
    identity: Optional[edu.Identity] = None
    is_identified = False
    cookie: Optional[str] = None  # to be set; empty to be dropped


class FlaskPortal:
    """The library in the views of an app, or, by init_app, of several.

    The app's configuration has ``EDU_PORTAL``, a dict of edu.Portal's options, and ``SECRET_KEY``, which
    signs the cookie that keeps a visitor signed in. The cookie has the attributes that the app's
    ``SESSION_COOKIE_…`` say. The portal is opened when it is first needed, after fork, and what a request
    has opened is closed behind it, also behind an answer that streams.

    An error of the library that a view lets through becomes the HTTP error of ``STATUSES``, whose
    ``__cause__`` it is: an error handler of the app or of a blueprint for HTTPException shows both.

    :param language: in which a request's session speaks; None: as its person chose, else the portal's.
    """

    def __init__(self, app: Optional[flask.Flask] = None,
                 language: Callable[[], Optional[str]] = lambda: None) -> None:
        self._language = language
        if app is not None:
            self.init_app(app)

    def init_app(self, app: flask.Flask) -> None:
        if not app.secret_key:
            raise RuntimeError("edu.flask needs the app's SECRET_KEY: it signs the cookie")
        app.extensions["edu"] = _Process(app.config["EDU_PORTAL"])
        app.register_error_handler(edu.Error, _answer)
        app.after_request(self._keep)
        app.teardown_appcontext(self._close)

    @property
    def portal(self) -> edu.Portal:
        """The portal of this process; for work that outlives its request, and for commands."""
        return cast(_Process, flask.current_app.extensions["edu"]).open()

    @property
    def session(self) -> edu.Session:
        """The session of who asks: of whoever signed in by this browser, else of nobody."""
        visit = _visit()
        if visit.session is None:
            visit.session = self._resume(visit) or self.portal.session(self._language())
        return visit.session

    @property
    def identity(self) -> Optional[edu.Identity]:
        """Who asks; None for somebody who has not signed in."""
        visit = _visit()
        if not visit.is_identified:
            visit.identity = self.session.account.identity() if self.session.token else None
            visit.is_identified = True
        return visit.identity

    def sign_in(self, login: str, password: str) -> edu.Session:
        """Signs the visitor in, in this request and in those that follow. Failures are counted for the
        address that Flask says the request comes from: behind a proxy, werkzeug's ProxyFix makes it
        the visitor's. Raises Unauthenticated, Throttled."""
        session = self.portal.sign_in(login, password, flask.request.remote_addr, self._language())
        _visit().cookie = _signer().dumps(session.token)
        return self.use(session)

    def use(self, session: edu.Session) -> edu.Session:
        """Makes a session that of this request, in place of the one behind the cookie: for who calls with
        a token of their own. It is closed behind the answer."""
        cookie = _visit().cookie
        self._close()
        visit = _visit()
        visit.session, visit.cookie = session, cookie
        return session

    def sign_out(self) -> None:
        """Ends the visitor's sign-in for good: its cookie is worth nothing afterwards, wherever it is."""
        if self.session.token:
            self.session.sign_out()
        self._close()
        _visit().cookie = ""

    def _resume(self, visit: _Visit) -> Optional[edu.Session]:
        given = flask.request.cookies.get(_cookie_name()) if flask.has_request_context() else None
        if not given:
            return None
        try:
            session = self.portal.resume(_signer().loads(given))
        except (BadSignature, edu.Unauthenticated):
            visit.cookie = ""
            return None
        language = self._language()
        if language:
            session.set_language(language)
        return session

    def _keep(self, response: flask.Response) -> flask.Response:
        visit = _visit()
        # What Flask says of a file by itself is no-cache.
        said = response.headers.get("Cache-Control", "no-cache")
        if visit.session is not None and visit.session.token and said == "no-cache":
            response.headers["Cache-Control"] = "no-store"
        if visit.cookie is not None:
            config = flask.current_app.config
            response.set_cookie(
                _cookie_name(), visit.cookie, max_age=SIGN_IN_SECONDS if visit.cookie else 0, httponly=True,
                secure=config["SESSION_COOKIE_SECURE"] or flask.request.is_secure,
                samesite=config["SESSION_COOKIE_SAMESITE"] or "Lax",
                domain=config["SESSION_COOKIE_DOMAIN"] or None, path=config["SESSION_COOKIE_PATH"] or "/")
        return response

    def _close(self, _error: Optional[BaseException] = None) -> None:
        visit = flask.g.pop("_edu", None)
        if visit is not None and visit.session is not None:
            visit.session.close()


def _visit() -> _Visit:
    if "_edu" not in flask.g:
        flask.g._edu = _Visit()
    return cast(_Visit, flask.g._edu)


def _cookie_name() -> str:
    """With the prefix no neighbour under the same domain can set it; it wants these attributes."""
    config = flask.current_app.config
    is_bound = config["SESSION_COOKIE_SECURE"] and not config["SESSION_COOKIE_DOMAIN"] and \
        config["SESSION_COOKIE_PATH"] in (None, "/")
    return f"__Host-{COOKIE}" if is_bound else COOKIE


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        cast(str, flask.current_app.secret_key), salt="edu.flask",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256})


def _answer(error: edu.Error) -> Union[ResponseReturnValue, HTTPException]:
    status = STATUSES.get(error.code, 500)
    if status == 500:
        flask.current_app.logger.error("%s: %s", error.key, error, exc_info=error)
    made = default_exceptions[status](str(error) if status < 500 else None)
    made.__cause__ = error
    return flask.current_app.handle_http_exception(made)
