"""Who works here: accounts made for people of the register, and the roles that they hold."""

import edu
from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from . import texts
from .forms import Form, only_who, staff_only
from .i18n import gettext as _

blueprint = Blueprint("accounts", __name__, url_prefix="/staff/accounts")

FIELDS = ("number", "role", "scope", "code", "login")


@blueprint.before_request
def admin_only():
    answer = staff_only()
    if answer is None:
        only_who("administers")
    return answer


def _give(form):
    form.require(role=_("Choose a role."))
    if form["scope"] and not form["code"]:
        form.errors["code"] = _("Give the code of the place.")
    person = form.person()
    return not form.errors and form.call(
        g.session.account.grant, person.id, form["role"], form["scope"],
        form["code"] if form["scope"] else "", key=form.key, at="role")


def _create(form):
    form.require(login=_("Choose a login."))
    password = request.form.get("password", "")
    if not password:
        form.errors["password"] = _("Type a password.")
    person = form.person()
    return not form.errors and form.call(g.session.account.create, person.id, form["login"], password,
                                         key=form.key, at="login")


@blueprint.get("/")
def home():
    return render_template("accounts.html", scopes=texts.scopes(),
                           page=g.session.account.grants(request.args.get("cursor"), limit=50))


@blueprint.route("/<any(role, account):what>", methods=["GET", "POST"])
def make(what):
    """A role given, or an account made for somebody."""
    form = Form(*FIELDS)
    if request.method == "POST" and (_give if what == "role" else _create)(form):
        return redirect(url_for("accounts.home", done=what))
    return render_template("account_make.html", form=form, what=what, roles_there=texts.ROLES,
                           scopes=texts.scopes()), 400 if form.errors else 200


@blueprint.route("/<person>/<role>/revoke", methods=["GET", "POST"])
def revoke(person, role):
    """Asked once more: whoever loses a role loses it at once."""
    form = Form()
    scope, code = request.args.get("scope", ""), request.args.get("code", "")
    if request.method == "POST" and form.call(g.session.account.revoke, person, role, scope, code,
                                              key=form.key):
        return redirect(url_for("accounts.home", done="revoke"))
    found = next((one for one in edu.pages(g.session.account.grants)
                  if (one.person_id, one.role, one.scope, one.code) == (person, role, scope, code)), None)
    if found is None:
        abort(404)
    return render_template("account_revoke.html", form=form, found=found), 400 if form.errors else 200
