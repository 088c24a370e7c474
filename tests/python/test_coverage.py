"""Every public function is in the package, says what it does, and has a test that looks at what it
gives. A test looks at it where what a call gave reaches an assert: in the assert itself, or by names,
through loops and the helpers of the tests. A function that gives nothing must have been called, not
only refused, in a test that asserts."""

import ast
import importlib.util
import inspect
import json
import os
from pathlib import Path

import edu
from edu import calls
from command import ROOT

HERE = Path(__file__).parent
# Methods of the classes that are written by hand.
BY_HAND = {"edu_portal_open": "Portal", "edu_session_open": "session", "edu_session_sign_in": "sign_in",
           "edu_session_resume": "resume", "edu_session_operator": "operator"}
# A function whose result no test of Python asserts on, and why that is right.
EXCUSED: dict[str, str] = {}


def functions():
    spec = importlib.util.spec_from_file_location("gen", ROOT / "bindings/gen_bindings.py")
    gen = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gen)
    api = Path(os.environ["EDU_BUILD"]) / "libedu/core/api.json"
    return {one["name"]: one for one in gen.functions_that_cross(json.loads(api.read_text("utf-8")))}


def method(name):
    """The function of the package behind a function of C."""
    if name in BY_HAND:
        return edu.Portal if name == "edu_portal_open" else getattr(edu.Portal, BY_HAND[name], None)
    _, module, *verb = name.split("_")
    kind = edu.Session if module == "session" else getattr(calls, f"{module.capitalize()}Module", None)
    for verb in ("_".join(verb), "_".join(verb) + "_"):
        if kind and hasattr(kind, verb):
            return getattr(kind, verb)
    return getattr(edu, name.removeprefix("edu_"), None)


class Reader:
    """Follows what calls give through the tests' files, by names, without regard to order."""

    def __init__(self, names):
        self.names = names
        self.units = {}  # name of a function or method: its trees
        self.modules = {}  # tree of a unit: names that stand for a module of a session
        self.gives = {}  # name of a unit: functions whose results it gives
        self.takes = {}  # (name of a unit, parameter): functions whose results go in
        self.asserted, self.called = set(), {}

    def read(self, path):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.units.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.ClassDef):
                self.units.setdefault(node.name, []).extend(
                    one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__")

    def is_module(self, name):
        return any(one.startswith(f"edu_{name}_") for one in self.names)

    def function_at(self, node, local):
        """The public function that an expression names: session.olympiad.register, edu.verify."""
        if not isinstance(node, ast.Attribute):
            return None
        verb, holder = node.attr.rstrip("_"), node.value
        if isinstance(holder, ast.Attribute):
            found = f"edu_{holder.attr}_{verb}"
        elif isinstance(holder, ast.Name) and holder.id in local:
            found = f"edu_{local[holder.id]}_{verb}"
        elif isinstance(holder, ast.Name) and holder.id == "edu":
            found = f"edu_{verb}" if verb != "Portal" else "edu_portal_open"
        else:
            found = ""
        if found in self.names:
            return found
        of_session = {"session": "edu_session_open"}.get(verb, f"edu_session_{verb}")
        return of_session if of_session in self.names else None

    def local_modules(self, unit):
        """x = world.clerk.appeal, also by tuples."""
        local = {}
        for node in ast.walk(unit):
            if isinstance(node, (ast.Assign, ast.For)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                value = node.value if isinstance(node, ast.Assign) else node.iter
                for target in targets:
                    pairs = zip(target.elts, value.elts) if isinstance(target, ast.Tuple) and \
                        isinstance(value, ast.Tuple) else [(target, value)]
                    for one, made in pairs:
                        if isinstance(one, ast.Name) and isinstance(made, ast.Attribute) and \
                                self.is_module(made.attr):
                            local[one.id] = made.attr
        return local

    def carried(self, node, known, local):
        """The functions whose results an expression may hold."""
        found = set()
        for one in ast.walk(node):
            function = self.function_at(one, local)
            if function:
                found.add(function)
            if isinstance(one, ast.Name):
                found |= known.get(one.id, set()) | self.gives.get(one.id, set())
            if isinstance(one, ast.Attribute):
                found |= self.gives.get(one.attr, set())
            if isinstance(one, ast.Call):
                self.pass_on(one, known, local)
        return found

    def pass_on(self, call, known, local):
        name = getattr(call.func, "id", getattr(call.func, "attr", None))
        for unit in self.units.get(name, []):
            parameters = [one.arg for one in unit.args.args if one.arg != "self"]
            rest = unit.args.vararg.arg if unit.args.vararg else None
            for index, value in enumerate(call.args):
                at = parameters[index] if index < len(parameters) else rest
                self.takes.setdefault((name, at), set()).update(self.plain(value, known, local))
            for keyword in call.keywords:
                self.takes.setdefault((name, keyword.arg), set()).update(
                    self.plain(keyword.value, known, local))

    def plain(self, node, known, local):
        return {name for one in ast.walk(node) for name in (
            {self.function_at(one, local)} | (known.get(one.id, set()) if isinstance(one, ast.Name)
                                              else set())) if name}

    @staticmethod
    def roots(target):
        return [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]

    def follow(self, name, unit):
        local = self.local_modules(unit)
        known = {}
        for parameter in ast.walk(unit.args):
            if isinstance(parameter, ast.arg):
                known[parameter.arg] = set(self.takes.get((name, parameter.arg), ())) | \
                    set(self.gives.get(parameter.arg, ()))

        def learn(target, value):
            for root in self.roots(target):
                known.setdefault(root, set()).update(self.carried(value, known, local))

        for _ in range(3):
            for node in ast.walk(unit):
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        learn(target, node.value)
                        # [one] = … holds only where it is one.
                        if isinstance(target, ast.List):
                            self.asserted |= self.carried(node.value, known, local)
                elif isinstance(node, (ast.NamedExpr, ast.AugAssign)):
                    learn(node.target, node.value)
                elif isinstance(node, (ast.For, ast.comprehension)):
                    learn(node.target, node.iter)
                elif isinstance(node, ast.withitem) and node.optional_vars:
                    learn(node.optional_vars, node.context_expr)
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and \
                        node.func.attr in ("append", "extend", "add", "update"):
                    for value in node.args:
                        learn(node.func.value, value)
                elif isinstance(node, ast.Call):
                    self.pass_on(node, known, local)
        for node in ast.walk(unit):
            if isinstance(node, (ast.Return, ast.Yield)) and node.value:
                self.gives.setdefault(name, set()).update(self.carried(node.value, known, local))
            if isinstance(node, ast.Assert):
                self.asserted |= self.carried(node.test, known, local)

    def calls_of(self, unit):
        """What a unit calls without expecting a refusal, and the units that it calls."""
        local, found = self.local_modules(unit), set()

        def walk(node):
            if isinstance(node, ast.With) and any("raises" in ast.dump(item.context_expr)
                                                  for item in node.items):
                return
            function = self.function_at(node, local)
            if function:
                found.add(function)
            if isinstance(node, ast.Name):
                found.add(node.id)
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            for child in ast.iter_child_nodes(node):
                walk(child)

        for statement in unit.body:
            walk(statement)
        return found | {one.arg for one in unit.args.args}

    def settle(self):
        for _ in range(4):
            for name, units in self.units.items():
                for unit in units:
                    self.follow(name, unit)
        reached = {name: set().union(*map(self.calls_of, units)) for name, units in self.units.items()}
        done = set()
        for name, units in self.units.items():
            if name.startswith("test_") and any(isinstance(node, ast.Assert) for unit in units
                                                for node in ast.walk(unit)):
                waiting, seen = [name], set()
                while waiting:
                    one = waiting.pop()
                    if one not in seen:
                        seen.add(one)
                        done |= reached.get(one, {one}) & set(self.names)
                        waiting += reached.get(one, ())
        return self.asserted, done


def gives_something(function):
    return inspect.isclass(method(function)) or \
        inspect.get_annotations(getattr(method(function), "fget", method(function)))["return"] not in (None, "None")


def test_every_function_is_in_the_package_and_says_what_it_does():
    names = functions()
    assert len(names) > 300
    assert [name for name in names if method(name) is None] == []
    assert [name for name in names if not inspect.getdoc(method(name))] == []


def test_every_function_has_a_test_that_looks_at_what_it_gives():
    names = functions()
    reader = Reader(names)
    for path in (*sorted(HERE.glob("*.py")), HERE.parent / "world.py"):
        if path.name != "typed_use.py":
            reader.read(path)
    asserted, called = reader.settle()
    missing = {name for name in names if name not in (asserted if gives_something(name) else called)}
    assert sorted(missing - EXCUSED.keys()) == []
    assert sorted(EXCUSED.keys() - missing) == [], "these are tested: no excuse is needed"
