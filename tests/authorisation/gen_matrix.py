#!/usr/bin/python3
"""Turns matrix.csv into a C table, and refuses where it does not cover the public interface.

    gen_matrix.py api.json matrix.csv OUT

A row is a function and a target, its cells what each actor gets: a status, for a list with the
number of its items ("ok 3"); "." where the actor has no such target.
"""
import csv
import json
import re
import sys

ACTORS = ["nobody", "pupil", "guardian", "school", "clerk_region", "clerk", "steward", "admin",
          "operator", "other_school", "other_pupil", "unconfirmed"]
STAFF = {"school", "clerk_region", "clerk", "steward", "admin", "operator", "other_school"}
EVERYBODY = set(ACTORS)
# Who has a person of that kind.
HAVE = {"own": EVERYBODY - {"nobody", "operator", "unconfirmed"}, "wards": {"guardian"}, "institutions": STAFF,
        "others": EVERYBODY, "none": EVERYBODY, "mixed": EVERYBODY}
TARGETS = {"-": "TARGET_NOTHING"} | {target: f"TARGET_{target.upper()}" for target in HAVE}

PERSONS = {"person_id", "child_id", "child_number", "number", "kept_id"}
INNER = {"application_id", "draft_id", "appeal_id", "record_id", "invoice_id", "request_id",
         "admission_id", "id"}  # beside the person's id
OBJECTS = {"season_id", "sitting_id", "sitting", "centre", "institution"}
# Their target stands in the struct that goes in.
INPUTS_WITH_PERSONS = {"edu_appeal_submit", "edu_payment_invoice"}
# Their targets stand in a file that is given whole.
FILES_WITH_TARGETS = {"edu_account_import_pupils", "edu_account_import_guardians",
                      "edu_sitting_import_rooms", "edu_register_import", "edu_register_faults"}


def wanted_targets(function):
    """The rows that a function needs, and whether its targets are persons."""
    names = {parameter["name"] for parameter in function["parameters"]}
    if names & PERSONS or function["name"] in INPUTS_WITH_PERSONS:
        rows = {"own", "wards", "institutions", "others", "none"}
        return rows | ({"mixed"} if "person_id" in names and names & INNER else set()), True
    if names & OBJECTS or function["name"] in FILES_WITH_TARGETS:
        return {"institutions", "others", "none"}, False
    if names & {"allocation_id", "correction_id"}:
        return {"institutions", "none"}, False
    return {"-"}, False


def takes_session(function):
    return function["returns"] != "void" and any(
        "edu_session *" == re.sub(r"^const ", "", parameter["type"])
        for parameter in function["parameters"])


def gives_page(function):
    return any(parameter["type"].endswith("_page **") for parameter in function["parameters"])


def check_cell(function, row, actor, is_person, statuses):
    target, cell = row["target"], row[actor]
    place = f"{function['name']}, {target}, {actor}"
    if not cell:
        return [f"{place}: the cell is empty"]
    has_target = actor in HAVE[target] if is_person else True
    if cell == ".":
        is_free = not is_person and target == "own"
        return [f"{place}: has a target and needs a status"] if has_target and not is_free else []
    if not has_target:
        return [f"{place}: has no such target, and a status"]
    found = re.fullmatch(r"([a-z_]+)( \d+)?", cell)
    if not found or found[1] not in statuses:
        return [f"{place}: {cell!r} is no status"]
    if found[1] == "ok" and gives_page(function) and not found[2]:
        return [f"{place}: how many items does the list have?"]
    return []


def check_function(function, rows, statuses):
    name = function["name"]
    if not rows:
        return [f"{name} has no row"]
    if not takes_session(function):
        if len(rows) != 1 or rows[0]["target"] != "pure" or not rows[0]["reason"]:
            return [f"{name} has no session: it needs one row \"pure\" with a reason"]
        return [f"{name}: a pure function has no cell for {actor}" for actor in ACTORS
                if rows[0][actor]]
    wanted, is_person = wanted_targets(function)
    given = [row["target"] for row in rows]
    faults = [f"{name} has no row for the target {target}" for target in sorted(wanted - set(given))]
    faults += [f"{name}: the target {target} stands twice" for target in sorted(set(given))
               if given.count(target) > 1]
    for row in rows:
        if row["target"] not in TARGETS:
            faults.append(f"{name}: there is no target {row['target']!r}")
            continue
        for actor in ACTORS:
            faults += check_cell(function, row, actor, is_person, statuses)
    return faults


def read_matrix(path):
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restval="", strict=True)
        if reader.fieldnames != ["function", "target", *ACTORS, "reason"]:
            sys.exit(f"{path}: the columns are function, target, {', '.join(ACTORS)}, reason")
        rows = list(reader)
    if any(None in row for row in rows):
        sys.exit(f"{path}: a row has more cells than the header")
    return rows


def table(functions, rows):
    called = [function["name"] for function in functions if takes_session(function)]
    lines = ["/* Made by tests/authorisation/gen_matrix.py. */"]
    lines += [f"static call_fn call_{name};" for name in called]
    lines += ["", "const char *const actor_names[ACTORS] = {"]
    lines += [f'    [ACTOR_{actor.upper()}] = "{actor}",' for actor in ACTORS]
    lines += ["};", "", "const char *const target_names[TARGETS] = {"]
    lines += [f'    [{TARGETS[target]}] = "{target}",' for target in TARGETS]
    lines += ["};", "", "const function functions[] = {"]
    keyed = {function["name"] for function in functions
             if any(parameter["name"] == "key" for parameter in function["parameters"])}
    for name in called:
        lines += [f'    {{"{name}", call_{name}, {"true" if name in keyed else "false"}, {{']
        for row in (row for row in rows if row["function"] == name):
            lines += [f"        [{TARGETS[row['target']]}] = {{"]
            lines += [f"            [ACTOR_{actor.upper()}] = {cell_value(row[actor])},"
                      for actor in ACTORS]
            lines += ["        },"]
        lines += ["    }},"]
    lines += ["};", "const size_t function_count = EI_COUNT(functions);", "",
              "const char *const pure_functions[] = {"]
    lines += [f'    "{function["name"]}",' for function in functions if not takes_session(function)]
    lines += ["};", "const size_t pure_function_count = EI_COUNT(pure_functions);"]
    return "\n".join(lines + [""])


def cell_value(cell):
    if cell == ".":
        return "{0}"
    status, _, count = cell.partition(" ")
    name = "EDU_OK" if status == "ok" else f"EDU_E_{status.upper()}"
    return f"{{true, {name}, {count or -1}}}"


def main():
    api, matrix, out = sys.argv[1:]
    with open(api, encoding="utf-8") as file:
        functions = json.load(file)["functions"]
    statuses = {"ok", "invalid", "not_found", "conflict", "denied", "unauthenticated", "state",
                "full", "infeasible", "limit", "throttled", "unsupported", "crypto"}
    rows = read_matrix(matrix)
    known = {function["name"] for function in functions}
    faults = [f"there is no public function {name}" for name in
              sorted({row["function"] for row in rows} - known)]
    for function in functions:
        mine = [row for row in rows if row["function"] == function["name"]]
        faults += check_function(function, mine, statuses)
    if faults:
        sys.exit("\n".join(f"{matrix}: {fault}" for fault in faults))
    with open(out, "w", encoding="utf-8") as file:
        file.write(table(functions, rows))


main()
