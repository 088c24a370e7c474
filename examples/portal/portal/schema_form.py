"""A form drawn from its schema and its hints. What is shown, read and judged is decided in the
library; here it becomes a page.

    form = SchemaForm(schema, hints)          a page to fill in: {{ s.form(form) }}
    form = SchemaForm.posted(schema, hints)   what came back: form.data, form.errors, form.is_valid

Both take the number of a section, which alone is drawn, read and judged then.
"""

import copy
from urllib.parse import quote

import edu
from flask import g, request

from . import texts

NOT_FIELDS = {"csrf_token", "key", "whose"}


def _at(data, pointer):
    """What a pointer into objects leads to, or None."""
    for name in pointer.split("/")[1:]:
        data = data.get(name.replace("~1", "/").replace("~0", "~")) if isinstance(data, dict) else None
    return data


def _put(data, pointer, value):
    """Takes the value out where there is none."""
    *names, last = [name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")[1:]]
    for name in names:
        data = data.setdefault(name, {})
    if value is None:
        data.pop(last, None)
    else:
        data[last] = value


class SchemaForm:
    """Fields with their values, and what is wrong with them by the field's pointer."""

    def __init__(self, schema, hints, data=None, errors=(), section=None):
        self.data = {} if data is None else data
        self.page = edu.form_show(schema, hints, self.data, g.language)["content"]
        every = self.page["sections"]
        self.sections = every if section is None else every[section:section + 1]
        self.is_valid = False
        self.errors = {}
        self._titles = {}
        for part in self.sections:
            self._learn(part["fields"])
        for error in errors:
            if section is None or self.section_of(error["field"]) == section:
                self._place(error)

    @classmethod
    def posted(cls, schema, hints, before=None, section=None):
        """From the request: judged, but where only a row was added or taken out. A section is laid over
        what was typed before."""
        given = {name: values for name, values in request.form.lists() if name not in NOT_FIELDS}
        data = edu.form_read(schema, given)["content"]
        if section is not None:
            data = cls(schema, hints, before, section=section).laid_over(data)
        if request.form.get("add") or request.form.get("remove"):
            return cls(schema, hints, data, section=section)
        report = edu.form_accept(schema, data)
        made = cls(schema, hints, data if section is not None else report["data"], report["errors"], section)
        made.is_valid = not made.errors
        return made

    def laid_over(self, data):
        """What was typed before, with the fields of this section as they are in the data."""
        made = copy.deepcopy(self.data)
        for part in self.sections:
            for field in part["fields"]:
                _put(made, field["pointer"], _at(data, field["pointer"]))
        return made

    def section_of(self, pointer):
        """The number of the section in which a field stands, or the nearest around it."""
        while pointer:
            for at, section in enumerate(self.page["sections"]):
                if any(pointer == field["pointer"] for field in section["fields"]):
                    return at
            pointer = pointer.rpartition("/")[0]
        return None

    def title_of(self, pointer):
        return self._titles.get(pointer)

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

    def is_shown(self, field):
        """A field that hangs on one answer of the page is always there, and hidden by the script;
        another only while it is active."""
        return field["is_active"] or self.hangs(field)

    def hangs(self, field):
        """Whether the answer on which it hangs is on the page."""
        return field["shown_if"] is not None and field["shown_if"]["field"] in self._titles

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
        for section in self.sections:
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
        waiting = [field for section in self.sections for field in section["fields"]]
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
