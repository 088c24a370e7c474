"""What the library's keys and states are called on the pages."""

from .i18n import gettext as _


def N_(text):
    """Marks a text for translation where it stands; it is translated where it is shown."""
    return text


ERRORS = {
    "core.missing": N_("This cannot be left empty."),
    "core.too_long": N_("This is too long."),
    "account.sign_in": N_("The login or the password is wrong, or the account is not active yet."),
    "account.throttled": N_("Too many attempts. Wait a quarter of an hour and try again."),
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


def error_title(status):
    return _(TITLES.get(status, TITLES[500]))


def error_text(error):
    """The reader's language where the key has a text, else the library's own words."""
    if error is None:
        return None
    known = ERRORS.get(error.key)
    text = _(known) if known else str(error)
    if error.line:
        return _("Line %(line)d: %(text)s") % {"line": error.line, "text": text}
    return text
