#!/usr/bin/python3
"""What the structure promises, checked on the tree and on the built library. Prints TAP.

    check.py ROOT api.json libedu.so
"""
import glob
import json
import os
import re
import subprocess
import sys

from babel.messages import extract, pofile

ROOT, API, LIBRARY = sys.argv[1:4]

# A module may include itself and those named here: dependencies point one way.
BELOW = {
    "core": set(), "storage": {"core"}, "security": {"core"},
    "workflow": {"core", "storage", "security", "form"},
    "allocation": {"core"}, "credential": {"core", "security"}, "form": {"core"},
    "domain": {"core", "storage", "security", "workflow", "credential", "allocation", "form"},
}
OVERRIDES_MAX = 4
cases = []


def case(function):
    cases.append(function)
    return function


def sources(folder, endings=(".c", ".h")):
    for path, _, names in os.walk(os.path.join(ROOT, folder)):
        if "node_modules" in path:
            continue
        for name in names:
            if name.endswith(endings):
                yield os.path.join(path, name)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def includes(path):
    return re.findall(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', read(path), re.M)


def public_functions():
    with open(API, encoding="utf-8") as file:
        return {function["name"] for function in json.load(file)["functions"]}


@case
def dependencies_point_one_way():
    wrong = []
    for path in sources("libedu"):
        module = os.path.relpath(path, os.path.join(ROOT, "libedu")).split(os.sep)[0]
        for name in includes(path):
            other = name.split("/")[0]
            if other in BELOW and other != module and other not in BELOW[module]:
                wrong.append(f"{path} includes {name}")
    return wrong


@case
def engines_stay_in_their_folders():
    return [f"{path} includes {name}" for path in sources("libedu") for name in includes(path)
            if (name == "sqlite3.h" and "storage/sqlite" not in path)
            or (name == "libpq-fe.h" and "storage/postgresql" not in path)]


@case
def examples_and_bindings_use_public_headers_only():
    own = {"cli.h", "checker.h", "convert_python.h", "convert_php.h"}
    wrong = []
    for folder in ("examples", "bindings"):
        for path in sources(folder):
            for name in includes(path):
                if name.split("/")[0] in BELOW or (name.startswith("ei_") and name not in own):
                    wrong.append(f"{path} includes {name}")
    return wrong


@case
def the_checker_links_nothing_of_the_allocation():
    wrong = []
    for name in ("check_allocation.c", "check_input.c", "check_proof.c", "checker.h"):
        path = os.path.join(ROOT, "examples/cli", name)
        used = set(re.findall(r"\bedu_(?:allocation|seating)_\w+", read(path)))
        wrong += [f"{name} names {one}" for one in sorted(used)]
    return wrong


@case
def the_check_of_a_transcript_shares_nothing_with_what_made_it():
    """That it includes nothing of the allocation follows from the layers."""
    wrong = []
    for path in sources("libedu/credential"):
        text = re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)
        used = set(re.findall(r"\b(?:edu_(?:allocation|seating)_\w+|ei_(?:lot|site|transcript)_\w+)", text))
        wrong += [f"{path} names {one}" for one in sorted(used)]
    for member in ("transcript_check.c", "transcript_proof.c"):
        if not os.path.exists(os.path.join(ROOT, "libedu/credential", member)):
            wrong.append(f"{member} is gone: this looks at nothing")
    return wrong


@case
def exports_are_what_the_headers_declare():
    table = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], capture_output=True, text=True,
                           check=True).stdout
    exported = {line.split()[-1].split("@")[0] for line in table.splitlines()
                if line.split()[-2] != "A"}
    declared = public_functions()
    for path in sources("include/edu/sys"):
        declared |= set(re.findall(r"\b(edu_\w+)\s*\(", re.sub(r"/\*.*?\*/", "", read(path),
                                                               flags=re.S))) & exported
    return [f"exported, not declared: {name}" for name in sorted(exported - declared)] + \
        [f"declared, not exported: {name}" for name in sorted(declared - exported)]


@case
def every_header_compiles_alone_in_c_and_cpp():
    wrong = []
    flags = subprocess.run(["pkg-config", "--cflags", "jansson"], capture_output=True, text=True,
                           check=True).stdout.split()
    for path in sources("include"):
        for language, compiler in (("c", ["gcc", "-std=c17"]), ("c++", ["g++", "-std=c++17"])):
            done = subprocess.run(
                [*compiler, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", language,
                 "-include", path, "-I", os.path.join(ROOT, "include"), *flags, "/dev/null"],
                capture_output=True, text=True, check=False)
            if done.returncode:
                wrong.append(f"{path} in {language}: {done.stderr.splitlines()[0]}")
    return wrong


@case
def overrides_of_sql_are_few():
    files = [os.path.join(ROOT, "libedu/domain/common.sql")]
    files += sorted(path for path in sources("libedu", (".sql",))
                    if "schema" not in path and path not in files)
    done = subprocess.run([sys.executable, os.path.join(ROOT, "tools/gen_sql.py"),
                           "--count-overrides", "--statements", *files],
                          capture_output=True, text=True, check=True)
    count = int(done.stdout)
    print(f"# SQL overrides for one engine: {count}, at most {OVERRIDES_MAX}")
    return [] if count <= OVERRIDES_MAX else [f"{count} overrides"]


@case
def the_clock_and_randomness_are_injected():
    # The drivers and what runs a command only measure how long they wait.
    allowed = {"core/time.c", "security/keys.c", "core/process.c", "storage/postgresql/driver.c",
               "storage/postgresql/pool.c"}
    found = []
    for path in sources("libedu"):
        name = os.path.relpath(path, os.path.join(ROOT, "libedu"))
        if name not in allowed and re.search(
                r"\b(time|gettimeofday|clock_gettime|rand|random|randombytes_buf)\s*\(\s*"
                r"(NULL|CLOCK|&|\)|\w+,)", read(path)) and "environment.random" not in read(path):
            found.append(name)
    return found


def texts_of_the_portal():
    """Each text that its pages and its code mark for translation, and where."""
    methods = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
    marks = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    options = {"**.html": {"trimmed": "true"}}
    found = extract.extract_from_dir(os.path.join(ROOT, "examples/portal/portal"), methods, options, marks)
    return {**{text: f"{path}:{line}" for path, line, text, *_ in found}, **texts_of_the_portal_in_php()}


def texts_of_the_portal_in_php():
    """It is translated by the same catalogs."""
    text, found = r"'((?:[^'\\]|\\.)*)'", {}
    for path in glob.glob(os.path.join(ROOT, "examples/portal-php/*/*.php")):
        for one, many in re.findall(rf"\b(?:t|e|n)\({text}(?:, {text})?", read(path)):
            one, many = one.replace("\\'", "'"), many.replace("\\'", "'")
            found[(one, many) if many else one] = os.path.relpath(path, ROOT)
    return found


def faults_of_text(text, wanted):
    """Of one text: it and its plural are tuples."""
    given = text.string if isinstance(text.string, tuple) else (text.string,)
    names = [set(re.findall(r"%(?:\(\w+\))?[a-z%]", one)) for one in (*wanted, *given)]
    if text.fuzzy or not all(given):
        return "is fuzzy or not translated"
    if any(one != names[0] for one in names):
        return "has other placeholders"
    return None


@case
def the_portal_is_translated():
    folder, wrong, texts = os.path.join(ROOT, "examples/portal/portal/translations"), [], texts_of_the_portal()
    for language in sorted(os.listdir(folder)):
        with open(os.path.join(folder, language, "LC_MESSAGES/portal.po"), "rb") as file:
            catalog = pofile.read_po(file, locale=language, abort_invalid=True)
        known = {text.id: text for text in catalog if text.id}
        wrong += [f"{language} lacks {text!r} of {where}" for text, where in texts.items()
                  if text not in known]
        for text in known.values():
            wanted = text.id if isinstance(text.id, tuple) else (text.id,)
            fault = "is not in the portal" if text.id not in texts else faults_of_text(text, wanted)
            if isinstance(text.id, tuple) and len(text.string) != catalog.num_plurals:
                fault = f"has not {catalog.num_plurals} plural forms"
            wrong += [f"{language}: {text.id!r} {fault}"] if fault else []
    return wrong


# Tables of what belongs to a person that erasing leaves as they are, with the reason.
KEPT_OF_THE_ERASED = {
    "application": "counts and chains; it says nothing of the person but an id",
    "event": "the chain; what people wrote is sealed, and stands here as a hash",
    "audit": "who did what, by ids",
    "seat": "what others were allocated rests on it",
    "result": "ranks of others rest on it; the number is no person's outside of the round",
    "result_appeal": "sealed under the key that is destroyed",
    "appeal": "counts and terms", "appeal_text": "sealed", "appeal_file": "sealed", "appeal_signatory": "sealed, or an id",
    "invoice": "accounts", "payment_intent": "accounts", "payment_capture": "accounts", "payment_difference": "accounts",
    "request_form": "sealed", "request_text": "sealed", "document": "sealed", "request_document": "ids",
    "request_choice": "ids", "request_tuition": "accounts", "carried": "ids", "round_row": "ranks of others rest on it",
    "score": "numbers; the comment is sealed", "panel_member": "staff", "panel_conflict": "ids", "panel_task": "ids",
    "merger": "ids", "slot_seat": "ids", "role_grant": "who has a role is not erased", "substitute": "staff",
}


@case
def what_belongs_to_a_person_is_erased_or_kept_for_a_reason():
    schema = read(os.path.join(ROOT, "libedu/storage/schema/0001_first.sql"))
    erased = set(re.findall(r"(?:DELETE FROM|UPDATE) (\w+)", read(os.path.join(ROOT, "libedu/domain/privacy/privacy.sql"))))
    wrong = []
    for table, columns in re.findall(r"CREATE TABLE (\w+) \((.*?)\n\)", schema, re.S):
        belongs = re.search(r"^    (?:person|guardian|child|actor|owner)(?:_id)? ID", columns, re.M)
        if belongs and table not in erased and table not in KEPT_OF_THE_ERASED and table != "erasure":
            wrong.append(f"{table}: privacy.sql does not erase it, and no reason is given here")
    return wrong


# Columns that say whose something is, or who did it, and that merging two persons leaves as they are, with the reason.
KEPT_OF_THE_MERGED = {
    "erasure.person_id": "who is erased is not merged",
    "role_grant.person_id": "who has a role is not merged", "substitute.person_id": "of staff: who has a role is not merged",
    "substitute.substitute_id": "who stands in for somebody is not merged; before, they did it under that id",
    "audit.person_id": "what the trail says of an id; the merger is in it", "audit.actor_id": "who did it",
    "person_reading.reader_id": "who read it, under that id", "list_reading.reader_id": "who read it, under that id",
    "event.actor_id": "who did it; the chain holds it",
    "application.began_as": "what the merger writes into the application: whose chain it began as",
    "request.assignee_id": "staff's work", "appeal.executor_id": "staff's work", "appeal.raised_to_id": "staff's work",
}
# Of whoever did something, whose name is by_id and the like.
DID_IT = re.compile(r"(?:^|_)by(?:_id)?$")
PERSONS = re.compile(r"^    ((?:\w+_)?(?:person|guardian|child|actor|owner|signer|reader|member|assignee|executor|raised_to|substitute|other|kept)"
                     r"(?:_id)?|\w+_as) ID\b", re.M)


def columns_of_persons():
    schema = read(os.path.join(ROOT, "libedu/storage/schema/0001_first.sql"))
    for table, columns in re.findall(r"CREATE TABLE (\w+) \(\n(.*?)\n\)", schema, re.S):
        named = set(PERSONS.findall(columns)) | set(re.findall(r"^    (\w+) ID\b.*REFERENCES person\b", columns, re.M))
        yield from ((table, column) for column in sorted(named) if not DID_IT.search(column))


@case
def what_belongs_to_a_person_moves_when_they_are_merged():
    """Each column of a person's id is set, or its rows deleted, by a statement that is among those that are run."""
    moves = read(os.path.join(ROOT, "libedu/domain/person/person_move.c"))
    text = re.sub(r"^--(?! statement).*\n", "", read(os.path.join(ROOT, "libedu/domain/person/person.sql")), flags=re.M)
    statements = re.findall(r"-- statement (\w+)\(.*?\) run\n(.*?)(?:\n\n|\Z)", text, re.S)
    run = [sql for name, sql in statements if f"sql_{name}" in moves]
    moved = {(table, column) for sql in run for table, column in re.findall(r"^UPDATE (\w+) SET (\w+) = \?1\b", sql)}
    done = moved | {(table, column) for sql in run for table, rest in re.findall(r"^DELETE FROM (\w+) WHERE (.*)", sql, re.S)
             for column in re.findall(r"\b(\w+) = \?[12]", rest)}
    columns = list(columns_of_persons())
    kept = {tuple(name.split(".")) for name in KEPT_OF_THE_MERGED} | {("merger", "person_id")}
    wrong = [f"{table}.{column}: person.sql does not move it, and no reason is given here"
             for table, column in columns if (table, column) not in done | kept]
    wrong += [f"{table}.{column} is kept for a reason, and moved" for table, column in sorted(kept & moved)]
    wrong += [f"sql_{name} is never run" for name, sql in statements if f"sql_{name}" not in moves and "_move_" in name]
    return wrong + ([] if len(columns) > 60 else ["this reads no schema"])


@case
def the_tests_that_threats_name_are_there():
    text = read(os.path.join(ROOT, "docs/threats.md"))
    tables = [line.split("|")[3] for line in text.splitlines() if line.startswith("| ") and "| Test |" not in line]
    named = {name for cell in tables for name in re.findall(r"`([^`]+)`", cell)}
    tests = "".join(read(path) for path in glob.glob(os.path.join(ROOT, "tests/*/*")) if path.endswith((".c", ".py", ".php")))
    return [f"{name} is no test" for name in sorted(named)
            if not os.path.exists(os.path.join(ROOT, name)) and not re.search(rf"\b{re.escape(name)}\b", tests)
            and not glob.glob(os.path.join(ROOT, "tests/*", name))] + ([] if len(named) > 30 else ["this reads no names"])


@case
def what_is_built_is_hardened():
    told = subprocess.run(["readelf", "--wide", "--dynamic", "--program-headers", LIBRARY], capture_output=True, text=True,
                          check=True).stdout
    wanted = {"BIND_NOW": "symbols are bound at the start", "GNU_RELRO": "tables are read-only then"}
    return [f"{name} is missing: {why}" for name, why in wanted.items() if name not in told] + \
        [line for line in told.splitlines() if "GNU_STACK" in line and "RWE" in line]


@case
def every_service_of_the_examples_says_why():
    folder = os.path.join(ROOT, "examples/data/services")
    return [f"{name} has no $comment at its top" for name in sorted(os.listdir(folder))
            if not json.loads(read(os.path.join(folder, name))).get("$comment")]


def main():
    failed = False
    for number, function in enumerate(cases, 1):
        wrong = function()
        failed = failed or bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {function.__name__.replace('_', ' ')}")
        for line in wrong[:20]:
            print(f"#   {line}")
    print(f"1..{len(cases)}")
    sys.exit(failed)


main()
