"""What a member of a panel has to score. Where it is blind, nothing here tells whose it is: the
library gives no more."""

import edu
from flask import Blueprint, g, redirect, render_template, request, url_for

from . import texts
from .appeals import saved
from .forms import Form, signed_in
from .schema_form import SchemaForm

blueprint = Blueprint("jury", __name__, url_prefix="/cabinet/jury")
blueprint.before_request(signed_in)


def has_works():
    return bool(len(g.session.panel.works(limit=1)))


@blueprint.get("/")
def home():
    return render_template("jury.html", page=g.session.panel.works(request.args.get("cursor"),
                                                                   limit=50))


def _field(criterion):
    return f"points-{criterion['code']}"


def _score(form, work):
    """What is wrong with the points stands at the criterion."""
    values = {one["code"]: form[_field(one)].replace(",", ".") for one in work.criteria}
    try:
        g.session.panel.score(work.work_id, values, form["comment"] or None, key=form.key)
    except edu.Invalid as error:
        field = f"points-{(error.field or '').lstrip('/')}"
        form.errors[field if field in form.values else "comment"] = texts.error_text(error)
    except edu.State as error:
        form.refuse(error)
    return not form.errors


@blueprint.route("/<work>", methods=["GET", "POST"])
def work(work):
    shown = g.session.panel.work_get(work)
    form = Form("what", "comment", *(_field(one) for one in shown.criteria))
    if request.method == "POST":
        if form["what"] == "decline" and form.call(g.session.panel.decline, work, key=form.key):
            return redirect(url_for("jury.home", declined=1))
        if form["what"] == "score" and _score(form, shown):
            return redirect(url_for("jury.home"))
    else:
        form.values.update({_field(one): (shown["values"] or {}).get(one["code"], "")
                            for one in shown.criteria}, comment=shown.comment or "")
    asked = g.session.service.get(g.session.offering.get(shown.offering_id).service).request
    answers = list(SchemaForm(asked["form"], asked["hints"], shown.form).answers()) \
        if asked.get("form") else []
    return render_template("jury_work.html", form=form, work=shown, answers=answers,
                           is_open=g.session.round.get(shown.offering_id).state == "open"), \
        400 if form.errors else 200


@blueprint.get("/<work>/document/<document>")
def document(work, document):
    return saved(g.session.panel.document(work, document))
