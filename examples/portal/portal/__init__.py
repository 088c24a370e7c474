"""The portal: pages over libedu. What is allowed and what happens is decided in the library; here
requests become calls and records become pages."""

import os
import secrets
import urllib.parse

import edu
from flask import Flask, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup

from . import (admission, announcements, appeals, bank, cabinet, calendar, desk, form_preview, i18n, jury, marking,
               offerings, olympiad, payments, public, references, registers, requests, rest, results, rounds,
               staff, texts, tuition)

COOKIE = "edu_session"
HOURS_SIGNED_IN = 12


def load_secret(folder):
    """The key that signs the front end's own cookies, made at first start."""
    path = os.path.join(folder, "flask.secret")
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w") as out:
            out.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def host():
    """The portal's name in what it signs, whatever name a request was sent to."""
    return os.environ.get("EDU_HOST", "localhost")


def form_targets():
    """Where forms may lead: here, and by a redirect to the page of the payment provider."""
    page = urllib.parse.urlsplit(os.environ.get("EDU_PAYMENT_PAGE", ""))
    return f"'self' {page.scheme}://{page.netloc}" if page.netloc else "'self'"


def open_portal():
    """Opened in each worker, after fork."""
    return edu.Portal(
        os.environ["EDU_STORE"], keys=os.environ.get("EDU_KEYS"),
        host=host(), name=os.environ.get("EDU_NAME", "Nar"),
        language=os.environ.get("EDU_LANGUAGE", "az"),
        utc_offset_minutes=int(os.environ.get("EDU_UTC_OFFSET", "240")),
        signer=os.environ.get("EDU_SIGNER"),
        payment_page=os.environ.get("EDU_PAYMENT_PAGE"),
        payment_command=os.environ.get("EDU_PAYMENT_COMMAND"),
        documents=os.environ.get("EDU_DOCUMENTS"), scanner=os.environ.get("EDU_SCANNER"),
        staff_second_factor=os.environ.get("EDU_SECOND_FACTOR", "1") != "0")


def create_app():
    app = Flask(__name__)
    folder = os.environ["EDU_VAR"]
    app.config.update(
        SECRET_KEY=load_secret(folder), MAX_CONTENT_LENGTH=256 << 20, VAR=folder, HOST=host(),
        SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True, WTF_CSRF_TIME_LIMIT=None)
    app.portal = None
    protection = CSRFProtect(app)
    # These are signed, and come from no browser.
    for signed in (payments.provider, bank.api, rest.blueprint):
        protection.exempt(signed)
    app.jinja_env.globals["csrf"] = lambda: Markup(
        '<input type="hidden" name="csrf_token" value="%s">') % generate_csrf()
    app.jinja_env.filters.update(state=texts.state, role=texts.role, signed_field=texts.field,
                                 signed_fields=texts.signed_fields,
                                 marking_state=texts.marking_state, reason=texts.reason, fault=texts.fault,
                                 appeal_state=texts.appeal_state, verdict=texts.verdict,
                                 fault_text=texts.fault_text, document_hint=texts.document_hint,
                                 sitting_state=texts.sitting_state)
    app.jinja_env.globals["tuition_of"] = admission.tuition_of
    app.jinja_env.globals["signed_host"] = app.config["HOST"]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    i18n.install(app)

    def portal():
        if app.portal is None:
            app.portal = open_portal()
        return app.portal

    @app.before_request
    def open_session():
        g.language = i18n.choose(request)
        g.identity = None
        if request.endpoint in ("static", "assets", "public.healthz") or request.blueprint == "rest":
            return
        token = request.cookies.get(COOKIE)
        g.session = None
        if token:
            try:
                g.session = portal().resume(token)
                g.session.set_language(g.language)
            except edu.Unauthenticated:
                g.drop_cookie = True
        if g.session is None:
            g.session = portal().session(g.language)
            return
        g.identity = g.session.account.identity()

    @app.after_request
    def close(response):
        session = g.pop("session", None)
        if session is not None:
            session.close()
        if g.pop("drop_cookie", False):
            response.delete_cookie(COOKIE)
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; font-src 'self'; form-action %s; base-uri 'none'; "
            "frame-ancestors 'none'" % form_targets())
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if g.get("identity"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def failed(error, status):
        return render_template("error.html", title=texts.error_title(status),
                               text=texts.error_text(error)), status

    def moved_on(_error):
        return redirect(url_for("public.sign_in", next=request.full_path))

    app.register_error_handler(edu.Unauthenticated, moved_on)
    for kind, status in ((edu.NotFound, 404), (edu.Denied, 403), (edu.Invalid, 400),
                         (edu.Conflict, 409), (edu.State, 409), (edu.Full, 409),
                         (edu.Limit, 413), (edu.Throttled, 429), (edu.Busy, 503),
                         (edu.Infeasible, 409), (edu.Error, 500)):
        app.register_error_handler(kind, lambda error, status=status: failed(error, status))
    def not_there(error):
        return rest.http_problem(error) if request.path.startswith("/api/") else failed(None, error.code)

    app.register_error_handler(404, not_there)
    app.register_error_handler(405, not_there)
    app.register_error_handler(413, lambda _error: failed(None, 413))
    app.register_error_handler(CSRFError, lambda _error: failed(None, 400))

    for blueprint in (public.blueprint, calendar.blueprint, calendar.work, results.blueprint, appeals.blueprint,
                      appeals.own, cabinet.blueprint, olympiad.blueprint, staff.blueprint,
                      marking.blueprint, form_preview.blueprint, desk.blueprint, references.own,
                      references.desk, registers.blueprint, requests.own, requests.desk,
                      admission.own, admission.desk, payments.own, payments.desk, payments.provider,
                      offerings.desk, offerings.open_pages, announcements.open_pages,
                      announcements.own, announcements.desk, rounds.desk, jury.blueprint, tuition.desk, rest.blueprint):
        app.register_blueprint(blueprint)
    if "EDU_BANK_SECRET" in os.environ:
        app.register_blueprint(bank.blueprint)
        app.register_blueprint(bank.api)
    app.open_portal = portal
    return app


def keep_signed_in(response, session):
    response.set_cookie(COOKIE, session.token, max_age=HOURS_SIGNED_IN * 3600, httponly=True,
                        samesite="Lax", secure=request.is_secure)
    return response
