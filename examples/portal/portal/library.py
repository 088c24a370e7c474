"""The library in this app: one portal a process, one session a request (edu.flask)."""

import os

from edu.flask import FlaskPortal
from flask import g

library = FlaskPortal(language=lambda: g.language)


def host():
    """The portal's name in what it signs, whatever name a request was sent to."""
    return os.environ.get("EDU_HOST", "localhost")


def options():
    """How the portal is opened, by the environment."""
    get = os.environ.get
    return {
        "store": os.environ["EDU_STORE"], "keys": get("EDU_KEYS"), "host": host(), "name": get("EDU_NAME", "Nar"),
        "language": get("EDU_LANGUAGE", "az"), "utc_offset_minutes": int(get("EDU_UTC_OFFSET", "240")),
        "signer": get("EDU_SIGNER"), "payment_page": get("EDU_PAYMENT_PAGE"),
        "payment_command": get("EDU_PAYMENT_COMMAND"), "documents": get("EDU_DOCUMENTS"),
        "scanner": get("EDU_SCANNER"), "staff_second_factor": get("EDU_SECOND_FACTOR", "1") != "0"}
