"""Registers of education on the desk: records found, corrected and ended; registers and types of
references published."""

import datetime
import json

import edu
from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from . import i18n
from .forms import Form, only_who, staff_only
from .i18n import gettext as _

blueprint = Blueprint("registers", __name__, url_prefix="/staff/registers")
blueprint.before_request(staff_only)

KINDS = ("register", "reference")


@blueprint.route("/", methods=["GET", "POST"])
def home():
    """A person's records, by number and birth date: both are on the paper that the clerk holds."""
    only_who("keeps_all", "imports_pupils")
    form = Form("number")
    records = []
    if request.method == "POST":
        birth = form.date("birth")
        form.require(number=_("Type the personal number."))
        if not form.errors and form.call(g.session.register.find, form["number"], birth, limit=200):
            records = form.result
            if not records:
                form.errors["number"] = _("There is no such record.")
    return render_template("registers.html", form=form, records=records), \
        400 if form.errors else 200


def _record(person, record):
    for one in edu.pages(g.session.register.records, person, limit=200):
        if one.id == record:
            return one
    abort(404)


def _columns(code):
    for register in edu.pages(g.session.register.list, limit=200):
        if register.code == code:
            return register.document["columns"]
    return []


def _shown(column, value):
    """A choice by its title, a day as people write it."""
    for choice in column.get("choices") or ():
        if choice["code"] == value:
            return choice["title"].get(g.language, value)
    if column["kind"] == "date":
        return i18n.date(datetime.date.fromisoformat(value))
    return value


@blueprint.route("/<person>/<record>", methods=["GET", "POST"])
def one(person, record):
    found = _record(person, record)
    columns = _columns(found.code)
    form = Form("what", "why", "why_end", *(column["name"] for column in columns))
    if request.method == "GET":
        form.values.update({name: str(value) for name, value in found.data.items()
                            if name in form.values})
    elif form["what"] == "end":
        if form.require(why_end=_("Say why.")) and form.call(
                g.session.register.end, person, record, form["why_end"], key=form.key):
            return redirect(url_for("registers.one", person=person, record=record, done="ended"))
    else:
        changes = {column["name"]: form[column["name"]] or None for column in columns
                   if form[column["name"]] != (found.data.get(column["name"]) or "")}
        if not changes:
            form.errors[columns[0]["name"]] = _("Nothing is changed.")
        elif not form["why"]:
            form.errors["why"] = _("Say why.")
        elif form.call(g.session.register.correct, person, record, changes, form["why"],
                       key=form.key):
            return redirect(url_for("registers.one", person=person, record=record, done="changed"))
    history = g.session.register.history(person, record, limit=50)
    return render_template("register_record.html", form=form, record=found, columns=columns,
                           history=history, shown=_shown), 400 if form.errors else 200


def _document(form):
    upload = request.files.get("file")
    if not upload or not upload.filename:
        form.errors["file"] = _("Choose a file.")
        return None
    try:
        document = json.loads(upload.read().decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        document = None
    if not isinstance(document, dict):
        form.errors["file"] = _("This is no JSON document.")
        return None
    return document


def _publish(form):
    """What the document is, it says itself."""
    document = _document(form)
    if document is None:
        return None
    kind = next((kind for kind in reversed(KINDS) if isinstance(document.get(kind), str)), None)
    if kind is None:
        form.errors["file"] = _("The document has neither a member “register” nor “reference”.")
        return None
    try:
        return getattr(g.session, kind).publish(document, key=form.key)
    except (edu.Invalid, edu.NotFound) as error:
        place = f" {error.field}:" if error.field else ""
        form.errors["file"] = _("The document is refused:") + f"{place} {error}"
        return None


@blueprint.route("/published", methods=["GET", "POST"])
def published():
    only_who("administers")
    form = Form()
    version = _publish(form) if request.method == "POST" else None
    return render_template(
        "registers_published.html", form=form, version=version,
        registers=list(edu.pages(g.session.register.list, limit=200)),
        types=list(edu.pages(g.session.reference.types, limit=200))), 400 if form.errors else 200
