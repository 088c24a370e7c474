"""The portal: pages over libedu. What is allowed and what happens is decided in the library; here
requests become calls and records become pages."""

import os
import secrets

import edu
from flask import Flask, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, NotFound

from . import (access, accounts, admission, announcements, appeals, applying, bank, cabinet, calendar, desk,
               form_preview, forms, i18n, jury, kept, marking,
               offerings, olympiad, operations, payments, persons, protection, public, references, registers, requests, rest, results, rounds,
               staff, statistics, texts, tuition)
from .library import host, library, options


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


def create_app():
    app = Flask(__name__)
    folder = os.environ["EDU_VAR"]
    app.config.update(
        SECRET_KEY=load_secret(folder), VAR=folder, HOST=host(), EDU_PORTAL=options(), WTF_CSRF_TIME_LIMIT=None,
        **protection.settings())
    # What is said first to run after a request runs last.
    operations.install(app)
    protection.install(app)
    library.init_app(app)

    @app.before_request
    def know_who():
        g.language = i18n.choose(request)
        g.identity = None
        if request.endpoint not in ("static", "public.assets") and request.blueprint not in ("rest", "operations"):
            g.session, g.identity = library.session, library.identity
        protection.bound()

    # After know_who: its refusal is a page like others.
    guard = CSRFProtect(app)
    # These are signed, and come from no browser.
    for signed in (payments.provider, bank.api, rest.blueprint):
        guard.exempt(signed)
    app.jinja_env.globals["csrf"] = lambda: Markup(
        '<input type="hidden" name="csrf_token" value="%s">') % generate_csrf() + kept.mark()
    app.jinja_env.filters.update(state=texts.state, role=texts.role, signed_field=texts.field,
                                 signed_fields=texts.signed_fields,
                                 marking_state=texts.marking_state, reason=texts.reason, fault=texts.fault,
                                 appeal_state=texts.appeal_state, verdict=texts.verdict,
                                 fault_text=texts.fault_text, document_hint=texts.document_hint,
                                 sitting_state=texts.sitting_state, identifier=texts.identifier, made=texts.made,
                                 moved=texts.moved, whose_account=texts.whose_account)
    app.jinja_env.globals["may"] = forms.may
    app.jinja_env.globals["tuition_of"] = admission.tuition_of
    app.jinja_env.globals["signed_host"] = app.config["HOST"]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    i18n.install(app)

    app.before_request(kept.look)

    @app.errorhandler(HTTPException)
    def failed(error):
        if request.path.startswith("/api/"):
            return rest.http_problem(error)
        refused = error.__cause__ if isinstance(error.__cause__, edu.Error) else None
        if isinstance(refused, edu.NotFound) and request.method == "GET" and persons.led_on():
            return redirect(persons.led_on())
        if isinstance(refused, edu.Denied) and request.method == "GET":
            # What somebody may not look at is not there for them.
            error, refused = NotFound(), None
        response = error.get_response()
        key = refused.key if refused else None
        response.set_data(render_template("error.html", title=texts.error_title(error.code, key),
                                          text=texts.error_text(refused) or texts.error_hint(error.code), command=texts.COMMANDS.get(key),
                                          number=operations.request_id() if error.code >= 500 else None))
        return response

    @app.errorhandler(edu.Unauthenticated)
    def moved_on(_error):
        return redirect(url_for("public.sign_in", next=request.full_path))

    for blueprint in (public.blueprint, access.blueprint, accounts.blueprint, calendar.blueprint, calendar.work, results.blueprint, appeals.blueprint,
                      appeals.own, cabinet.blueprint, olympiad.blueprint, staff.blueprint, persons.blueprint,
                      marking.blueprint, form_preview.blueprint, desk.blueprint, references.own,
                      references.desk, registers.blueprint, applying.own, requests.desk,
                      admission.own, admission.desk, payments.own, payments.desk, payments.provider,
                      offerings.desk, offerings.open_pages, announcements.open_pages,
                      announcements.own, announcements.desk, rounds.desk, jury.blueprint, tuition.desk, statistics.blueprint, rest.blueprint, operations.blueprint):
        app.register_blueprint(blueprint)
    if "EDU_BANK_SECRET" in os.environ:
        app.register_blueprint(bank.blueprint)
        app.register_blueprint(bank.api)
    return app
