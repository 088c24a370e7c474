"""What was typed is not lost where the sign-in ended meanwhile, or somebody else signed in: it waits,
sealed, in the page that asks to sign in, and only who typed it sees it again."""

import base64
import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app, g, make_response, render_template, request
from markupsafe import Markup

DAY = 86400
NOT_TYPED = {"csrf_token", "whose"}
SECRET = {"password", "old", "new", "code"}
# These change nothing that is somebody's own.
FOR_ANYBODY = {"public.sign_in", "public.sign_in_code", "public.sign_out", "public.language"}


def me():
    return str(g.identity.person_id or "") if g.get("identity") else ""


def mark():
    """In every form: whose page it is on."""
    return Markup('<input type="hidden" name="whose" value="%s">') % me()


def _box():
    key = hashlib.sha256(b"what was typed " + current_app.config["SECRET_KEY"].encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _sealed():
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_TYPED]
    if SECRET & {name for name, _value in typed}:
        return ""
    files = [one.filename for _name, one in request.files.items(multi=True) if one.filename]
    content = {"whose": request.form["whose"], "path": request.full_path.rstrip("?"), "typed": typed,
               "files": files}
    return _box().encrypt(json.dumps(content).encode()).decode()


def look():
    """Before a request: what was typed on the page of one person is never taken for another's."""
    whose = request.form.get("whose") if request.method == "POST" else None
    if not whose or whose == me() or request.endpoint in FOR_ANYBODY:
        return None
    if me():
        return render_template("kept_other.html", kept=_sealed()), 409
    return ask(_sealed())


def ask(kept):
    """The page that asks to sign in, with what waits."""
    from .forms import Form
    return render_template("sign_in.html", form=Form("login"), next="", kept=kept, is_ended=True), 401


def given():
    """What waits in the page that was sent; nothing where it is not whole, or too old."""
    try:
        return json.loads(_box().decrypt(request.form.get("kept", "").encode(), ttl=DAY))
    except (InvalidToken, ValueError):
        return None


def again():
    """After signing in: the page with what was typed, for whom it is of; else None."""
    found = given()
    if found is None or found["whose"] != me():
        return None
    words = [value for _name, value in found["typed"] if any(one.isspace() for one in value.strip())]
    return make_response(render_template("kept.html", words=words, **found))
