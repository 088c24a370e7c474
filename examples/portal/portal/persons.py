"""One person who is there twice: likely pairs, the two side by side, and what merging them would do."""

import edu
from flask import Blueprint, g, redirect, render_template, request, url_for

from .forms import Form, only_who, staff_only
from .i18n import gettext as _

blueprint = Blueprint("persons", __name__, url_prefix="/staff/persons")
blueprint.before_request(staff_only)


@blueprint.get("/")
def pairs():
    only_who("merges_persons")
    return render_template("person_pairs.html", form=Form("number"),
                           page=g.session.person.duplicates(request.args.get("cursor"), limit=50))


def led_on():
    """The same page of whom the person in the address was merged into; None where they were not."""
    person = (request.view_args or {}).get("person")
    try:
        kept = g.session.account.person(person).id if person else person
    except edu.Error:
        return None
    if kept == person:
        return None
    return url_for(request.endpoint, **{**request.view_args, "person": kept}, **request.args.to_dict(flat=False))


def _two(person, other):
    return [g.session.account.person(one) for one in (person, other)]


def _compare(person, other, form):
    """What would be done is asked once it is chosen who is kept."""
    two = _two(person, other)
    kept = form["kept"] if form["kept"] in (one.id for one in two) else None
    merged = next((one.id for one in two if one.id != kept), None)
    looked = g.session.person.merge_preview(kept, merged) if kept and merged else None
    return render_template("person_compare.html", form=form, two=two, kept=kept, merge=looked), 409 if form.errors else 200


@blueprint.get("/<person>/<other>")
def compare(person, other):
    only_who("merges_persons")
    form = Form("kept")
    form.values["kept"] = request.args.get("kept", "")
    return _compare(person, other, form)


@blueprint.post("/<person>/<other>")
def merge(person, other):
    form = Form("kept", "sure")
    merged = other if form["kept"] == person else person
    if not form["sure"]:
        form.errors["sure"] = _("Say that the two are one person.")
    elif form.call(g.session.person.merge, form["kept"], merged, key=form.key):
        return redirect(url_for("staff.pupil", person=form.result.kept_id, merged=1))
    return _compare(person, other, form)


@blueprint.post("/<person>/<other>/distinct")
def distinct(person, other):
    form = Form("kept")
    if form.call(g.session.person.distinct, person, other, key=form.key):
        return redirect(url_for("persons.pairs", apart=1))
    return _compare(person, other, form)


@blueprint.post("/<person>/with")
def with_another(person):
    """The second record, by its number: one that no register wrote alike is on no list."""
    form = Form("number")
    birth = g.session.account.person(person).birth
    if form.require(number=_("Type the number.")) and form.call(g.session.account.find, form["number"], birth, at="number"):
        if form.result.id != person:
            return redirect(url_for("persons.compare", person=person, other=form.result.id))
        form.errors["number"] = _("This is the number of this person.")
    elif isinstance(form.refused, edu.NotFound):
        form.errors["number"] = _("Nobody of this number has the same birth date.")
    return render_template("person_pairs.html", form=form, whose=person, page=g.session.person.duplicates(limit=50)), 400
