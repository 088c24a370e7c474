"""A form drawn from its schema and its hints. What is shown, read and judged is decided in the
library; here it becomes a page.

    form = SchemaForm(schema, hints)          a page to fill in: {{ s.form(form) }}
    form = SchemaForm.posted(schema, hints)   what came back: form.data, form.errors, form.is_valid
"""

from urllib.parse import quote

import edu
from flask import g, request

from . import texts

NOT_FIELDS = {"csrf_token", "key"}


class SchemaForm:
    """Fields with their values, and what is wrong with them by the field's pointer."""

    def __init__(self, schema, hints, data=None, errors=()):
        self.data = {} if data is None else data
        self.page = edu.form_show(schema, hints, self.data, g.language)["content"]
        self.is_valid = False
        self.is_growing = False
        self.errors = {}
        self._titles = {}
        for section in self.page["sections"]:
            self._learn(section["fields"])
        for error in errors:
            self._place(error)

    @classmethod
    def posted(cls, schema, hints, errors=()):
        """From the request: judged, but where only a row was added or taken out."""
        given = {name: values for name, values in request.form.lists() if name not in NOT_FIELDS}
        data = edu.form_read(schema, given)["content"]
        if request.form.get("add") or request.form.get("remove"):
            made = cls(schema, hints, data)
            made.is_growing = True
            return made
        report = edu.form_accept(schema, data)
        made = cls(schema, hints, report["data"], [*report["errors"], *errors])
        made.is_valid = report["is_valid"] and not errors
        return made

    def _learn(self, fields):
        for field in fields:
            if field["title"]:
                self._titles[field["pointer"]] = field["title"]
            for row in field.get("rows", ()):
                self._learn(row["fields"])
            if field["kind"] == "list":
                for row in field["rows"]:
                    for only in row["fields"]:
                        self._titles.setdefault(only["pointer"], field["title"])

    def _place(self, error):
        """At its field, or the nearest around it; what is shown nowhere stands on top."""
        pointer = error["field"]
        while pointer and pointer not in self._titles:
            pointer = pointer.rpartition("/")[0]
        self.errors.setdefault(pointer, texts.form_error(error))

    @property
    def summary(self):
        """(link to the field, text) for each error, in the order of the page."""
        order = {pointer: number for number, pointer in enumerate(self._titles)}
        for pointer in sorted(self.errors, key=lambda one: order.get(one, -1)):
            text = self.errors[pointer]
            title = self._titles.get(pointer)
            yield (f"#{quote(pointer)}", f"{title} — {text}") if title else (None, text)

    @staticmethod
    def is_shown(field):
        """A field that hangs on one answer is always there, and hidden by the script; another only
        while it is active."""
        return field["is_active"] or field["shown_if"] is not None

    def condition_text(self, field):
        """The answers that open this field, as they are called on the page."""
        condition = field["shown_if"]
        asked = self._find(condition["field"])
        names = {one["value"]: one["title"] for one in (asked or {}).get("choices", ())}
        names = names or {"true": texts.yes(), "false": texts.no()}
        return self._titles.get(condition["field"], ""), \
            ", ".join(names.get(value, value) for value in condition["values"])

    def answers(self):
        """(question, answer, pointer) of all that was answered, in the order of the page."""
        for section in self.page["sections"]:
            yield from self._answers(section["fields"], "")

    def _answers(self, fields, before):
        for field in fields:
            if field["kind"] == "list":
                for number, row in enumerate(field["rows"], 1):
                    yield from self._answers(row["fields"], f"{field['title']} {number}: ")
            elif field["is_active"] and field["value"] not in (None, "", []):
                yield before + field["title"], self._said(field), field["pointer"]

    def _said(self, field):
        names = {one["value"]: one["title"] for one in field.get("choices", ())}
        value = field["value"]
        if field["kind"] == "yes_no":
            return texts.yes() if value is True else texts.no()
        if field["kind"] == "choices":
            return ", ".join(names.get(self.shown(one), self.shown(one)) for one in value)
        return names.get(self.shown(value), self.shown(value))

    def _find(self, pointer):
        waiting = [field for section in self.page["sections"] for field in section["fields"]]
        while waiting:
            field = waiting.pop()
            if field["pointer"] == pointer:
                return field
            waiting += [one for row in field.get("rows", ()) for one in row["fields"]]
        return None

    @staticmethod
    def parts(field):
        """Day, month and year of a date, also of one that is none."""
        year, month, day = (str(field["value"] or "").split("-") + ["", "", ""])[:3]
        return {"day": day.lstrip("0") if day.isdigit() else day,
                "month": month.lstrip("0") if month.isdigit() else month, "year": year}

    @staticmethod
    def shown(value):
        """A value as its input holds it."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)
