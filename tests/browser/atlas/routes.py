"""The routes of the portal that answer GET, as JSON: endpoint and a pattern of its addresses.

Werkzeug lists them in no order of precedence: whoever matches an address takes the pattern with the
fewest arguments.
"""
import json
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "examples", "portal"))
KINDS = {"int": r"\d+", "path": r".+"}


def pattern(rule):
    parts = re.split(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", rule)
    return "".join(re.escape(part) if at % 2 == 0 else KINDS.get(part, "[^/]+")
                   for at, part in enumerate(parts))


def main():
    with tempfile.TemporaryDirectory() as folder:
        secret = os.path.join(folder, "bank.secret")
        with open(secret, "wb") as file:
            file.write(bytes(32))
        os.environ.update(EDU_VAR=folder, EDU_BANK_SECRET=secret, EDU_STORE="sqlite::memory:")
        import portal
        app = portal.create_app()
        json.dump([{"endpoint": rule.endpoint, "rule": rule.rule, "pattern": pattern(rule.rule),
                    "arguments": len(rule.arguments)}
                   for rule in app.url_map.iter_rules() if "GET" in rule.methods], sys.stdout)


main()
