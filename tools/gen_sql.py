#!/usr/bin/python3
"""Turns named SQL into typed C functions, and the schema's tokens into each engine's types.

    gen_sql.py --out DIR --schema 0001_first.sql FILE.sql…

In a file of statements:

    -- fragment name(parameter, …)
    text that other statements use as @name(argument, …), until an empty line
    -- statement name(parameter type, …) rows|run [@postgresql]
    one statement with ?1, ?2 …, until an empty line or the next marker

Types: int bool text blob id time date json. "@postgresql" marks an override for that engine.
In a schema, what stands behind "-- engine sqlite" or "-- engine postgresql" is for that engine
alone, until "-- engine all".
"""
import argparse
import os
import re
import sys

C_TYPES = {"int": "int64_t ", "bool": "bool ", "text": "const char *", "blob": "edu_bytes ",
           "id": "const edu_id *", "time": "edu_time ", "date": "edu_date ", "json": "const char *"}
SQL_TYPES = {"int": "INT", "bool": "BOOL", "text": "TEXT", "blob": "BLOB", "id": "ID",
             "time": "INT", "date": "INT", "json": "JSON"}
VALUES = {"int": "ei_value_int(%s)", "bool": "ei_value_int(%s)", "text": "ei_value_text(%s)",
          "blob": "ei_value_bytes(%s)", "id": "ei_value_id(%s)", "time": "ei_value_time(%s)",
          "date": "ei_value_date(%s)", "json": "ei_value_text(%s)"}
# BOOL is a small integer in both, so that "is_open = 1" is one text for both.
SCHEMA_TYPES = {
    "ID": ("BLOB", "uuid"), "TIME": ("INTEGER", "bigint"), "DATE": ("INTEGER", "integer"),
    "BOOL": ("INTEGER", "smallint"), "TEXT": ("TEXT", 'text COLLATE "C"'), "INT": ("INTEGER", "bigint"),
    "JSON": ("TEXT", "json"), "BLOB": ("BLOB", "bytea"),
}
MARKER = re.compile(r"--\s*(fragment|statement)\s+(\w+)\s*\(([^)]*)\)\s*(rows|run)?\s*(@\w+)?\s*$")


def fail(path, line, what):
    sys.exit(f"{path}:{line}: {what}")


def blocks(path):
    """Marker matches with the text behind each, comment lines left out."""
    current = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            found = MARKER.match(line)
            if found:
                if current:
                    yield current
                current = (found, number, [])
            elif re.match(r"--\s*(fragment|statement)\b", line):
                fail(path, number, "this marker is not of its form")
            elif not line.strip():
                if current and current[2]:
                    yield current
                    current = None
            elif line.lstrip().startswith("--"):
                continue
            elif current is None:
                fail(path, number, "SQL without a name")
            else:
                current[2].append(line.rstrip())
    if current:
        yield current


def split_arguments(text):
    """Splits at commas outside of parentheses."""
    parts, depth, start = [], 0, 0
    for at, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def expand(text, fragments, path, line, depth=0):
    if depth > 8:
        fail(path, line, "fragments use one another without end")
    while True:
        found = re.search(r"@(\w+)\(", text)
        if not found:
            return text
        name, at, level = found.group(1), found.end(), 1
        while level:
            if at == len(text):
                fail(path, line, f"@{name}( is never closed")
            level += (text[at] == "(") - (text[at] == ")")
            at += 1
        if name not in fragments:
            fail(path, line, f"there is no fragment {name}")
        parameters, body = fragments[name]
        arguments = split_arguments(text[found.end():at - 1])
        if len(arguments) != len(parameters):
            fail(path, line, f"@{name} takes {len(parameters)} arguments")
        body = expand(body, fragments, path, line, depth + 1)
        given = dict(zip(parameters, arguments))
        if given:
            body = re.sub(r"\b(" + "|".join(map(re.escape, given)) + r")\b",
                          lambda word: given[word.group()], body)
        text = text[:found.start()] + body + text[at:]


def read_parameters(path, line, text):
    parameters = []
    for part in split_arguments(text):
        words = part.split()
        if len(words) != 2 or words[1] not in C_TYPES:
            fail(path, line, f"cannot read parameter {part!r}")
        parameters.append(tuple(words))
    return parameters


def check_use(path, line, sql, count):
    used = {int(number) for number in re.findall(r"\?(\d+)", sql)}
    if re.search(r"\?(?!\d)", sql):
        fail(path, line, "a parameter without a number")
    for number in range(1, count + 1):
        if number not in used:
            fail(path, line, f"parameter ?{number} is declared, but not used")
    if used and max(used) > count:
        fail(path, line, f"parameter ?{max(used)} is used, but not declared")


def read_files(paths):
    """Statements by file, each {name, line, parameters, kind, sql: {dialect: text}}."""
    fragments, pending = {}, {}
    for path in paths:
        pending[path] = []
        for found, line, text in blocks(path):
            what, name, parameters, kind, engine = found.groups()
            if what == "fragment":
                if name in fragments:
                    fail(path, line, f"fragment {name} stands twice")
                fragments[name] = (split_arguments(parameters), "\n".join(text))
            elif not kind or not text:
                fail(path, line, f"statement {name} needs rows or run, and a text")
            else:
                pending[path].append((name, line, parameters, kind, engine, "\n".join(text)))
    files, names = {}, {}
    for path, found in pending.items():
        files[path] = []
        for name, line, parameters, kind, engine, text in found:
            sql = expand(text, fragments, path, line).rstrip().rstrip(";")
            declared = read_parameters(path, line, parameters)
            check_use(path, line, sql, len(declared))
            if engine:
                known = names.get(name)
                if engine != "@postgresql" or not known or \
                        (known["parameters"], known["kind"]) != (declared, kind):
                    fail(path, line, f"{name} overrides no statement of the same form")
                known["sql"]["postgresql"] = sql
                continue
            if name in names:
                fail(path, line, f"statement {name} stands twice")
            names[name] = {"name": name, "parameters": declared, "kind": kind,
                           "sql": {"sqlite": sql}}
            files[path].append(names[name])
    return files


def c_string(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(f'    "{line}\\n"' for line in escaped.split("\n"))


def postgresql(sql):
    return re.sub(r"\?(\d+)", r"$\1", sql)


def write_statement(statement, index, out):
    name, parameters = statement["name"], statement["parameters"]
    sqlite = statement["sql"]["sqlite"]
    other = postgresql(statement["sql"].get("postgresql", sqlite))
    types = "NULL"
    if parameters:
        types = f"ei_types_of_{name}"
        out.append(f"static const uint8_t {types}[] = {{" +
                   ", ".join(f"EDU_SQL_{SQL_TYPES[kind]}" for _, kind in parameters) + "};")
    given = "".join(f", {C_TYPES[kind]}{parameter}" for parameter, kind in parameters)
    last = "ei_rows *rows" if statement["kind"] == "rows" else "int64_t *changed"
    call = "ei_sql_rows" if statement["kind"] == "rows" else "ei_sql_run"
    out.append(f"static inline edu_status sql_{name}(edu_tx *tx{given}, {last}, edu_error *error)")
    out.append("{")
    out.append("    static const edu_statement statement = {")
    out.append(f'    "{name}",\n    {{{c_string(sqlite).lstrip()},\n{c_string(other)}}},')
    out.append(f"    {index}, {len(parameters)}, {types}}};")
    if parameters:
        values = ", ".join(VALUES[kind] % parameter for parameter, kind in parameters)
        out.append(f"    const edu_value values[] = {{{values}}};")
    out.append(f"    return {call}(tx, &statement, {'values' if parameters else 'NULL'}, "
               f"{last.split('*')[1]}, error);")
    out.append("}\n")


def write_header(path, statements, first, folder):
    module = os.path.splitext(os.path.basename(path))[0]
    guard = f"EI_{module.upper()}_SQL_H"
    out = ["/* Made by tools/gen_sql.py. */", f"#ifndef {guard}", f"#define {guard}",
           '#include "storage/storage.h"', ""]
    for number, statement in enumerate(statements):
        write_statement(statement, first + number, out)
    out.append("#endif\n")
    with open(os.path.join(folder, f"{module}_sql.h"), "w", encoding="utf-8") as file:
        file.write("\n".join(out))


def of_engine(text, dialect):
    """Without what stands behind "-- engine NAME" for another engine."""
    wanted, kept = True, []
    for line in text.split("\n"):
        found = re.match(r"--\s*engine (\w+)$", line)
        if found:
            wanted = found[1] in ("all", ("sqlite", "postgresql")[dialect])
        elif wanted:
            kept.append(line)
    return "\n".join(kept)


def translate_schema(text, dialect):
    text = of_engine(text, dialect)
    text = re.sub(r"--[^\n]*", "", text)
    end = (") STRICT, WITHOUT ROWID;", ");")[dialect]
    text = text.replace(") CLUSTERED;", end)
    if dialect == 1:  # SQLite can defer any of them
        text = re.sub(r"REFERENCES \w+ \([^)]*\)", r"\g<0> DEFERRABLE", text)
    return re.sub(r"\b(" + "|".join(SCHEMA_TYPES) + r")\b(?=[\s,)])",
                  lambda word: SCHEMA_TYPES[word.group()][dialect], text)


def write_schema(paths, folder):
    out = ["/* Made by tools/gen_sql.py. */", '#include "storage/storage.h"', '#include "schema.h"',
           "", "const ei_migration ei_migrations[] = {"]
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        number, name = os.path.splitext(os.path.basename(path))[0].split("_", 1)
        sql = [re.sub(r"\n\s*\n+", "\n", translate_schema(text, dialect)).strip()
               for dialect in (0, 1)]
        out.append(f'    {{{int(number)}, "{name}", {{{c_string(sql[0]).lstrip()},\n'
                   f"{c_string(sql[1])}}}}},")
    out += ["};", f"const size_t ei_migration_count = {len(paths)};", ""]
    with open(os.path.join(folder, "schema.c"), "w", encoding="utf-8") as file:
        file.write("\n".join(out))


OIDS = {"INT": 20, "BOOL": 21, "TEXT": 25, "BLOB": 17, "ID": 2950, "JSON": 114}


def write_texts(files, names, path, engine):
    """Some statements as the engine gets them, for a benchmark that sends the same."""
    out = ["/* Made by tools/gen_sql.py. */"]
    known = {statement["name"]: statement for statements in files.values() for statement in statements}
    for name in names:
        statement = known[name]
        sql = statement["sql"]["sqlite"]
        if engine == "postgresql":
            sql = postgresql(statement["sql"].get("postgresql", sql))
        oids = ", ".join(str(OIDS[SQL_TYPES[kind]]) for _, kind in statement["parameters"])
        out.append(f'static const peer_statement {name} = {{"{name}",\n{c_string(sql)},\n'
                   f'    {len(statement["parameters"])}, {{{oids}}}}};')
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out")
    parser.add_argument("--schema", nargs="+", default=[])
    parser.add_argument("--statements", nargs="+", required=True)
    parser.add_argument("--count-overrides", action="store_true")
    parser.add_argument("--texts", nargs="+", metavar="NAME")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="postgresql")
    arguments = parser.parse_args()
    files = read_files(arguments.statements)
    if arguments.count_overrides:
        print(sum("postgresql" in statement["sql"]
                  for statements in files.values() for statement in statements))
        return
    if arguments.texts:
        write_texts(files, arguments.texts, arguments.out, arguments.engine)
        return
    total = 0
    for path, statements in files.items():
        if statements:
            write_header(path, statements, total, arguments.out)
        total += len(statements)
    write_schema(arguments.schema, arguments.out)
    with open(os.path.join(arguments.out, "schema.h"), "w", encoding="utf-8") as file:
        file.write("/* Made by tools/gen_sql.py. */\n#ifndef EI_SCHEMA_H\n#define EI_SCHEMA_H\n"
                   '#include "storage/storage.h"\n'
                   f"#define EI_STATEMENTS {total}\n"
                   "extern const ei_migration ei_migrations[];\n"
                   "extern const size_t ei_migration_count;\n#endif\n")


main()
