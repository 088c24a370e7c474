"""Tokens by which programs are whoever made them: made, shown once, ended."""

import datetime

import edu
from flask import Blueprint, g, redirect, render_template, request, url_for

from .forms import Form, signed_in
from .i18n import gettext as _

blueprint = Blueprint("access", __name__, url_prefix="/cabinet/programs")
blueprint.before_request(signed_in)

DAYS = (30, 90, 180, 365)


def _page(form, token=None):
    return render_template("access.html", form=form, token=token, days=DAYS,
                           tokens=list(edu.pages(g.session.access.list, limit=200))), \
        400 if form.errors else 200


@blueprint.route("/", methods=["GET", "POST"])
def home():
    """What is made is in this answer alone: the page has no address to come back to it."""
    form = Form("title", "days")
    if request.method == "GET":
        form.values["days"] = str(DAYS[2])
        return _page(form)
    form.require(title=_("Say what it is for."))
    days = int(form["days"]) if form["days"] in map(str, DAYS) else DAYS[0]
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    if not form.errors and form.call(g.session.access.make, form["title"], expires, at="title"):
        token, form.values["title"] = form.result, ""
        return _page(form, token)
    return _page(form)


@blueprint.post("/end")
def end():
    form = Form("ended")
    return redirect(url_for("access.home", ended=1)) if form.call(g.session.access.end, form["ended"]) else _page(form)
