"""For whoever writes a service: the form of a schema and hints, as people will see it."""

import json

import edu
from flask import Blueprint, g, render_template, request

from .forms import Form, only_who, staff_only
from .i18n import gettext as _
from .schema_form import NOT_FIELDS, SchemaForm

blueprint = Blueprint("form_preview", __name__, url_prefix="/staff/forms")
blueprint.before_request(staff_only)
NOT_FIELDS |= {"schema", "hints", "step"}


@blueprint.before_request
def admins_only():
    only_who("administers")


def _parse(form, field):
    """None where it is no JSON; the error is at its field."""
    try:
        return json.loads(form[field])
    except ValueError as error:
        form.errors[field] = _("This is no JSON: %(reason)s") % {"reason": error}
        return None


def _draw(form, schema, hints):
    try:
        return SchemaForm.posted(schema, hints) if form["step"] == "try" else \
            SchemaForm(schema, hints)
    except (edu.Invalid, edu.Limit) as error:
        field = "hints" if error.key == "form.hints" else "schema"
        form.errors[field] = str(error)
        return None


@blueprint.route("/preview", methods=["GET", "POST"])
def preview():
    form = Form("schema", "hints", "step")
    drawn = None
    if request.method == "POST":
        schema, hints = _parse(form, "schema"), _parse(form, "hints")
        if not form.errors:
            drawn = _draw(form, schema, hints)
    stored = json.dumps(drawn.data, indent=2, ensure_ascii=False) \
        if drawn and drawn.is_valid else None
    return render_template("form_preview.html", form=form, drawn=drawn, stored=stored), \
        400 if form.errors else 200
