#!/usr/bin/python3
"""Writes what bindings/swig/edu.i includes: the functions of the public headers with their
documentation, and one line for each record, page and input.

    gen_bindings.py VERSION api.json edu_functions.i
"""
import json
import sys

# Types that cross, as edu.i says; a function with any other is a fault, unless it is named below.
CROSSING = {
    "const char *", "bool", "int32_t", "int64_t", "edu_id", "edu_time", "edu_date", "edu_bytes", "json_t *",
    "edu_progress", "const edu_environment *", "edu_error *", "edu_id *", "int32_t *", "int64_t *",
    "char **",
    "edu_portal *", "edu_session *", "const edu_session *", "edu_portal **", "edu_session **",
}

# Not for these languages: memory is theirs, identifiers are text, and the bare arrays of the pure
# allocation are reached through the olympiad and through files.
LEFT_OUT = {"edu_free", "edu_id_format", "edu_id_parse", "edu_portal_close", "edu_session_close",
            "edu_status_name"}
ARRAYS = {"edu/allocation.h"}


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def declaration(function):
    parameters = ", ".join(
        f"{parameter['type']}{'' if parameter['type'].endswith('*') else ' '}{parameter['name']}"
        for parameter in function["parameters"])
    returns = function["returns"]
    return f"{returns}{'' if returns.endswith('*') else ' '}{function['name']}({parameters or 'void'});"


def types_that_cross(api):
    crossing = set(CROSSING)
    for record in api["records"]:
        crossing.add(f"const {record['name']} *" if record["is_input"] else f"{record['name']} **")
    return crossing | {f"{name}_page **" for name in api["pages"]}


def functions_that_cross(api):
    """The functions that every language has."""
    crossing = types_that_cross(api)
    for function in api["functions"]:
        if function["name"] in LEFT_OUT:
            continue
        strange = [parameter for parameter in function["parameters"]
                   if parameter["type"] not in crossing]
        if strange and function["header"] in ARRAYS:
            continue
        if strange:
            sys.exit(f"{function['name']}: {strange[0]['type']} does not cross; say how in "
                     "bindings/swig/edu.i, or leave the function out")
        yield function


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        api = json.load(file)
    lines = ["/* Made by bindings/gen_bindings.py. */", "#ifdef SWIGPHP", f'%pragma(php) version="{sys.argv[1]}"', "#endif"]
    for record in api["records"]:
        name = record["name"]
        lines.append(f"%edu_input({name}, {name.upper()}_INIT)" if record["is_input"]
                     else f"%edu_record({name})")
    lines += [f"%edu_page({name})" for name in api["pages"]]
    for function in functions_that_cross(api):
        lines.append(f"%feature(\"docstring\") {function['name']} {quoted(function['doc'])};")
        if function["is_io"]:
            lines.append(f"%edu_io({function['name']})")
        lines.append(declaration(function))
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
