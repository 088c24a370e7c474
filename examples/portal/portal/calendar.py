"""Working days, as anybody may see them, and when an answer would be due."""

import calendar as months
import datetime
import re

import edu
from babel import dates
from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for

from . import i18n
from .forms import Form, only_who, staff_only
from .i18n import gettext as _

DEFAULT = "az"
blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")
work = Blueprint("calendar_work", __name__, url_prefix="/staff/calendar")
work.before_request(staff_only)


def _code():
    """The portal has one calendar."""
    known = g.session.calendar.list(limit=1)
    # Where there is none, the library says so.
    return known[0].code if known else g.session.calendar.get(DEFAULT, 0).code


def _months(year, days):
    """Twelve months of weeks from Monday; a day outside of the month is None."""
    by_date = {day["date"]: day for day in days}
    names = dates.get_month_names("wide", context="stand-alone", locale=g.language)
    for number in range(1, 13):
        weeks = months.Calendar().monthdatescalendar(year, number)
        yield names[number], [
            [{**by_date[day.isoformat()], "number": day.day} if day.month == number else None
             for day in week] for week in weeks]


def _other(day):
    return {**day, "date": datetime.date.fromisoformat(day["date"]),
            "other": day.get("other") and datetime.date.fromisoformat(day["other"])}


def _due(form, code):
    """The deadline that was asked for, if one was and it makes sense."""
    form.values.update({name: request.args.get(name, "").strip() for name in ("received", "count")})
    if "received" not in request.args:
        form.values["count"] = "3"
        return None
    try:
        received = i18n.from_local(form["received"])
    except ValueError:
        form.errors["received"] = _("Give a day and a time.")
        return None
    if not re.fullmatch(r"[0-9]{1,4}", form["count"]):
        form.errors["count"] = _("Give a number of days, up to 9999.")
        return None
    asked = {"calendar": code, "received": received, "count": int(form["count"])}
    return form.result if form.call(g.session.deadline.explain, asked) else None


@blueprint.get("/")
def now():
    year = datetime.datetime.now(i18n.ZONE).year
    return redirect(url_for("calendar.year", year=year))


@blueprint.get("/<int:year>")
def year(year):
    code = _code()
    known = g.session.calendar.get(code, 0)
    try:
        shown = g.session.calendar.days(code, year)
    except edu.Invalid:
        abort(404)
    form = Form("received", "count")
    due = _due(form, code)
    weekdays = dates.get_day_names("abbreviated", context="stand-alone", locale=g.language)
    special = [_other(day) for day in shown.days if day["kind"] not in ("working", "weekend")]
    return render_template("calendar.html", calendar=known, shown=shown, special=special, form=form,
                           due=due, weekdays=[weekdays[day] for day in range(7)],
                           months=_months(year, shown.days)), 400 if form.errors else 200


@blueprint.get("/<int:year>.ics")
def file(year):
    try:
        document = g.session.calendar.export(_code(), year)
    except edu.Invalid:
        abort(404)
    response = make_response(document.content)
    response.headers["Content-Type"] = document.type
    response.headers["Content-Disposition"] = f'attachment; filename="{document.name}"'
    return response


# ---- what is announced each year, entered by an admin ----

FIELDS = ("rest", "worked", "feast", "first", "once", "title_az", "title_en", "title_ru", "year",
          "what", "remove")


def _add(document, form):
    """Changes the document as the form wants; False where something is missing."""
    what, dated = form["what"], {one["code"]: one for one in document["holidays"] if "dates" in one}
    if what == "moved" and form.require(rest=_("Give a day."), worked=_("Give a day.")):
        document["moved_days"] = sorted(
            document.get("moved_days", []) + [{"rest": form["rest"], "worked": form["worked"]}],
            key=lambda pair: pair["rest"])
    elif what == "feast" and form.require(feast=_("Choose a feast."), first=_("Give a day.")):
        if form["feast"] in dated:
            feast = dated[form["feast"]]
            feast["dates"] = sorted(set(feast["dates"]) | {form["first"]})
    elif what == "once" and form.require(once=_("Give a day."), title_az=_("Give its name."),
                                         title_en=_("Give its name."),
                                         title_ru=_("Give its name.")):
        document["holidays"].append({
            "code": "day_" + form["once"].replace("-", "_"), "dates": [form["once"]],
            "title": {language: form["title_" + language] for language in document["title"]},
            "moves": "nothing"})
    elif what == "announced" and form.require(year=_("Give a year.")):
        document["announced"] = int(form["year"]) if form["year"].isdecimal() else form["year"]
    elif what == "remove":
        _remove(document, form["remove"])
    return not form.errors


def _remove(document, entry):
    """entry: "moved 2026-03-27", or the code of a feast and one of its days."""
    kind, _blank, day = entry.partition(" ")
    if kind == "moved":
        document["moved_days"] = [pair for pair in document.get("moved_days", [])
                                  if pair["rest"] != day]
    for one in document["holidays"]:
        if one["code"] == kind and "dates" in one:
            one["dates"] = [date for date in one["dates"] if date != day]
    document["holidays"] = [one for one in document["holidays"] if one.get("dates") != []]


def _entered(document, since):
    """What was entered of this year and later: (day, what it is, how it is taken back)."""
    read = datetime.date.fromisoformat
    found = [(read(pair["rest"]), {"worked": read(pair["worked"])}, f"moved {pair['rest']}")
             for pair in document.get("moved_days", []) if max(pair.values()) >= since]
    for one in document["holidays"]:
        found += [(read(day), one, f"{one['code']} {day}")
                  for day in one.get("dates", []) if day >= since]
    return sorted(found, key=lambda entry: entry[0])


def _say_what_is_wrong(form):
    """What the library refuses of the whole document belongs to the one thing that was entered."""
    if not form.errors.pop("", None):
        return
    field, text = {
        "moved": ("rest", _("A day of work and a day of a weekend change places, each only once, "
                            "within the calendar's years.")),
        "feast": ("first", _("This day is not possible.")),
        "once": ("once", _("This day is not possible, or is entered already.")),
        "announced": ("year", _("This is not one of the calendar's years.")),
    }.get(form["what"], ("", _("This cannot be taken back.")))
    form.errors[field] = text


@work.route("/", methods=["GET", "POST"])
def edit():
    """Rules stay as they are; days are added to them, or taken back. Each change is a version."""
    only_who("administers")
    form = Form(*FIELDS)
    known = g.session.calendar.get(_code(), 0)
    document = known.document
    if request.method == "POST" and _add(document, form) and form.call(
            g.session.calendar.publish, document, key=form.key):
        return redirect(url_for("calendar_work.edit", done=1))
    if form.errors:
        known = g.session.calendar.get(_code(), 0)
        _say_what_is_wrong(form)
    today = datetime.datetime.now(i18n.ZONE).date()
    feasts = {one["code"]: one["title"].get(g.language, one["code"])
              for one in known.document["holidays"]
              if "dates" in one and not one["code"].startswith("day_")}
    return render_template("calendar_work.html", form=form, calendar=known, feasts=feasts,
                           today=today, done="done" in request.args and not form.errors,
                           entered=_entered(known.document, f"{today.year}-01-01")), \
        400 if form.errors else 200
