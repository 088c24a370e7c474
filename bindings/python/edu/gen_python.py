#!/usr/bin/python3
"""Writes the Python package's classes from what tools/gen_records.py read in the public headers: a
class for each record and each module, with types and documentation, and the types of the errors.

    gen_python.py api.json calls.py _low.pyi
"""
import json
import keyword
import os
import re
import sys
import textwrap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
from gen_bindings import functions_that_cross  # noqa: E402
from headers import (  # noqa: E402
    GIVEN, HANDLES, KIND_OF, SILENT, choices, class_name, doc_of_parameter, is_out, may_miss, module_and_verb,
    paragraphs)

PLAIN = {"BOOL": "bool", "INT32": "int", "INT64": "int", "BYTES": "bytes"}
MAY_MISS = {"TEXT": "str", "ID": "str", "TIME": "Time", "DATE": "Date", "JSON": "Any"}
GIVEN_AS = {"ID": "str", "TEXT": "str", "INT32": "int", "INT64": "int"}
DEFAULTS = {"key": "None", "cursor": "None", "limit": "50"}
# Session and Portal are written by hand; these are behind their methods.
BY_HAND = {"edu_portal_open", "edu_session_open", "edu_session_sign_in", "edu_session_resume",
           "edu_session_operator"}
# Names that a field or a verb must not take away from its class.
TAKEN = set(dir(dict))


def safe(name, taken=()):
    return name + "_" if keyword.iskeyword(name) or name in taken else name


def type_of(kind, doc):
    if kind in PLAIN:
        return PLAIN[kind]
    made = MAY_MISS[kind]
    if kind == "TEXT":
        values = choices(doc)
        made = f"Literal[{', '.join(map(json.dumps, values))}]" if values else made
    if kind == "JSON":
        made = "Array" if doc.startswith("array") else "Object" if doc.startswith("object") else made
    return f"Optional[{made}]" if may_miss(doc) and made != "Any" else made


NAMES = {}


def learn_names(api):
    """What the headers call by the names of C is called so in Python."""
    for record in api["records"]:
        NAMES[record["name"]] = class_name(record["name"])
    for function in api["functions"]:
        NAMES[function["name"]] = ".".join(part for part in module_and_verb(function) if part)


def speak(text):
    """The words of the headers in those of Python."""
    text = re.sub(r"(?:::)?\b(edu_\w+)", lambda found: NAMES.get(found[1], found[0]), text)
    text = re.sub(r"\bEDU_E_([A-Z_]+)", lambda found: class_name(found[1].lower()), text)
    return re.sub(r"\bNULL\b", "None", text)


def docstring(doc, indent, hidden=(), out="out"):
    text, parts = paragraphs(doc)
    lines = [text]
    for part in parts:
        tag, _, rest = part.partition(" ")
        if tag == "param":
            name, _, rest = rest.partition(" ")
            if name in hidden:
                continue
            if name == out:
                if not rest.startswith("freed by"):
                    lines.append("Returns " + rest.removeprefix("receives "))
                continue
            lines.append(f":param {name}: {rest}")
        elif tag == "return":
            lines.append(("Raises " if rest.startswith("EDU_E_") else "Returns ") + rest)
        elif tag == "since":
            lines.append(f"Since {rest}.")
        else:
            lines.append(rest)
    made = speak("\n".join(lines)).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    made = made + " " if made.endswith('"') else made
    return textwrap.indent(f'"""{made}"""', indent, lambda line: bool(line.strip()))


class Writer:
    def __init__(self, api):
        self.pages = {f"{name}_page **": name for name in api["pages"]}
        self.lines = ['"""Made by bindings/python/edu/gen_python.py from the public headers."""', "",
                      "from __future__ import annotations", "",
                      "from typing import Any, Literal, Optional, TypedDict, cast", "",
                      "from . import _low, low",
                      "from .base import Array, Date, Module, Object, Page, Record, Time"]

    def record(self, record):
        base = "TypedDict, total=False" if record["is_input"] else "Record"
        self.lines += ["", "", f"class {class_name(record['name'])}({base}):",
                       docstring(record["doc"], "    "), ""]
        for field in record["fields"]:
            name = field["name"] if record["is_input"] else safe(field["name"], TAKEN)
            self.lines.append(f"    {name}: {type_of(field['kind'], field['doc'])}")
            if field["doc"]:
                self.lines.append(docstring(field["doc"], "    "))

    def answer(self, function, out):
        """What a function gives: its type, and how it is made of what the library gave."""
        if out is None:
            return "None", "{}"
        may_be_none = may_miss(doc_of_parameter(function["doc"], out["name"]))
        optional = "Optional[{}]" if may_be_none else "{}"
        if out["type"] in GIVEN:
            made = optional.format(GIVEN_AS[GIVEN[out["type"]]])
            return made, f"return cast({made!r}, {{}})"
        if out["type"] in self.pages:
            item = class_name(self.pages[out["type"]])
            return f"Page[{item}]", f"return Page({item}, {{}})"
        made = class_name(out["type"].removesuffix(" **"))
        return made, f"return {made}({{}})"

    def function(self, function, verb, is_bound):
        taken, passed, hidden = [], [], set()
        out = None
        for parameter in function["parameters"]:
            kind, name = parameter["type"], parameter["name"]
            if kind in HANDLES or kind in SILENT:
                hidden.add(name)
            elif is_out(parameter):
                if out:
                    sys.exit(f"{function['name']}: two values come out")
                out = parameter
            else:
                passed.append(safe(name))
                taken.append(self.parameter(function, kind, name))
        if function["returns"] == "const char *":
            made = "Optional[str]" if may_miss(paragraphs(function["doc"])[0]) else "str"
            answer = (made, f"return cast({made!r}, {{}})")
        else:
            answer = self.answer(function, out)
        indent = "    " if is_bound else ""
        low = function["name"].removeprefix("edu_")
        call = f"low.{low}({', '.join((['self._handle'] if is_bound else []) + passed)})"
        takes = ", ".join((["self"] if is_bound else []) + taken)
        doc = docstring(function["doc"], indent + "    ", hidden, out["name"] if out else "out")
        self.lines += ["", f"{indent}def {safe(verb)}({takes}) -> {answer[0]}:", doc,
                       f"{indent}    {answer[1].format(call)}"]

    def parameter(self, function, kind, name):
        if kind in KIND_OF:
            doc = doc_of_parameter(function["doc"], name)
            made = type_of(KIND_OF[kind], doc)
        else:
            made = class_name(kind.removeprefix("const ").removesuffix(" *"))
        if name in DEFAULTS:
            made = made if name == "limit" or made.startswith("Optional") else f"Optional[{made}]"
            return f"{safe(name)}: {made} = {DEFAULTS[name]}"
        return f"{safe(name)}: {made}"


def write_calls(api):
    writer = Writer(api)
    for record in api["records"]:
        writer.record(record)
    modules, free, of_session = {}, [], []
    for function in functions_that_cross(api):
        module, verb = module_and_verb(function)
        if function["name"] in BY_HAND:
            continue
        if not any(parameter["type"] in HANDLES for parameter in function["parameters"]):
            free.append(function)
        elif module == "session":
            of_session.append((function, verb))
        else:
            modules.setdefault(module, []).append((function, verb))
    for module, functions in modules.items():
        about = api["headers"].get(f"edu/{module}.h", f"The functions edu_{module}_….")
        writer.lines += ["", "", f"class {class_name(module)}Module(Module):",
                         docstring(about, "    ")]
        for function, verb in functions:
            writer.function(function, verb, True)
    writer.lines += ["", "", "class SessionCalls(Module):",
                     '    """What every session has: the modules, and the functions edu_session_…."""', ""]
    for module in modules:
        writer.lines += ["", "    @property", f"    def {safe(module)}(self) -> {class_name(module)}Module:",
                         f'        """See edu/{module}.h."""' if f"edu/{module}.h" in api["headers"]
                         else f'        """The functions edu_{module}_…."""',
                         f"        return {class_name(module)}Module(self._handle)"]
    for function, verb in of_session:
        if function["returns"] == "const char *":
            writer.lines += ["", "    @property"]
            mark = len(writer.lines)
            writer.function(function, verb, True)
            del writer.lines[mark]
        else:
            writer.function(function, verb, True)
    for function in free:
        writer.lines.append("")
        writer.function(function, function["name"].removeprefix("edu_"), False)
    public = [class_name(record["name"]) for record in api["records"]]
    public += [function["name"].removeprefix("edu_") for function in free]
    twice = set(public) & {"Error", "Page", "Portal", "Record", "Session",
                           *(class_name(status["name"]) for status in api["statuses"])}
    if twice:
        sys.exit(f"{twice}: a record has the name of another class of the package")
    for status in api["statuses"]:
        writer.lines += [f"_low.{class_name(status['name'])}.__doc__ = {status['doc']!r}"]
    writer.lines += ["", "__all__ = ["] + textwrap.wrap(
        ", ".join(f'"{name}"' for name in public), 96, initial_indent="    ",
        subsequent_indent="    ") + ["]"]
    return writer.lines


def write_errors(api):
    lines = ['"""Made by bindings/python/edu/gen_python.py from the public headers."""', "",
             "from typing import Literal", "", "class Error(Exception):",
             '    """What a function of the library could not do; its text is English, for people."""']
    names = ", ".join(json.dumps(status["name"]) for status in api["statuses"])
    lines += [f"    code: Literal[{names}]", "    key: str", "    field: str", "    line: int",
              "    sqlstate: str", "    retryable: bool"]
    for status in api["statuses"]:
        lines += ["", f"class {class_name(status['name'])}(Error):", docstring(status["doc"], "    ")]
    return lines


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        api = json.load(file)
    learn_names(api)
    for path, lines in ((sys.argv[2], write_calls(api)), (sys.argv[3], write_errors(api))):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


main()
