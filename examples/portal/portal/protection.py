"""What stands between the pages and whoever sends requests: headers, cookies, sizes, the proxy before us."""

import os
import urllib.parse

from flask import Request, abort, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

MIB = 1 << 20
# Of a whole request. Files of registers are brought by staff; a person gives documents; a visitor little.
STAFF_MAX, PERSON_MAX, VISITOR_MAX = 256 * MIB, 64 * MIB, 32 * MIB
YEAR = 365 * 86400


class Bounded(Request):
    """What is no file is short, and there is not more of it than the largest page sends."""
    max_form_memory_size = 4 * MIB
    max_form_parts = 5000


def is_https():
    """People reach the portal over TLS, whatever the proxy before it speaks with it."""
    return os.environ.get("EDU_HTTPS") == "1"


def cookie_name(name):
    """With the prefix no neighbour under the same domain can set it."""
    return f"__Host-{name}" if is_https() else name


def settings():
    return {"SESSION_COOKIE_NAME": cookie_name("session"), "SESSION_COOKIE_SECURE": is_https(),
            "SESSION_COOKIE_SAMESITE": "Lax", "SESSION_COOKIE_HTTPONLY": True, "MAX_CONTENT_LENGTH": STAFF_MAX}


def form_targets():
    """Where forms may lead: here, and by a redirect to the page of the payment provider."""
    page = urllib.parse.urlsplit(os.environ.get("EDU_PAYMENT_PAGE", ""))
    return f"'self' {page.scheme}://{page.netloc}" if page.netloc else "'self'"


def bound():
    """Before anything reads the form: who it is decides how much it may be."""
    if request.headers.get("Transfer-Encoding"):
        abort(411)  # how much it is would be known only when it is here
    most = VISITOR_MAX
    if g.identity:
        most = STAFF_MAX if g.identity.roles else PERSON_MAX
    if (request.content_length or 0) > most:
        abort(413)
    if any("\0" in str(text) for text in _texts()):
        abort(400)  # is in no text that people type, and ends what C reads


def _texts():
    yield from (request.view_args or {}).values()
    for given in (request.args, request.form):
        for name, values in given.lists():
            yield from (name, *values)
    for _name, file in request.files.items(multi=True):
        yield file.filename or ""


def _headers():
    headers = {
        "Content-Security-Policy":
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
            f"font-src 'self'; form-action {form_targets()}; base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        # The camera reads codes of documents.
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), "
                              "display-capture=(), clipboard-read=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if is_https():
        headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    return headers


def install(app):
    app.request_class = Bounded
    headers = _headers()

    @app.after_request
    def protect(response):
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if response.status_code == 308 and response.location.startswith(request.host_url):
            # To the address with its last slash; the host is what the visitor said, and stays out of it.
            response.location = "/" + response.location[len(request.host_url):]
            response.set_data(b"")
        if response.headers.get("Access-Control-Allow-Origin") == "*":
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        # What somebody has signed in for edu.flask marks; answers to what was sent are personal too.
        personal = request.method not in ("GET", "HEAD") or response.status_code >= 400
        response.headers.setdefault("Cache-Control", "no-store" if personal else "private, no-cache")
        return response

    proxies = int(os.environ.get("EDU_PROXIES", "0"))
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0, x_prefix=0)
