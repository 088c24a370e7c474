"""What the forms of all pages share."""

import datetime
import re
import secrets

import edu
from flask import abort, g, redirect, request, url_for

from . import i18n, texts
from .i18n import gettext as _

FIELD_OF = re.compile(r"^/(?:request/)?(\w+)")


def form_key():
    """The idempotency key of a form: made with the page, sent back with it, so that sending twice
    does nothing twice."""
    given = request.form.get("key", "")
    return given if re.fullmatch(r"[0-9a-f]{32}", given) else secrets.token_hex(16)


class Form:
    """Values typed and what is wrong with them, by field."""

    def __init__(self, *fields):
        # Browsers send the ends of lines as two characters; the library takes one.
        self.values = {field: request.form.get(field, "").strip().replace("\r\n", "\n")
                       for field in fields}
        self.errors = {}
        self.refused = None
        self.result = None
        self.key = form_key()

    def __getitem__(self, field):
        return self.values[field]

    def require(self, **messages):
        for field, message in messages.items():
            if not self.values[field]:
                self.errors[field] = message
        return not self.errors

    def date(self, field):
        """A day typed as three numbers: field_day, field_month, field_year."""
        parts = [request.form.get(f"{field}_{part}", "").strip() for part in ("year", "month", "day")]
        for part, value in zip(("year", "month", "day"), parts):
            self.values[f"{field}_{part}"] = value
        try:
            return datetime.date(*(int(part) for part in parts))
        except ValueError:
            self.errors[field] = _("Give a day, for example 27 3 2012.")
            return None

    def person(self):
        """Who is meant, by number and birth date: both are on the paper that the clerk holds. None where that is not
        known, or anything else of the form is wrong."""
        birth = self.date("birth")
        self.require(number=_("Type the personal number."))
        found = not self.errors and self.call(g.session.account.find, self["number"], birth, at="number")
        return self.result if found else None

    def moment(self, field):
        """A day with its time, in the portal's civil time."""
        try:
            return i18n.from_local(self.values[field])
        except ValueError:
            self.errors[field] = _("Give a day and a time.")
            return None

    def refuse(self, error, at=""):
        """Shows an error of the library at its field, or, without one, where it is said."""
        self.refused = error
        found = FIELD_OF.match(error.field or "")
        field = found.group(1) if found and found.group(1) in self.values else at
        self.errors[field] = texts.error_text(error)

    def call(self, function, *arguments, at="", **keywords):
        """Calls the library; True where it did not refuse. at: field of an error that names none."""
        try:
            self.result = function(*arguments, **keywords)
        except (edu.Invalid, edu.Conflict, edu.State, edu.Limit, edu.Throttled, edu.Full,
                edu.Unauthenticated, edu.NotFound, edu.Infeasible, edu.Busy, edu.Denied) as error:
            self.refuse(error, at)
            return False
        return True


def chosen_items():
    """What was chosen in a list, each as PERSON/ID."""
    return [dict(zip(("person_id", "id"), one.split("/")))
            for one in request.form.getlist("item") if one.count("/") == 1]


def safe_next(otherwise):
    """Where to go after signing in: a path of this portal, nothing else."""
    path = request.values.get("next", "")
    if re.fullmatch(r"/(?![/\\])[^\s\\]*", path):
        return path
    return otherwise


def signed_in():
    """For a blueprint's before_request: everything in it is for those who signed in."""
    if g.identity is None or g.identity.person_id is None:
        return redirect(url_for("public.sign_in", next=request.full_path.rstrip("?")))
    if g.identity.needs_code:
        return redirect(url_for("public.sign_in_code", next=request.full_path.rstrip("?")))
    return None


def period(days=91):
    """A form with the days asked for, the first and the last, and the instants between which they lie; so many
    past days where none are given."""
    form = Form("since", "until")
    form.values.update({name: request.args.get(name, "").strip() for name in ("since", "until")})
    today = datetime.datetime.now(i18n.ZONE).date()
    chosen = [today - datetime.timedelta(days=days), today]
    for index, name in enumerate(("since", "until")):
        try:
            chosen[index] = datetime.date.fromisoformat(form[name]) if form[name] else chosen[index]
        except ValueError:
            form.errors[name] = _("Give a day.")
        form.values[name] = chosen[index].isoformat()
    start, end = (i18n.from_local(f"{day.isoformat()}T00:00") for day in chosen)
    return form, start, end + datetime.timedelta(days=1)


def staff_only():
    answer = signed_in()
    if answer is None and not g.identity.roles:
        abort(404)
    return answer


def may():
    """What who asks may do by their roles (edu_rights): what is offered to them."""
    if "rights" not in g:
        g.rights = g.session.account.rights()
    return g.rights


def only_who(*rights):
    """For pages of those who have one of them; others are not told that there are such pages."""
    if not any(may()[right] for right in rights):
        abort(404)
