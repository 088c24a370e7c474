#!/usr/bin/python3
"""Reads the public headers: the tables of fields of records and inputs, and a description of
everything public for the bindings, the authorisation matrix and the documentation.

    gen_records.py --source records.c --header records.h --json api.json HEADER…
"""
import argparse
import json
import os
import re
import sys

KINDS = {
    "bool": "BOOL", "int32_t": "INT32", "int64_t": "INT64", "edu_id": "ID", "edu_time": "TIME",
    "edu_date": "DATE", "edu_bytes": "BYTES", "const char *": "TEXT", "json_t *": "JSON",
}

STRUCT = re.compile(r"^(/\*\*(?:(?!\*/).)*\*/\n)?(EDU_RECORD|EDU_INPUT)\s*\ntypedef struct (\w+) \{\n(.*?)^\} (\w+);",
                    re.M | re.S)
PAGE = re.compile(r"^EDU_PAGE\((\w+)\);", re.M)
INITIAL = re.compile(r"^#define (\w+)_INIT\s*\\\n((?:.*\\\n)*.*)\n", re.M)
FUNCTION = re.compile(
    r"(/\*\*(?:(?!\*/).)*\*/\s*)?^((?:EDU_IO )?EDU_API (?:EDU_MUST_CHECK )?)([\w ]+?[ *\n]+)(edu_\w+)"
    r"\(([^;]*)\);", re.M | re.S)
STATUS = re.compile(r"^\s+EDU_E_(\w+) = -\d+,?\s*/\*\*<(.*?)\*/", re.M | re.S)
ABOUT = re.compile(r"\A/\*\* @file .*?\*/", re.S)
FIELD = re.compile(r"\s*(const char\s+\*|json_t \*|\w+)\s*(\w+);")


def fail(header, what):
    sys.exit(f"{header}: {what}")


def clean(comment):
    text = re.sub(r"^\s*/\*\*<?|\*/\s*$", "", comment.strip())
    return "\n".join(re.sub(r"^\s*\* ?", "", line).strip() for line in text.splitlines()).strip()


def read_fields(header, struct, body, is_input):
    fields, rest = [], body
    while rest.strip():
        note = re.match(r"\s*/\*\*<.*?\*/", rest, re.S)
        if note:
            fields[-1]["doc"] = " ".join(clean(note.group()).split())
            rest = rest[note.end():]
            continue
        found = FIELD.match(rest)
        if not found:
            fail(header, f"{struct}: cannot read {rest.strip().splitlines()[0]!r}")
        kind, name = " ".join(found[1].split()), found[2]
        rest = rest[found.end():]
        if is_input and not fields and (kind, name) == ("size_t", "struct_size"):
            fields.append({"name": name, "kind": None, "doc": ""})
            continue
        if kind not in KINDS:
            fail(header, f"{struct}.{name}: a record has no field of type {kind}")
        fields.append({"name": name, "kind": KINDS[kind], "doc": ""})
    if is_input and (not fields or fields[0]["kind"] is not None):
        fail(header, f"{struct}: an input begins with size_t struct_size")
    return [field for field in fields if field["kind"]]


def read_defaults(header, text, structs):
    """What the fields of an input have that nobody sets, as its _INIT says."""
    found = {name.lower(): body.replace("\\", " ") for name, body in INITIAL.findall(text)}
    for struct in structs:
        body = found.get(struct["name"])
        if body is None:
            fail(header, f"{struct['name']} has no {struct['name'].upper()}_INIT")
        values = re.findall(r"\{\{?[\s\d,]*\}?\}|\"[^\"]*\"|[\w()-]+", body.strip()[1:-1])[1:]
        if len(values) != len(struct["fields"]):
            fail(header, f"{struct['name'].upper()}_INIT has {len(values)} values for {len(struct['fields'])} fields")
        for field, value in zip(struct["fields"], values):
            field["default"] = value


def read_parameters(header, name, text):
    parameters = []
    for part in re.sub(r"\s+", " ", text).split(","):
        part = part.strip()
        if part == "void":
            continue
        found = re.match(r"(.*?[ *])(\w+)(\[\w*\])?$", part)
        if not found:
            fail(header, f"{name}: cannot read parameter {part!r}")
        kind, parameter, array = found.groups()
        parameters.append({"name": parameter, "type": kind.strip() + (array or "")})
    return parameters


def read_header(path, api):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    header = "edu/" + path.split("edu/")[-1]
    about = ABOUT.match(text)
    if not about:
        fail(header, "does not begin with what it is, @file")
    api["headers"][header] = clean(about.group()).partition("\n")[2]
    api["statuses"] += [{"name": name.lower(), "doc": " ".join(doc.split())}
                        for name, doc in STATUS.findall(text)]
    marked = len(re.findall(r"^EDU_(?:RECORD|INPUT)$", text, re.M))
    structs = list(STRUCT.finditer(text))
    if marked != len(structs):
        fail(header, "a marked struct is not of the form that this reads")
    for found in structs:
        doc, mark, name, body, again = found.groups()
        if name != again:
            fail(header, f"struct {name} is called {again}")
        api["records"].append({
            "name": name, "header": header, "is_input": mark == "EDU_INPUT",
            "doc": clean(doc or ""), "fields": read_fields(header, name, body, mark == "EDU_INPUT")})
    read_defaults(header, text, [one for one in api["records"] if one["header"] == header and one["is_input"]])
    api["pages"] += PAGE.findall(text)
    functions = list(FUNCTION.finditer(text))
    if len(re.findall(r"^(?:EDU_IO )?EDU_API ", text, re.M)) != len(functions):
        fail(header, "a public function is not of the form that this reads")
    for found in functions:
        doc, marks, returns, name, parameters = found.groups()
        if not doc:
            fail(header, f"{name} has no documentation")
        api["functions"].append({
            "name": name, "header": header, "returns": returns.strip(), "is_io": "EDU_IO" in marks,
            "doc": clean(doc), "parameters": read_parameters(header, name, parameters)})


def write_tables(records, source, header):
    lines = ["/* Made by tools/gen_records.py. */", "#include <stddef.h>", "#include <stdlib.h>",
             "#include <string.h>", "#include <edu.h>", f'#include "{os.path.basename(header)}"', ""]
    for record in records:
        lines.append(f"static const edu_field fields_of_{record['name']}[] = {{")
        for field in record["fields"]:
            lines.append(f'    {{"{field["name"]}", EDU_KIND_{field["kind"]}, '
                         f'offsetof({record["name"]}, {field["name"]})}},')
        lines += ["};", f"const edu_record_type ei_type_{record['name']} = {{",
                  f'    "{record["name"]}", sizeof({record["name"]}), {len(record["fields"])},',
                  f"    fields_of_{record['name']}, {str(record['is_input']).lower()}}};", ""]
    lines.append("static const edu_record_type *const types[] = {")
    lines += [f"    &ei_type_{record['name']}," for record in records]
    lines += ["};", "", "static int compare(const void *name, const void *type)", "{",
              "    return strcmp(name, (*(const edu_record_type *const *)type)->name);", "}", "",
              "const edu_record_type *edu_record_type_find(const char *name)", "{",
              "    if (!name)", "        return NULL;",
              "    const edu_record_type *const *found =",
              "        bsearch(name, types, sizeof types / sizeof *types, sizeof *types, compare);",
              "    return found ? *found : NULL;", "}", ""]
    with open(source, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    with open(header, "w", encoding="utf-8") as file:
        file.write("/* Made by tools/gen_records.py. */\n#ifndef EI_RECORDS_H\n#define EI_RECORDS_H\n"
                   "#include <edu/sys/record.h>\n")
        for record in records:
            file.write(f"extern const edu_record_type ei_type_{record['name']};\n")
        file.write("#endif\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    parser.add_argument("--header", required=True)
    parser.add_argument("--json", required=True)
    parser.add_argument("headers", nargs="+")
    arguments = parser.parse_args()
    api = {"headers": {}, "statuses": [], "records": [], "pages": [], "functions": []}
    for path in arguments.headers:
        read_header(path, api)
    api["records"].sort(key=lambda record: record["name"])
    write_tables(api["records"], arguments.source, arguments.header)
    with open(arguments.json, "w", encoding="utf-8") as file:
        json.dump(api, file, indent=1, ensure_ascii=False)


main()
