// JSON that has a canonical form (RFC 8259, RFC 7493), read strictly, and its canonical form
// (RFC 8785). JSON.parse would take the last of two members of one name, and half a surrogate pair.

export const DEPTH_MAX = 64;

// An object keeps its members in their order, whatever they are called.
export class Members extends Map {}

class Unreadable extends Error {}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\r\n]*/y;
const ESCAPES = new Map(Object.entries({
  '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t",
}));
const WORDS = [["null", null], ["false", false], ["true", true]];

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail() {
    throw new Unreadable("the text is not JSON that has a canonical form");
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) this.fail();
    this.at += found[0].length;
    return found[0];
  }

  accept(character) {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  hex4() {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail();
    this.at += 4;
    return parseInt(digits, 16);
  }

  escape() {
    const letter = this.text[this.at];
    this.at += 1;
    if (ESCAPES.has(letter)) return ESCAPES.get(letter);
    if (letter !== "u") this.fail();
    const unit = this.hex4();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit > 0xdbff || !this.accept("\\") || !this.accept("u")) this.fail();
    const low = this.hex4();
    if (low < 0xdc00 || low > 0xdfff) this.fail();
    return String.fromCharCode(unit, low);
  }

  // Behind the opening quotation mark.
  string() {
    const parts = [];
    for (;;) {
      parts.push(this.match(PLAIN));
      if (this.accept('"')) return parts.join("");
      if (!this.accept("\\")) this.fail();
      parts.push(this.escape());
    }
  }

  number() {
    const value = Number(this.match(NUMBER));
    if (!Number.isFinite(value)) this.fail();
    return value;
  }

  word() {
    const found = WORDS.find(([word]) => this.text.startsWith(word, this.at));
    if (!found) this.fail();
    this.at += found[0].length;
    return found[1];
  }

  array(depth) {
    const items = [];
    this.match(SPACE);
    if (this.accept("]")) return items;
    do {
      items.push(this.value(depth + 1));
      this.match(SPACE);
    } while (this.accept(","));
    if (!this.accept("]")) this.fail();
    return items;
  }

  member(members, depth) {
    this.match(SPACE);
    if (!this.accept('"')) this.fail();
    const key = this.string();
    this.match(SPACE);
    if (!this.accept(":") || members.has(key) || key.includes("\0")) this.fail();
    members.set(key, this.value(depth + 1));
    this.match(SPACE);
  }

  object(depth) {
    const members = new Members();
    this.match(SPACE);
    if (this.accept("}")) return members;
    do this.member(members, depth); while (this.accept(","));
    if (!this.accept("}")) this.fail();
    return members;
  }

  value(depth) {
    this.match(SPACE);
    const first = this.text[this.at];
    if ((first === "{" || first === "[") && depth >= DEPTH_MAX) this.fail();
    if (this.accept("{")) return this.object(depth);
    if (this.accept("[")) return this.array(depth);
    if (this.accept('"')) return this.string();
    return first === "-" || (first >= "0" && first <= "9") ? this.number() : this.word();
  }
}

/** The value of bytes; undefined for what has no canonical form, or is longer. */
export function read(bytes, most) {
  if (bytes.length > most) return undefined;
  try {
    const reader = new Reader(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    const value = reader.value(0);
    reader.match(SPACE);
    return reader.at === reader.text.length ? value : undefined;
  } catch (error) {
    if (error instanceof Unreadable || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The canonical form; `without`: a member that is left out. */
export function canonical(value, without) {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(",")}]`;
  if (!(value instanceof Members)) return JSON.stringify(value);
  const keys = [...value.keys()].filter((key) => key !== without).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value.get(key))}`).join(",")}}`;
}

export const get = (object, key) => (object instanceof Members ? object.get(key) : undefined);

/** A member that is a text without a null character; "" for any other. */
export function text(object, key) {
  const value = get(object, key);
  return typeof value === "string" && !value.includes("\0") ? value : "";
}
