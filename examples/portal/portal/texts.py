"""What the library's keys and states are called on the pages."""

import re

from .i18n import gettext as _


def N_(text):
    """Marks a text for translation where it stands; it is translated where it is shown."""
    return text


ERRORS = {
    "session.refused": N_("The login or the password is wrong, or the account is not active yet."),
    "session.throttled": N_("Too many attempts. Wait a quarter of an hour and try again."),
    "session.bad_code": N_("The code is wrong or too old. Ask for a new one."),
    "session.denied": N_("Your role does not permit this."),
    "session.no_role": N_("Your role does not permit this."),
    "account.bad_password": N_("The present password is wrong."),
    "account.bad_birth": N_("The date of birth is not possible."),
    "account.bad_document":
        N_("A document number has 4 to 32 letters, digits, dashes and slashes."),
    "account.exists": N_("This person has an account already."),
    "olympiad.frozen": N_("The list is frozen."),
    "olympiad.not_closed":
        N_("Registration is still open: the list can be frozen when it is over."),
    "olympiad.nobody": N_("Nobody is registered."),
    "olympiad.running": N_("Another clerk is allocating just now."),
    "olympiad.taken_over": N_("The allocation was taken over by another clerk."),
    "olympiad.same_person": N_("Another clerk must confirm: two people are needed."),
    "olympiad.nothing_proposed": N_("Nothing is proposed here any more."),
    "olympiad.started": N_("The exam has begun: nobody can withdraw any more."),
    "olympiad.withdrawn": N_("This registration is withdrawn already."),
    "olympiad.code_taken": N_("This code is in use. Choose another."),
    "olympiad.window": N_("Registration must begin before it ends, and end before the exam."),
    "olympiad.seed": N_("A seed has 2 to 128 hexadecimal digits."),
    "olympiad.step_free": N_("There are too few step-free seats."),
    "application.not_found": N_("There is no such application."),
    "application.changed": N_("Somebody changed this meanwhile. Look at it again."),
    "csv.unknown_column": N_("A column of the file is not known here."),
    "csv.missing_column": N_("A column is missing in the file."),
    "csv.double_column": N_("A column stands twice in the file."),
    "csv.field_count": N_("The line has another number of fields than the header."),
    "csv.not_utf8": N_("The file is not UTF-8. Save it as CSV UTF-8."),
    "csv.line_too_long": N_("The line is too long."),
    "import.duplicate": N_("This stands in the file twice."),
    "import.unknown_region": N_("There is no such region."),
    "import.unknown_institution": N_("There is no such institution."),
    "import.unknown_centre": N_("There is no such centre."),
    "import.unknown_person": N_("This person is not in the persons' register."),
    "import.bad_number": N_("The personal number is not of its form."),
    "import.bad_grade": N_("A grade is 1 to 12."),
    "import.bad_birth": N_("A date of birth is written as 2012-03-27."),
    "import.bad_seat": N_("A seat is written as C4, within the rows and columns of its room."),
    "import.room_in_use": N_("The room is used by an allocation; its seats cannot change."),
    "import.bad_degrees": N_("Latitude and longitude are degrees with up to 7 decimals."),
    "core.missing": N_("This cannot be left empty."),
    "core.too_long": N_("This is too long."),
    "account.login_taken": N_("This login is taken. Choose another."),
    "account.bad_login": N_("A login has 3 to 64 of a–z, 0–9, dot, dash, underscore and @."),
    "account.bad_code": N_("The code is wrong or too old. Ask for a new one."),
    "account.weak_password": N_("The password must have 10 to 200 characters and differ from the "
                                "login."),
    "account.bad_number": N_("A personal number (FIN) has 7 letters and digits, without I and O."),
    "olympiad.not_a_pupil": N_("Only pupils of the register can take part."),
    "olympiad.wrong_grade": N_("This olympiad is for other grades."),
    "olympiad.not_yet": N_("Registration has not begun yet."),
    "olympiad.closed": N_("Registration is over."),
    "olympiad.already": N_("This pupil is registered already."),
    "olympiad.clash": N_("This pupil has another olympiad at the same time."),
    "command.key_reused": N_("This form was sent before with other answers. Begin again."),
}

STATES = {
    "draft": N_("Draft"), "announced": N_("Announced"), "open": N_("Registration open"),
    "closed": N_("Registration closed"), "frozen": N_("List frozen"),
    "proposed": N_("Seats proposed"), "confirming": N_("Being confirmed"),
    "allocated": N_("Seats allocated"), "running": N_("Being allocated"),
    "confirmed": N_("Confirmed"), "discarded": N_("Discarded"), "failed": N_("Failed"),
    "registered": N_("Registered"), "withdrawn": N_("Withdrawn"),
    "requested": N_("Waiting for the school"), "active": N_("Active"), "refused": N_("Refused"),
    "ended": N_("Ended"),
}

# Fields that a document signs.
FIELDS = {"pupil": N_("Pupil"), "exam": N_("Exam"), "starts": N_("Begins"), "centre": N_("Centre"),
          "room": N_("Room"), "seat": N_("Seat"), "variant": N_("Variant")}

TITLES = {
    400: N_("Something is wrong with what was sent"), 403: N_("This is not for your role"),
    404: N_("Page not found"), 409: N_("This is not possible now"),
    413: N_("This is too large"), 429: N_("Too many attempts"),
    500: N_("Something went wrong"), 503: N_("The portal is busy"),
}

ROLES = {"admin": N_("Administrator"), "clerk": N_("Clerk"), "school": N_("School"),
         "steward": N_("Steward of a centre")}


def state(code):
    return _(STATES.get(code, code))


def role(code):
    return _(ROLES.get(code, code))


def field(code):
    return _(FIELDS.get(code, code))


def error_title(status):
    return _(TITLES.get(status, TITLES[500]))


def error_text(error):
    """The reader's language where the key has a text, else the library's own words."""
    if error is None:
        return None
    known = ERRORS.get(error.key)
    text = _(known) if known else str(error)
    named = re.search(r'"(.+?)"', str(error)) if known and error.line else None
    if named:
        text += f" ({named.group(1)})"
    if error.line:
        return _("Line %(line)d: %(text)s") % {"line": error.line, "text": text}
    return text
