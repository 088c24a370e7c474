"""Working days, as anybody may see them, and when an answer would be due."""

import calendar as months
import datetime
import re

import edu
from babel import dates
from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for

from . import i18n
from .forms import Form
from .i18n import gettext as _

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")


def _code():
    """The portal has one calendar."""
    known = g.session.calendar.list(limit=1)
    if not known:
        abort(404)
    return known[0].code


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
