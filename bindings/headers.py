"""What the headers say of a function, a record or a field, for the generators of every language."""
import re

# The kind of field that a parameter is.
KIND_OF = {"bool": "BOOL", "int32_t": "INT32", "int64_t": "INT64", "edu_bytes": "BYTES",
           "const char *": "TEXT", "edu_id": "ID", "edu_time": "TIME", "edu_date": "DATE",
           "json_t *": "JSON"}
# What a function gives through a pointer, besides records and pages.
GIVEN = {"edu_id *": "ID", "char **": "TEXT", "int32_t *": "INT32", "int64_t *": "INT64"}
SILENT = {"edu_progress", "const edu_environment *", "edu_error *"}
HANDLES = {"edu_session *", "const edu_session *"}


def class_name(name):
    return "".join(part.capitalize() for part in name.removeprefix("edu_").split("_"))


def may_miss(doc):
    """A header says where a value may be missing: NULL, or none."""
    return bool(re.search(r"\bNULL\b|\bnone\b", re.sub(r'"[^"]*"', "", doc)))


def choices(doc):
    """The values of a text that can be nothing else: its documentation begins with two or more."""
    if not re.match(r'"[^"]*"(\s*\([^)]*\))?(: [\w ]+)?(,|;| or)\s+"', doc):
        return []
    return re.findall(r'"([^"]*)"', doc)


def paragraphs(doc):
    """The documentation, and what it says of each parameter."""
    parts = re.split(r"^@", doc, flags=re.M)
    return parts[0].strip(), [part.strip() for part in parts[1:]]


def doc_of_parameter(doc, name):
    for part in paragraphs(doc)[1]:
        found = re.match(r"param ([\w,]+)\s+(.*)", part, re.S)
        if found and name in found[1].split(","):
            return " ".join(found[2].split())
    # edu/account.h says so once for all.
    return "none for oneself" if name == "person_id" else ""


def is_out(parameter):
    return parameter["type"] in GIVEN or parameter["type"].endswith("**")


def module_and_verb(function):
    """edu_olympiad_register is (olympiad, register), edu_verify is (verify, "")."""
    _, module, *verb = function["name"].split("_")
    return module, "_".join(verb)
