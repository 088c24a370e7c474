"""The personal cabinet: one's own applications and those of one's children."""

import io
import itertools
import json

import edu
from flask import Blueprint, g, redirect, render_template, request, send_file, url_for

from . import announcements, jury, requests, texts
from .forms import Form, signed_in
from .i18n import gettext as _

blueprint = Blueprint("cabinet", __name__, url_prefix="/cabinet")
blueprint.before_request(signed_in)


SHOWN = 20
ELSEWHERE = ("appeal", "reference")  # have pages of their own


def _applications(person):
    """The latest, however many there are of those that are shown elsewhere."""
    every = edu.pages(g.session.application.list, person, limit=200)
    return list(itertools.islice((one for one in every if one.service not in ELSEWHERE), SHOWN))


@blueprint.get("/")
def home():
    family = g.session.account.family()
    people = [(person, _applications(person.id)) for person in family]
    notes = g.session.notification.list(limit=5)
    open_seasons = [season for season in g.session.olympiad.seasons(limit=50)
                    if season.state == "open"]
    return render_template(
        "cabinet.html", people=people, notes=notes, seasons=open_seasons, judges=jury.has_works(),
        drafts={person.id: g.session.draft.list(person.id, limit=20) for person in family},
        ordinary=_ordinary(), services=announcements.services(),
        announcements=g.session.announcement.own(limit=announcements.LATEST))


def _path_to(service, person, application, ordinary):
    """Where an application is looked at."""
    if service in ordinary:
        return url_for("requests.one", person=person, application=application)
    if service == "appeal":
        return url_for("own_appeals.one", person=person, appeal=application)
    if service == "reference":
        return url_for("references.home")
    return url_for("cabinet.application", person=person, application=application)


def _ordinary():
    return {one.code for one in requests.ordinary_services()}


@blueprint.get("/history")
def history():
    """Everything that happened, to oneself or to a child."""
    family = list(g.session.account.family())
    whose = request.args.get("person") or family[0].id
    page = g.session.application.history(whose, request.args.get("cursor"), limit=30)
    ordinary = _ordinary()
    return render_template("history.html", family=family, whose=whose, page=page, services=announcements.services(),
                           paths=[_path_to(one.service, one.person_id, one.application_id, ordinary) for one in page])


@blueprint.get("/history/readers")
def readers():
    """Who else has looked at what is held on oneself, or on a child."""
    family = list(g.session.account.family())
    whose = request.args.get("person") or family[0].id
    page = g.session.privacy.reads(whose, request.args.get("cursor"), limit=30)
    numbers = {one.id: one.number for one in g.session.application.list(whose, limit=200)} if page else {}
    return render_template("readers.html", family=family, whose=whose, page=page, numbers=numbers,
                           what=texts.read, reader=texts.reader, reader_roles=texts.reader_roles)


@blueprint.get("/history/held.json")
def held():
    """All that is held on oneself, or on a child."""
    data = g.session.privacy.export(request.args.get("person"))
    text = json.dumps(data.content, ensure_ascii=False, indent=1)
    return send_file(io.BytesIO(text.encode()), mimetype="application/json", as_attachment=True,
                     download_name="held.json")


@blueprint.get("/<person>/<application>")
def application(person, application):
    """Of an olympiad; one of another service has a page of its own."""
    shown = g.session.application.get(person, application)
    path = _path_to(shown.service, person, application, _ordinary())
    if path != url_for("cabinet.application", person=person, application=application):
        return redirect(path)
    seat = requests.seat_of(person, application)
    return render_template(
        "application.html", application=shown,
        events=list(edu.pages(g.session.application.timeline, person, application)), seat=seat,
        nearer=requests.nearer_of(person, application, seat), sent="sent" in request.args)


@blueprint.get("/<person>/<application>/slip.pdf")
def slip(person, application):
    document = g.session.sitting.slip(person, application)
    return send_file(io.BytesIO(document.content), mimetype=document.type,
                     download_name=document.name)


@blueprint.route("/<person>/<application>/withdraw", methods=["GET", "POST"])
def withdraw(person, application):
    form = Form()
    shown = g.session.application.get(person, application)
    if request.method == "POST" and form.call(g.session.olympiad.withdraw, person, application,
                                              key=form.key):
        return redirect(url_for("cabinet.application", person=person, application=application))
    return render_template("withdraw.html", application=shown, form=form)


@blueprint.get("/notifications")
def notifications():
    page = g.session.notification.list(request.args.get("cursor"), limit=20)
    return render_template("notifications.html", page=page)


@blueprint.post("/notifications/<person>/<note>")
def read(person, note):
    g.session.notification.read(person, note)
    return redirect(url_for("cabinet.notifications"))


@blueprint.route("/family", methods=["GET", "POST"])
def family():
    form = Form("number")
    if request.method == "POST":
        birth = form.date("birth")
        form.require(number=_("Type the child's personal number."))
        if not form.errors and form.call(g.session.account.guardian_request, form["number"], birth,
                                         key=form.key):
            return redirect(url_for("cabinet.family", asked=1))
    links = list(edu.pages(g.session.account.own_guardianships))
    return render_template("family.html", form=form, links=links, asked="asked" in request.args)


@blueprint.post("/family/<guardian>/<child>/end")
def end_guardianship(guardian, child):
    g.session.account.guardian_end(guardian, child)
    return redirect(url_for("cabinet.family"))


@blueprint.get("/profile")
def profile():
    """What the registers say of one, and how one signs in."""
    return render_template("profile.html", person=g.session.account.person(None), scopes=texts.scopes())


@blueprint.route("/password", methods=["GET", "POST"])
def password():
    form = Form()
    done = False
    if request.method == "POST":
        done = form.call(g.session.account.password, request.form.get("old", ""),
                         request.form.get("new", ""))
    return render_template("password.html", form=form, done=done)
