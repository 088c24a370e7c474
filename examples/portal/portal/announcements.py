"""What services tell everybody: read by anybody, written by who keeps the service or the offering."""

import edu
from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from . import i18n, requests
from .forms import Form, only_who, signed_in, staff_only
from .i18n import LANGUAGES, gettext as _

open_pages = Blueprint("announcements", __name__, url_prefix="/announcements")
own = Blueprint("own_announcements", __name__, url_prefix="/cabinet/announcements")
own.before_request(signed_in)
desk = Blueprint("announcement_desk", __name__, url_prefix="/staff/announcements")
desk.before_request(staff_only)

LATEST = 3  # on pages of something else
FIRST = next(iter(LANGUAGES))
TEXTS = tuple(f"{what}_{language}" for language in LANGUAGES for what in ("title", "text"))
FIELDS = (*TEXTS, "offering", "published", "until")


def services():
    """Titles by code."""
    return {one.code: one.title for one in edu.pages(g.session.service.list)}


# ---- for everybody ----

@open_pages.get("/")
def home():
    titles = services()
    code = request.args.get("service")
    code = code if code in titles else None
    return render_template("announcements.html", services=titles, code=code, page=g.session.announcement.list(
        code, request.args.get("cursor"), limit=20))


@open_pages.get("/<announcement>")
def one(announcement):
    shown = g.session.announcement.get(announcement)
    if g.identity and g.identity.person_id and not g.identity.needs_code and not shown.is_seen:
        g.session.announcement.see(shown.id)
    return render_template("announcement.html", shown=shown, service=g.session.service.get(shown.service))


@own.get("/")
def concerning():
    return render_template("announcements_own.html", services=services(), page=g.session.announcement.own(
        request.args.get("cursor"), limit=20))


# ---- for who keeps them ----

@desk.get("/")
def kept():
    only_who("keeps_some")
    titles = services()
    code = request.args.get("service")
    code = code if code in titles else next(iter(titles), None)
    page = g.session.announcement.kept(code, request.args.get("cursor"), limit=50) if code else []
    return render_template("announcement_desk.html", services=titles, code=code, page=page)


def _offerings(code):
    """Titles by id of what one keeps of a service, the latest, where it has any."""
    if code not in {one.code for one in requests.ordinary_services() if one.request["offerings"]}:
        return {}
    page = g.session.offering.list({"service": code, "only_kept": True}, limit=200)
    return {one.id: one.title for one in page if one.is_published}


def _check(form):
    """A language that is begun is whole; the first is never missing."""
    for language in LANGUAGES:
        title, text = f"title_{language}", f"text_{language}"
        if language == FIRST or form[title] or form[text]:
            form.require(**{title: _("Give the heading in this language."),
                            text: _("Give the text in this language.")})


def _wish(form, code, shown):
    _check(form)
    languages = [language for language in LANGUAGES if form[f"title_{language}"]]
    return {"id": shown.id if shown else None, "service": code,
            "offering_id": shown.offering_id if shown else form["offering"] or None,
            "title": {language: form[f"title_{language}"] for language in languages},
            "text": {language: form[f"text_{language}"] for language in languages},
            **{field: form.moment(field) if form[field] else None for field in ("published", "until")}}


def _write(form, code, shown):
    """The page of writing one; it is looked at first, and published from there."""
    service = g.session.service.get(code)
    preview = False
    if request.method == "POST":
        wish = _wish(form, code, shown)
        preview = not form.errors and request.form.get("do") != "publish"
        if not form.errors and not preview and form.call(
                g.session.announcement.put, wish, key=form.key, at=f"title_{FIRST}"):
            return redirect(url_for("announcements.one", announcement=form.result))
    return render_template(
        "announcement_edit.html", form=form, service=service, shown=shown, preview=preview,
        offerings={} if shown else _offerings(code)), \
        400 if form.errors else 200


@desk.route("/new/<code>", methods=["GET", "POST"])
def new(code):
    only_who("keeps_some")
    form = Form(*FIELDS)
    if request.method == "GET":
        form.values["offering"] = request.args.get("offering", "")
    return _write(form, code, None)


def _mine(announcement):
    shown = g.session.announcement.get(announcement)
    if not shown.is_mine_to_keep:
        abort(404)
    return shown


@desk.route("/<announcement>", methods=["GET", "POST"])
def edit(announcement):
    shown = _mine(announcement)
    form = Form(*FIELDS)
    if request.method == "GET":
        form.values.update(published=i18n.local(shown.published), until=i18n.local(shown.until))
        for language in LANGUAGES:
            form.values[f"title_{language}"] = shown.titles.get(language, "")
            form.values[f"text_{language}"] = shown.texts.get(language, "")
    return _write(form, shown.service, shown)


@desk.route("/<announcement>/withdraw", methods=["GET", "POST"])
def withdraw(announcement):
    shown = _mine(announcement)
    form = Form()
    if request.method == "POST" and form.call(g.session.announcement.withdraw, shown.id, key=form.key):
        return redirect(url_for("announcement_desk.kept", service=shown.service))
    return render_template("announcement_withdraw.html", form=form, shown=shown)
