"""What anybody may see: the catalogue, signing in, registering, recovering, verifying."""

import functools
import itertools
import json
import os
import re

import edu
from flask import (Blueprint, Response, abort, g, make_response, redirect, render_template,
                   request, send_from_directory, session, stream_with_context, url_for)

from . import announcements, i18n, kept, protection, requests
from .forms import Form, safe_next
from .i18n import gettext as _
from .library import library

blueprint = Blueprint("public", __name__)

DAY = 24 * 60 * 60
PACKAGES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "node_modules")
GOVUK = os.path.join(PACKAGES, "govuk-frontend", "dist", "govuk")
# Checking documents: the scanner of codes is that of the page which checks by itself.
VERIFY = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), "verify")
# The page itself, where the build has made it.
VERIFY_PAGE = os.environ.get("EDU_VERIFY_PAGE", "")
ASSETS = {
    "uPlot.esm.js": os.path.join(PACKAGES, "uplot", "dist"),
    "uPlot.min.css": os.path.join(PACKAGES, "uplot", "dist"),
    "leaflet-src.esm.js": os.path.join(PACKAGES, "leaflet", "dist"),
    "leaflet.css": os.path.join(PACKAGES, "leaflet", "dist"),
    "govuk-frontend.min.js": GOVUK,
    "jsQR.js": os.path.join(VERIFY, "node_modules", "jsqr", "dist"),
    "scan.mjs": os.path.join(VERIFY, "web"),
}


@functools.cache
def _style_of_components():
    """Without their typeface, which is gov.uk's alone: browsers ask for it before the next sheet names another."""
    with open(os.path.join(GOVUK, "govuk-frontend.min.css"), encoding="utf-8") as file:
        return re.sub(r"@font-face\{[^}]*\}", "", file.read())


@blueprint.get("/assets/<path:name>")
def assets(name):
    """The files of others that pages use."""
    if name == "govuk-frontend.min.css":
        response = Response(_style_of_components(), mimetype="text/css")
        response.cache_control.public = True
        response.cache_control.max_age = DAY
        return response
    if name not in ASSETS:
        return "", 404
    return send_from_directory(ASSETS[name], name, max_age=DAY)


@blueprint.get("/")
def home():
    services = g.session.service.list()
    seasons = [season for season in g.session.olympiad.seasons(limit=20)
               if season.state in ("open", "announced")]
    return render_template("home.html", services=services, seasons=seasons, titles=announcements.services(),
                           announcements=g.session.announcement.list(None, limit=announcements.LATEST))


@blueprint.get("/services/<code>")
def service(code):
    seasons = []
    if code == "olympiad":
        seasons = list(edu.pages(g.session.olympiad.seasons))
    found = g.session.service.get(code)
    offered = requests.offerings(code, request.args.get("cursor")) if found.request else None
    whom = g.session.account.person(request.args["person"]) if "person" in request.args else None
    return render_template("service.html", service=found, seasons=seasons, offerings=offered, whom=whom,
                           wanted=requests.wanted(), places=requests.places(code) if found.request else [],
                           announcements=g.session.announcement.list(code, limit=announcements.LATEST))


@blueprint.post("/language/<code>")
def language(code):
    response = redirect(safe_next(url_for("public.home")))
    if code in i18n.LANGUAGES:
        response.set_cookie(protection.cookie_name(i18n.COOKIE), code, max_age=protection.YEAR, httponly=True,
                            samesite="Lax", secure=protection.is_https())
    return response


# ---- signing in ----

@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in():
    form = Form("login")
    password = request.form.get("password", "")
    if request.method == "POST":
        if not password:
            form.errors["password"] = _("Type your password.")
        if form.require(login=_("Type your login.")) and form.call(
                library.sign_in, form["login"], password):
            return _signed_in()
    status = 400 if form.errors else 200
    return render_template("sign_in.html", form=form, next=safe_next(""),
                           kept=request.form.get("kept")), status


def _signed_in():
    """To the second factor, to what was typed before, or to where one wanted to go."""
    session.pop("login", None)
    g.session, g.identity = library.session, library.identity
    if g.identity.needs_code and "kept" in request.form:
        return make_response(render_template("sign_in_code.html", form=Form("code"), next="",
                                             kept=request.form["kept"]))
    if g.identity.needs_code:
        return redirect(url_for("public.sign_in_code", next=request.values.get("next", "")))
    return kept.again() or redirect(safe_next(url_for("cabinet.home")))


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def sign_in_code():
    form = Form("code")
    if request.method == "POST" and form.require(code=_("Type the code.")) and form.call(
            g.session.confirm, form["code"]):
        return kept.again() or redirect(safe_next(url_for("staff.home")))
    return render_template("sign_in_code.html", form=form, next=safe_next(""),
                           kept=request.form.get("kept"))


@blueprint.post("/sign-out")
def sign_out():
    library.sign_out()
    session.pop("visits", None)
    g.identity = None
    if "kept" in request.form:
        return kept.ask(request.form["kept"])
    return redirect(url_for("public.home"))


# ---- an account ----

@blueprint.route("/register", methods=["GET", "POST"])
def register():
    form = Form("login", "number", "document")
    if request.method == "POST":
        birth = form.date("birth")
        form.require(login=_("Choose a login."))
        if not form["number"] and not form["document"]:
            form.errors["number"] = _("Type the personal number or the document's.")
        wish = {"login": form["login"], "password": request.form.get("password", ""),
                "number": form["number"] or None, "document": form["document"] or None,
                "birth": birth}
        if not form.errors and form.call(g.session.account.register, wish, key=form.key):
            session["login"] = form["login"]  # may be a mail address: not in an address of ours
            return redirect(url_for("public.activate"))
    return render_template("register.html", form=form), 400 if form.errors else 200


@blueprint.route("/register/code", methods=["GET", "POST"])
def activate():
    form = Form("login", "code")
    if request.method == "GET":
        form.values["login"] = session.get("login", "")
    elif form.require(login=_("Type your login."), code=_("Type the code.")) and form.call(
            g.session.account.activate, form["login"], form["code"]):
        return redirect(url_for("public.sign_in", activated=1))
    return render_template("activate.html", form=form), 400 if form.errors else 200


@blueprint.route("/recover", methods=["GET", "POST"])
def recover():
    form = Form("login")
    if request.method == "POST" and form.require(login=_("Type your login.")) and form.call(
            g.session.account.recover, form["login"]):
        session["login"] = form["login"]
        return redirect(url_for("public.recover_code"))
    return render_template("recover.html", form=form), 400 if form.errors else 200


@blueprint.route("/recover/code", methods=["GET", "POST"])
def recover_code():
    form = Form("login", "code")
    if request.method == "GET":
        form.values["login"] = session.get("login", "")
    elif form.require(login=_("Type your login."), code=_("Type the code.")) and form.call(
            g.session.account.recover_finish, form["login"], form["code"],
            request.form.get("password", "")):
        return redirect(url_for("public.sign_in", recovered=1))
    return render_template("recover_code.html", form=form), 400 if form.errors else 200


# ---- for those who check offline ----

def _for_all(text, media_type, seconds):
    """The same for everybody, to be kept for a while by whoever passes it on, and read by any page."""
    response = make_response(text)
    response.headers["Content-Type"] = media_type
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/keys.json")
def keys():
    """The public keys, for those who check offline."""
    return _for_all(g.session.portal.public_keys(), "application/jwk-set+json", 300)


@blueprint.get("/allocations/<sitting>")
def allocation(sitting):
    """The signed transcript, as it comes out of the store: it may be long."""
    parts = edu.pages(g.session.sitting.transcript_parts, sitting, limit=100)
    first = next(parts)  # that there is none is said before anything is sent
    lines = (part.text for part in itertools.chain([first], parts))
    return Response(stream_with_context(lines), mimetype="text/plain",
                    headers={"Content-Disposition": f"attachment; filename=allocation-{sitting}.txt"})


@blueprint.get("/.well-known/did.json")
def did():
    """The did:web document."""
    return _for_all(g.session.portal.did(), "application/did+json", 300)


@blueprint.get("/bundle.json")
def bundle():
    """Keys and revocations, signed, for those who check offline."""
    document = g.session.certificate.bundle()
    return _for_all(document.content, document.type, 60)


def has_verify_page():
    return os.path.isfile(VERIFY_PAGE)


@blueprint.get("/verify.html")
def verify_page():
    """The page that checks by itself, with the keys and revocations of now inside. Its own policy permits
    it no connection."""
    if not has_verify_page():
        abort(404)
    with open(VERIFY_PAGE, encoding="utf-8") as file:
        page = file.read()
    known = json.dumps({"keys": g.session.portal.public_keys(),
                        "bundle": g.session.certificate.bundle().content.decode()})
    page = page.replace('id="known">null<', f'id="known">{known.replace("<", chr(92) + "u003c")}<', 1)
    response = make_response(page)
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Content-Security-Policy"] = re.search(
        r'http-equiv="Content-Security-Policy" content="([^"]+)"', page).group(1)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/status/<int:number>")
def status_list(number):
    """Which certificates are revoked, a bit each."""
    if not 0 < number < 1 << 31:
        abort(404)
    document = g.session.certificate.status_list(number)
    return _for_all(document.content, document.type, 300)
