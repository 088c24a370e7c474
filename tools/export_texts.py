#!/usr/bin/python3
"""Writes the tables of texts of the portal's texts.py as JSON, in English as they stand there, for the
portal in PHP: one place says what a key of the library is called.

    export_texts.py texts.py texts.json
"""
import ast
import json
import sys


def plain(node):
    if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "N_":
        return plain(node.args[0])
    if isinstance(node, ast.Tuple):
        return [plain(one) for one in node.elts]
    if isinstance(node, ast.Dict):
        return {plain(key): plain(value) for key, value in zip(node.keys, node.values)}
    return ast.literal_eval(node)


def tables(text):
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            yield node.targets[0].id.lower(), plain(node.value)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        found = dict(tables(file.read()))
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(found, file, ensure_ascii=False, indent=1)


main()
