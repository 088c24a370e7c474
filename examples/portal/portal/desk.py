"""Work with citizens' appeals: queues, search, registering, and every step of one."""

import datetime

import edu
from flask import Blueprint, g, redirect, render_template, request, url_for

from . import i18n
from .appeals import attach, download, shown, titles
from .forms import Form, staff_only
from .i18n import gettext as _

blueprint = Blueprint("desk", __name__, url_prefix="/staff/appeals")
blueprint.before_request(staff_only)

FIELDS = ("text", "name", "category", "level", "department", "executor", "count", "into",
          "question", "answer", "read")


def _queues():
    """(queue, code) of the lists that the roles have."""
    found = [("mine", None)]
    for role in g.identity.roles:
        if role["scope"] == "department":
            found.append(("department", role["code"]))
        elif role["scope"] == "region" and role["role"] == "clerk":
            found.append(("region", role["code"]))
        elif role["scope"] == "" and role["role"] in ("clerk", "admin"):
            found.append(("all", None))
    return list(dict.fromkeys(found))


@blueprint.context_processor
def what_staff_may():
    """Only what is shown; the library decides what is done."""
    roles = {role["role"] for role in g.identity.roles} if g.identity else set()
    return {"registers": bool(roles & {"clerk", "admin"}),
            "leads": bool(roles & {"clerk", "admin", "head"})}


@blueprint.get("/")
def home():
    queues = _queues()
    chosen = (request.args.get("queue", queues[-1][0]), request.args.get("code") or None)
    if chosen not in queues:
        chosen = queues[-1]
    asked = {"queue": chosen[0], "code": chosen[1], "state": request.args.get("state") or None,
             "category": request.args.get("category") or None,
             "is_overdue": request.args.get("overdue") == "1"}
    rules = g.session.appeal.rules_get()
    page = g.session.appeal.worklist(asked, request.args.get("cursor"), limit=25)
    return render_template("desk.html", queues=queues, chosen=chosen, page=page, asked=asked,
                           departments=titles(rules.departments),
                           categories=titles(rules.categories))


@blueprint.get("/search")
def search():
    form = Form("q", "state", "since", "until")
    form.values.update({name: request.args.get(name, "").strip() for name in form.values})
    asked = {"text": form["q"] or None, "state": form["state"] or None}
    for name, days in (("since", 0), ("until", 1)):
        try:
            if form[name]:
                day = datetime.date.fromisoformat(form[name]) + datetime.timedelta(days=days)
                asked[name] = i18n.from_local(f"{day.isoformat()}T00:00")
        except (ValueError, OverflowError):
            form.errors[name] = _("Give a day.")
    page = []
    is_asked = any(asked.values())
    if is_asked and not form.errors and form.call(
            g.session.appeal.search, asked, request.args.get("cursor"), limit=25):
        page = form.result
    states = {stage["state"]: stage["title"] for stage in g.session.service.get("appeal").stages}
    return render_template("desk_search.html", form=form, page=page, states=states,
                           is_asked=is_asked), 400 if form.errors else 200


@blueprint.route("/new", methods=["GET", "POST"])
def new():
    form = Form("channel", "number", "given", "family", "mail", "phone", "category", "level",
                "text", "received", "is_anonymous")
    rules = g.session.appeal.rules_get()
    if request.method == "POST" and _register(form):
        return redirect(url_for("desk.one", person=form.result.person_id, appeal=form.result.id,
                                sent=1))
    return render_template("desk_new.html", form=form, categories=titles(rules.categories),
                           levels=titles(rules.levels)), 400 if form.errors else 200


def _register(form):
    form.require(channel=_("Choose how it came."), category=_("Choose what it is about."),
                 text=_("Write what was said."))
    names = ("number", "given", "family", "mail", "phone")
    given = {name: form[name] for name in names + ("channel", "category", "level", "text")
             if form[name]}
    given["is_anonymous"] = form["is_anonymous"] == "1"
    if not given["is_anonymous"] and not form["number"] and not form["given"]:
        form.errors["number"] = _("Give a personal number, or the names.")
    if form["received"]:
        try:
            given["received"] = i18n.from_local(form["received"])
        except ValueError:
            form.errors["received"] = _("Give a day and a time.")
    return not form.errors and form.call(g.session.appeal.submit, given, key=form.key)


@blueprint.get("/<person>/<appeal>")
def one(person, appeal):
    form = Form(*FIELDS)
    chosen = request.args.get("template")
    if chosen and form.call(g.session.appeal.template, person, appeal, chosen):
        form.values.update(text=form.result, template=chosen)
    return _page(person, appeal, form)


@blueprint.route("/absences", methods=["GET", "POST"])
def absences():
    form = Form("substitute", "since", "until")
    if request.method == "POST" and _arrange(form):
        return redirect(url_for("desk.absences"))
    colleagues = {one.person_id: one.name
                  for one in edu.pages(g.session.appeal.colleagues, limit=200)}
    return render_template("desk_absences.html", form=form, colleagues=colleagues,
                           absences=g.session.appeal.absences(None, limit=200),
                           day=datetime.timedelta(days=1)), \
        400 if form.errors else 200


def _arrange(form):
    """Whole days, in the time of the portal."""
    form.require(substitute=_("Choose who stands in for you."), since=_("Give a day."),
                 until=_("Give a day."))
    days = []
    for name in ("since", "until"):
        try:
            day = datetime.date.fromisoformat(form[name])
        except ValueError:
            form.errors.setdefault(name, _("Give a day."))
        else:
            days.append(i18n.from_local(f"{day.isoformat()}T00:00"))
    return not form.errors and form.call(
        g.session.appeal.substitute, None, form["substitute"], days[0],
        days[1] + datetime.timedelta(days=1), key=form.key)


@blueprint.post("/absences/end")
def end_absence():
    form = Form("substitute", "since")
    since = datetime.datetime.fromisoformat(form["since"])
    form.call(g.session.appeal.absence_end, None, form["substitute"], since, key=form.key)
    return redirect(url_for("desk.absences"))


@blueprint.get("/<person>/<appeal>/file/<int:sequence>")
def file(person, appeal, sequence):
    return download(person, appeal, sequence)


def _page(person, appeal, form):
    rules = g.session.appeal.rules_get()
    alike = g.session.appeal.duplicates(person, appeal)
    looked_at = shown(person, appeal)
    if looked_at["appeal"].state == "answered" and not form["question"]:
        proposed = g.session.appeal.redact(person, appeal)
        form.values.update(question=proposed.question, answer=proposed.answer)
    return render_template("desk_appeal.html", form=form, alike=alike, sent="sent" in request.args,
                           categories=titles(rules.categories), levels=titles(rules.levels),
                           departments=titles(rules.departments), templates=titles(rules.templates),
                           signatories=g.session.appeal.signatories(person, appeal, limit=200),
                           **looked_at), 400 if form.errors else 200


def _merge(form, person, appeal):
    """Into the appeal with the number that was typed."""
    found = g.session.appeal.search({"text": form["into"]}, limit=2) if form["into"] else []
    if len(found) != 1 or found[0].number != form["into"]:
        form.errors["into"] = _("Give the number of the other appeal.")
        return False
    return form.call(g.session.appeal.merge, person, appeal, found[0].person_id, found[0].id,
                     key=form.key)


def _extend(form, person, appeal):
    if not form["count"].isdecimal():
        form.errors["count"] = _("Give a number.")
        return False
    return form.call(g.session.appeal.extend, person, appeal, int(form["count"][:6]), form["text"],
                     key=form.key)


@blueprint.post("/<person>/<appeal>/<what>")
def act(person, appeal, what):
    form = Form(*FIELDS)
    api = g.session.appeal
    words = {"ask": api.ask, "reply": api.reply, "note": api.note, "answer": api.answer,
             "return": getattr(api, "return_"), "reopen": api.reopen}
    bare = {"approve": api.approve, "send": api.send}
    if what in words:
        done = form.call(words[what], person, appeal, form["text"], key=form.key)
    elif what in bare:
        read = int(form["read"]) if form["read"].isdecimal() else 0
        done = form.call(bare[what], person, appeal, read, key=form.key)
    elif what == "route":
        done = form.call(api.route, person, appeal, form["category"] or None, form["level"] or None,
                         form["department"] or None, key=form.key)
    elif what == "assign":
        done = form.call(api.assign, person, appeal, None, key=form.key)
    elif what == "take":
        done = form.call(api.assign, person, appeal, g.identity.person_id, key=form.key)
    elif what == "transfer":
        done = form.call(api.transfer, person, appeal, form["department"], form["text"],
                         key=form.key)
    elif what == "extend":
        done = _extend(form, person, appeal)
    elif what == "publish":
        done = form.call(api.publish, person, appeal, form["question"], form["answer"],
                         key=form.key)
    elif what in ("file", "enclose"):
        done = attach(form, person, appeal, what == "enclose")
    elif what == "sign":
        done = form.call(api.sign_for, person, appeal, form["name"], key=form.key)
    elif what == "merge":
        done = _merge(form, person, appeal)
    else:
        raise edu.NotFound("there is no such step")
    if done:
        return redirect(url_for("desk.one", person=person, appeal=appeal))
    return _page(person, appeal, form)
