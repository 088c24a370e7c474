#!/usr/bin/python3
"""Writes JSON files, without their white space, as texts in C.

    embed_json.py OUT.c FILE.json…
"""
import json
import sys


def c_string(text):
    pieces = [text[at:at + 80] for at in range(0, len(text), 80)]
    return "\n".join('     "' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"'
                     for piece in pieces)


def main():
    out, paths = sys.argv[1], sys.argv[2:]
    texts = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            texts.append(json.dumps(json.load(file), separators=(",", ":")))
    with open(out, "w", encoding="utf-8") as file:
        file.write("/* Made by tools/embed_json.py. The metaschema of JSON Schema 2020-12: see\n"
                   " * libedu/form/metaschema/LICENSE. */\n#include \"form/form.h\"\n\n"
                   "const ei_metaschema ei_metaschemas[] = {\n")
        for text in texts:
            file.write(f"    {{\n{c_string(text)},\n     {len(text)}}},\n")
        file.write(f"}};\nconst size_t ei_metaschema_count = {len(texts)};\n")


main()
