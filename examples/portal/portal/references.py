"""References: asked for by persons, made from the registers, decided by clerks where no record fits."""

import edu
from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from .forms import Form, only_who, signed_in, staff_only
from .i18n import gettext as _

own = Blueprint("references", __name__, url_prefix="/cabinet/references")
own.before_request(signed_in)
desk = Blueprint("reference_desk", __name__, url_prefix="/staff/references")
desk.before_request(staff_only)


def _ready(family, types):
    """Types that a record fits, to be shown first; of several persons one has to be chosen before."""
    if len(family) != 1:
        return set()
    return {code for code in types if g.session.reference.matches(family[0].id, code)}


def _page(form, matches=None):
    family = g.session.account.family()
    people = [(person, g.session.reference.list(person.id, limit=50)) for person in family]
    types = _types()
    asked = request.args.get("made")
    made = next((one for _person, references in people for one in references if one.id == asked), None)
    return render_template("references.html", form=form, made=made, family=family, people=people, types=types,
                           ready=set() if matches else _ready(family, types), matches=matches), 400 if form.errors else 200


@own.route("/", methods=["GET", "POST"])
def home():
    """Where several records fit, they are shown to choose from."""
    form = Form("person", "type", "record")
    if request.method == "GET":
        return _page(form)
    form.require(type=_("Choose a reference."))
    person = form["person"] or None
    matches = []
    if not form.errors and not form["record"] and form.call(
            g.session.reference.matches, person, form["type"]):
        matches = form.result
        if len(matches) > 1:
            return _page(form, matches)
    if not form.errors and form.call(g.session.reference.request, person, form["type"],
                                     form["record"] or None, key=form.key):
        return redirect(url_for("references.home", made=form.result.id))
    return _page(form)


def _worklist(form):
    page = g.session.reference.worklist(request.args.get("cursor"), limit=25)
    return render_template("reference_desk.html", page=page, form=form), 400 if form.errors else 200


@desk.get("/")
def worklist():
    return _worklist(Form("number"))


@desk.post("/find")
def find():
    form = Form("number")
    form.require(number=_("Type the number."))
    if not form.errors and form.call(g.session.reference.find, form["number"], at="number"):
        return redirect(url_for("reference_desk.one", person=form.result.person_id, application=form.result.id))
    return _worklist(form)


def _types():
    return {one.code: one for one in edu.pages(g.session.reference.types, limit=200)}


def _new(form, matches=None):
    whose = g.session.account.person(form["person"]) if form["person"] else None
    return render_template("reference_new.html", form=form, types=_types(), whose=whose, matches=matches), \
        400 if form.errors else 200


def _whom(form):
    """Who came to the desk."""
    form.require(type=_("Choose a reference."))
    if not form["person"] and (found := form.person()):
        form.values["person"] = found.id
    return not form.errors


@desk.route("/new", methods=["GET", "POST"])
def new():
    """For somebody who came to the desk."""
    form = Form("person", "number", "type", "record")
    only_who("keeps_all")
    if request.method == "GET":
        form.values["person"] = request.args.get("person")
        return _new(form)
    if not _whom(form):
        return _new(form)
    if not form["record"] and form.call(g.session.reference.matches, form["person"], form["type"]) and len(form.result) > 1:
        return _new(form, form.result)
    if form.call(g.session.reference.request, form["person"], form["type"], form["record"] or None, key=form.key):
        return redirect(url_for("reference_desk.one", person=form.result.person_id, application=form.result.id))
    return _new(form)


@desk.route("/<person>/<application>", methods=["GET", "POST"])
def one(person, application):
    form = Form("record", "reason", "what")
    asked = next((one for one in edu.pages(g.session.reference.list, person, limit=200)
                  if one.id == application), None)
    if not asked:
        abort(404)
    if request.method == "POST":
        if form["what"] == "refuse":
            done = form.call(g.session.reference.refuse, person, application, form["reason"],
                             key=form.key)
        else:
            form.require(record=_("Choose a record."))
            done = not form.errors and form.call(g.session.reference.issue, person, application,
                                                 form["record"], key=form.key)
        if done:
            return redirect(url_for("reference_desk.worklist"))
    return render_template("reference_one.html", form=form, asked=asked,
                           matches=g.session.reference.matches(person, asked.type),
                           records=g.session.register.records(person, limit=50)), \
        400 if form.errors else 200
