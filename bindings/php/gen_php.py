#!/usr/bin/python3
"""Makes the Composer package from what tools/gen_records.py read in the public headers: a class for each
record, input, module and kind of error, with types and documentation, beside the classes that are
written by hand; and stubs of the extension for editors.

    gen_php.py VERSION api.json HAND-WRITTEN OUT
"""
import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from gen_bindings import functions_that_cross  # noqa: E402
from headers import (  # noqa: E402
    GIVEN, HANDLES, KIND_OF, SILENT, choices, class_name, doc_of_parameter, is_out, may_miss, module_and_verb,
    paragraphs)

PLAIN = {"BOOL": "bool", "INT32": "int", "INT64": "int", "BYTES": "string"}
MAY_MISS = {"TEXT": "string", "ID": "string", "TIME": "\\DateTimeImmutable", "DATE": "\\DateTimeImmutable",
            "JSON": "mixed"}
DEFAULTS = {"key": "null", "cursor": "null", "limit": "50"}
PORTAL = "edu_portal *"
# Names of Portal's methods that are not those of the functions.
METHODS = {"edu_session_open": "session"}
RESERVED = {"match", "list", "print", "use", "function", "class", "static", "default", "switch"}
FORMS = {"DATE": "date", "BYTES": "bytes"}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def of_package(name):
    return "\\Edu\\" + class_name(name)


class Type:
    """A type as PHP declares it, and as a doc comment can say more."""

    def __init__(self, declared, said=None, nullable=False):
        self.may_be_null = nullable
        nullable = nullable and declared != "mixed"
        self.declared = ("?" if nullable else "") + declared
        self.said = (said or declared) + ("|null" if nullable else "")
        self.says_more = lambda: said is not None


def type_of(kind, doc, given=False):
    if kind in PLAIN:
        return Type(PLAIN[kind])
    declared, said = MAY_MISS[kind], None
    if kind == "TEXT" and choices(doc):
        said = "|".join(f"'{value}'" for value in choices(doc))
    if kind == "JSON" and doc.startswith(("array", "object")):
        declared, said = "array", "list<mixed>" if doc.startswith("array") else "array<string, mixed>"
    if kind in ("TIME", "DATE") and given:
        declared = "\\DateTimeInterface"
    return Type(declared, said, may_miss(doc))


NAMES = {}


def learn_names(api):
    """What the headers call by the names of C is called so in PHP."""
    for record in api["records"]:
        NAMES[record["name"]] = class_name(record["name"])
    for function in api["functions"]:
        module, verb = module_and_verb(function)
        if is_free(function):
            NAMES[function["name"]] = free_name(function) + "()"
        else:
            NAMES[function["name"]] = METHODS.get(function["name"], f"{module}->{camel(verb)}") + "()"


def speak(text):
    """The words of the headers in those of PHP."""
    text = re.sub(r"(?:::)?\b(edu_\w+)(?:\(\))?", lambda found: NAMES.get(found[1], found[1]), text)
    text = re.sub(r"\bEDU_E_([A-Z_]+)", lambda found: class_name(found[1].lower()), text)
    text = re.sub(r" ?Start from ::EDU_\w+_INIT\.", "", text)
    return re.sub(r"\bNULL\b", "null", text).replace("*/", "*\\/")


def comment(lines, indent):
    lines = [line.rstrip() for text in lines for line in text.split("\n")]
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]


def first_sentence(text):
    return re.match(r"(.*?\.)(\s|$)", " ".join(text.split()))[1]


def is_free(function):
    return not any(parameter["type"] in HANDLES | {PORTAL} for parameter in function["parameters"])


def free_name(function):
    name = camel(function["name"].removeprefix("edu_"))
    return name + "_" if name in RESERVED else name


class Call:
    """A function of C as one of PHP."""

    def __init__(self, function, pages):
        self.name, self.doc = function["name"], function["doc"]
        self.taken, self.out = [], None
        for parameter in function["parameters"]:
            kind, name = parameter["type"], parameter["name"]
            if kind in HANDLES or kind in SILENT or kind == PORTAL:
                continue
            if is_out(parameter):
                if self.out:
                    sys.exit(f"{self.name}: two values come out")
                self.out = name
                self.gives = self.given(kind, doc_of_parameter(self.doc, name), pages)
            else:
                self.taken.append((name, self.takes(kind, name)))
        if not self.out:
            text = function["returns"] == "const char *"
            self.gives = Type("string", nullable=may_miss(paragraphs(self.doc)[0])) if text else Type("void")

    def takes(self, kind, name):
        if kind not in KIND_OF:
            return Type(of_package(kind.removeprefix("const ").removesuffix(" *")))
        made = type_of(KIND_OF[kind], doc_of_parameter(self.doc, name), given=True)
        if DEFAULTS.get(name) == "null" and not made.declared.startswith("?"):
            made = Type(made.declared, made.said, nullable=True)
        return made

    @staticmethod
    def given(kind, doc, pages):
        if kind in GIVEN:
            return Type(type_of(GIVEN[kind], "").declared, nullable=may_miss(doc))
        if kind in pages:
            return Type("\\Edu\\Page", f"\\Edu\\Page<{of_package(pages[kind])}>")
        if kind == "edu_session **":
            return Type("\\Edu\\Session")
        return Type(of_package(kind.removesuffix(" **")))

    def parameters(self, of_extension=False):
        """Those at the end that may be null may be left out; the extension is stricter."""
        written, optional = [], True
        for name, made in reversed(self.taken):
            optional = optional and (name in DEFAULTS or made.may_be_null and not of_extension)
            written.insert(0, f"{made.declared} ${name}" + (f" = {DEFAULTS.get(name, 'null')}" if optional else ""))
        return ", ".join(written)

    def arguments(self, handle):
        """An empty array is a list in JSON; where the header wants an object, it is one."""
        return ", ".join(handle + [f"${name} === [] ? new \\stdClass() : ${name}"
                                   if made.said.startswith("array<string") else f"${name}" for name, made in self.taken])

    def comment(self, indent):
        text, parts = paragraphs(self.doc)
        lines, says = [speak(text)], {}
        after = []
        for part in parts:
            tag, _, rest = part.partition(" ")
            rest = speak(rest)
            if tag == "param":
                names, _, rest = rest.partition(" ")
                says.update((name, rest) for name in names.split(","))
            elif tag == "return":
                kind, _, rest = rest.partition(" ")
                after.append(f"@throws \\Edu\\{kind.rstrip(',;.')} {rest}".rstrip()
                             if part.partition(" ")[2].startswith("EDU_E_") else f"Gives {kind} {rest}")
            elif tag == "since":
                after.append(f"@since {rest}")
            else:
                lines.append(rest)
        tags = [f"@param {made.said} ${name} {says.get(name, '')}".rstrip() for name, made in self.taken
                if says.get(name) or made.says_more()]
        said = says.get(self.out, "").removeprefix("receives ")
        said = "" if said.startswith("freed by") else said
        if said or self.gives.says_more():
            tags.append(f"@return {self.gives.said} {said}".rstrip())
        return comment([*lines, "", *tags, *after], indent)

    def lines(self, name, handle, indent="    "):
        low = f"{self.name}({self.arguments(handle)})"
        if self.gives.declared == "\\Edu\\Session":
            low = f"new Session({low})"
        keyword = "public function" if indent else "function"
        answer = low if self.gives.declared == "void" else f"return {low}"
        return ["", *self.comment(indent), f"{indent}{keyword} {name}({self.parameters()}): {self.gives.declared}",
                f"{indent}{{", f"{indent}    {answer};", f"{indent}}}"]


def php_default(field):
    """What a field of an input has that is left out; null leaves it to the library."""
    if field["kind"] in MAY_MISS:
        return field["default"].replace('"', "'") if field["default"].startswith('"') else "null"
    if field["kind"] == "BYTES":
        return "''"
    return field["default"]


def input_type(field):
    made = type_of(field["kind"], field["doc"], given=True)
    if field["kind"] in PLAIN or made.declared == "mixed" or made.declared.startswith("?"):
        return made
    return Type(made.declared, made.said, nullable=True)


class Package:
    def __init__(self, api, out):
        self.api, self.out = api, out
        self.pages = {f"{name}_page **": name for name in api["pages"]}
        self.calls = [(function, Call(function, self.pages)) for function in functions_that_cross(api)]

    def write(self, name, lines, namespace="Edu"):
        path = f"{self.out}/src/{name}.php"
        if os.path.exists(path):
            sys.exit(f"{path} is there already: two things of the package have one name")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(["<?php", "", "// Made from the public headers.", "", "declare(strict_types=1);", "",
                                  f"namespace {namespace};", "", *lines]) + "\n")

    @staticmethod
    def field(made, doc):
        lines = [speak(doc)] if doc else []
        if not doc or made.says_more():
            lines.append(f"@var {made.said}")
        return comment(lines, "        ")

    def record(self, record):
        lines = comment([speak(record["doc"])], "")
        name = class_name(record["name"])
        if record["is_input"]:
            lines += [f"final readonly class {name}", "{", "    /** What is left out has its default. */"]
        else:
            lines += [f"final readonly class {name} extends Record", "{"]
            forms = [f"'{field['name']}' => '{FORMS[field['kind']]}'" for field in record["fields"]
                     if field["kind"] in FORMS]
            if forms:
                lines += ["    /** Fields that are no texts or times in JSON. */",
                          f"    protected const FORMS = [{', '.join(forms)}];", ""]
            lines.append("    /** @internal The library makes records. */")
        lines.append("    public function __construct(")
        for field in record["fields"]:
            made = input_type(field) if record["is_input"] else type_of(field["kind"], field["doc"])
            default = f" = {php_default(field)}" if record["is_input"] else ""
            lines += [*self.field(made, field["doc"]), f"        public {made.declared} ${field['name']}{default},"]
        self.write(name, [*lines, "    ) {", "    }", "}"])

    def errors(self):
        for status in self.api["statuses"]:
            self.write(class_name(status["name"]), [
                *comment([speak(status["doc"])], ""), f"final class {class_name(status['name'])} extends Error",
                "{", "}"])

    def about(self, module):
        """What the header of a module's functions says of itself."""
        header = next(function["header"] for function, _ in self.calls if module_and_verb(function)[0] == module)
        return speak(self.api["headers"][header].split("\n@since")[0]).strip()

    def modules(self):
        modules = {}
        for function, call in self.calls:
            module, verb = module_and_verb(function)
            if module != "session" and any(one["type"] in HANDLES for one in function["parameters"]):
                modules.setdefault(module, []).append((call, verb))
        for module, calls in modules.items():
            lines = [*comment([self.about(module)], ""), f"final readonly class {class_name(module)} extends \\Edu\\Module",
                     "{"]
            body = [line for call, verb in calls for line in call.lines(camel(verb), ["$this->handle"])]
            self.write(f"Module/{class_name(module)}", [*lines, *body[1:], "}"], "Edu\\Module")
        return list(modules)

    def session(self, modules):
        lines = ["/**", " * One actor at work, with the modules of the library. It ends where its last variable does; the",
                 " * sign-in stays. A session keeps its portal open.", " */", "final class Session", "{",
                 "    /** Modules by their names, made when they are first asked for. */", "    private const MODULES = ["]
        lines += [f"        '{module}' => Module\\{class_name(module)}::class," for module in modules]
        lines.append("    ];")
        for module in modules:
            lines += ["", f"    /** {first_sentence(self.about(module))} */",
                      f"    public readonly Module\\{class_name(module)} ${module};"]
        lines += ["", "    /** @internal A portal makes its sessions. */",
                  "    public function __construct(private readonly \\edu_session $handle)", "    {",
                  "        foreach (array_keys(self::MODULES) as $name) {", "            unset($this->$name);", "        }",
                  "    }", "", "    /** @internal Makes a module when it is first asked for. */",
                  "    public function __get(string $name): Module", "    {",
                  "        $class = self::MODULES[$name] ?? throw new \\Error(\"a session has no $name\");",
                  "        return $this->$name = new $class($this->handle);", "    }"]
        for function, call in self.calls:
            if any(one["type"] in HANDLES for one in function["parameters"]) and module_and_verb(function)[0] == "session":
                lines += call.lines(camel(module_and_verb(function)[1]), ["$this->handle"])
        self.write("Session", [*lines, "}"])

    def portal(self):
        options = next(one for one in self.api["records"] if one["name"] == "edu_portal_options")
        opens = next(call for function, call in self.calls if function["name"] == "edu_portal_open")
        text, parts = paragraphs(opens.doc)
        throws = [part.partition(" ")[2] for part in parts if part.startswith("return ")]
        lines = ["/** The portal: one per process, opened after fork. It goes with its last session. */",
                 "final readonly class Portal", "{", "    private \\edu_portal $handle;", ""]
        lines += comment([speak(text), "",
                          *(f"@param {input_type(field).said} ${field['name']} {speak(field['doc'])}"
                            for field in options["fields"]),
                          "@param bool $persistent stay open in this process when the request is over, for the next that "
                          "asks for the same: for PHP-FPM, where opening anew costs more than a page",
                          *(f"@throws \\Edu\\{speak(one)}" for one in throws)], "    ")
        lines += ["    public function __construct("]
        lines += [f"        {input_type(field).declared} ${field['name']} = {php_default(field)}," if number else
                  f"        string ${field['name']},"
                  for number, field in enumerate(options["fields"])]
        names = ", ".join(f"${field['name']}" for field in options["fields"])
        lines += ["        bool $persistent = false,", "    ) {", f"        $options = new PortalOptions({names});",
                  "        $this->handle = !$persistent ? edu_portal_open($options) : edu_portal_open_persistent($options);",
                  "    }"]
        for function, call in self.calls:
            if any(one["type"] == PORTAL for one in function["parameters"]):
                name = METHODS.get(function["name"], camel(module_and_verb(function)[1]))
                lines += call.lines(name, ["$this->handle"])
        self.write("Portal", [*lines, "}"])

    def functions(self):
        lines = []
        for function, call in self.calls:
            if is_free(function) and function["name"] != "edu_portal_open":
                lines += call.lines(free_name(function), [], indent="")
        with open(f"{self.out}/src/functions.php", "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def stubs(self):
        lines = ["<?php", "", "/** Functions of the extension, for editors; the classes of Edu are what one calls. */", "",
                 "/** @internal The portal, as the extension has it; Edu\\Portal is what one uses. */",
                 "final class edu_portal", "{", "}", "",
                 "/** @internal A session, as the extension has it; Edu\\Session is what one uses. */",
                 "final class edu_session", "{", "}"]
        handles = {PORTAL: "edu_portal $portal", **{kind: "edu_session $session" for kind in HANDLES}}
        for function, call in self.calls:
            taken = [handles[one["type"]] for one in function["parameters"] if one["type"] in handles]
            if function["name"] == "edu_portal_open":
                taken, gives = ["\\Edu\\PortalOptions $options"], "edu_portal"
            else:
                taken += [call.parameters(of_extension=True)] if call.taken else []
                gives = call.gives.declared.replace("\\Edu\\Session", "edu_session")
            if function["name"] == "edu_portal_open":
                lines += ["", "/** @internal Portal is what one calls. */",
                          "function edu_portal_open_persistent(\\Edu\\PortalOptions $options): edu_portal {}"]
            lines += ["", f"/** @internal {NAMES[function['name']].removesuffix('()')} is what one calls. */",
                      f"function {function['name']}({', '.join(taken)}): {gives} {{}}"]
        os.makedirs(f"{self.out}/stubs")
        with open(f"{self.out}/stubs/edu.php", "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


def main():
    version, description, written, out = sys.argv[1:]
    with open(description, encoding="utf-8") as file:
        api = json.load(file)
    learn_names(api)
    # Made anew as a whole, so that nothing stays of what is no longer in the headers.
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(written, out)
    with open(f"{out}/composer.json", "r+", encoding="utf-8") as file:
        text = file.read().replace("@version@", version)
        file.seek(0)
        file.write(text)
        file.truncate()
    package = Package(api, out)
    for record in api["records"]:
        package.record(record)
    package.errors()
    package.session(package.modules())
    package.portal()
    package.functions()
    package.stubs()


main()
