// Tests are written with the Azerbaijani words of a page. A person who reads another language is shown
// other words: locators look for what the same text says there.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const LANGUAGES = ["az", "en", "ru"];
const CYRILLIC = /\p{Script=Cyrillic}/u;
const HOLE = /%\(\w+\)[sd]/g;
const NUMBER = /\d+/g;
const HOLLOW = "\0";
const PLAIN = /^\^?[^\\^$.*+?()[\]{}|]+$/;   // a pattern of words alone
const SAME = /^(?:[A-Z]+|[^\p{L}]+)$/u;   // in every language

function entriesOf(po) {
  const text = readFileSync(po, "utf8").replace(/"\n"/g, "");
  const said = (quoted) => JSON.parse(`"${quoted}"`).replaceAll("%%", "%");
  const found = new Map();
  for (const block of text.split(/\n\n+/)) {
    const one = Object.fromEntries([...block.matchAll(/^(msgid|msgid_plural|msgstr(?:\[\d\])?) "(.*)"$/gm)]
      .map(([, name, quoted]) => [name, said(quoted)]));
    if (!one.msgid) continue;
    const forms = Object.entries(one).filter(([name]) => name.startsWith("msgstr")).map(([, form]) => form);
    found.set(one.msgid, { english: [one.msgid, one.msgid_plural].filter(Boolean), forms });
  }
  return found;
}

// Every text with what it is in each language; several where it has forms for numbers.
function texts(root) {
  const folder = join(root, "examples/portal/portal/translations");
  const [az, ru] = ["az", "ru"].map((one) => entriesOf(join(folder, one, "LC_MESSAGES/portal.po")));
  const all = [...az].map(([id, { english, forms }]) => ({ az: forms, en: english, ru: ru.get(id)?.forms ?? [] }));
  const gather = (value) => {
    if (typeof value !== "object" || value === null) return;
    if (LANGUAGES.every((one) => typeof value[one] === "string"))
      all.push(Object.fromEntries(LANGUAGES.map((one) => [one, [value[one]]])));
    Object.values(value).forEach(gather);
  };
  const data = join(root, "examples/data");
  for (const part of readdirSync(data, { recursive: true }).filter((name) => name.endsWith(".json")))
    gather(JSON.parse(readFileSync(join(data, part), "utf8")));
  // What the demonstration is told in: texts that stand one after the other, the Russian last.
  const folderOfCli = join(root, "examples/cli");
  for (const file of readdirSync(folderOfCli).filter((name) => name.endsWith(".c"))) {
    const source = readFileSync(join(folderOfCli, file), "utf8").replace(/(?<!\\)"\s*"/g, "");
    const strings = [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, one]) => one);
    for (let at = 2; at < strings.length; at += 1)
      if (CYRILLIC.test(strings[at]) && !CYRILLIC.test(strings[at - 1]) && !CYRILLIC.test(strings[at - 2]))
        all.push({ az: [strings[at - 2]], en: [strings[at - 1]], ru: [strings[at]] });
  }
  return all;
}

const bare = (text) => text.toLocaleLowerCase("az");
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const pattern = (text) => text.split(HOLE).map(escaped).join(".+?").replace(/\s+/g, "\\s+");

export class Speech {
  constructor(root) {
    this.texts = texts(root);
    this.memory = new Map();
  }

  // What a test types as one thing's title in each language is known by each from then on.
  learn(words) {
    this.texts.push(Object.fromEntries(LANGUAGES.map((one) => [one, [words[one]]])));
    this.memory.clear();
  }

  // The texts that are this one, else those that it is a part of; numbers stand where a text has holes.
  found(words) {
    const exact = this.texts.filter(({ az }) => az.includes(words));
    if (exact.length) return exact.map((text) => ({ text, numbers: {} }));
    const wanted = bare(words.replace(NUMBER, HOLLOW));
    return this.texts.flatMap((text) => {
      const form = text.az.find((one) => bare(one.replace(HOLE, HOLLOW).replace(NUMBER, HOLLOW)).includes(wanted));
      if (!form) return [];
      const names = form.match(HOLE) ?? [];
      const seen = words.match(NUMBER) ?? [];
      return [{ text, numbers: names.length === seen.length
        ? Object.fromEntries(names.map((name, at) => [name, seen[at]])) : {} }];
    });
  }

  // A pattern of the words in a language, or the words where no text holds them.
  say(asked, language, isExact = false) {
    const words = asked instanceof RegExp && PLAIN.test(asked.source) ? asked.source.replace("^", "") : asked;
    if (language === "az" || typeof words !== "string" || SAME.test(words)) return asked;
    const key = `${language} ${isExact} ${words}`;
    if (!this.memory.has(key)) {
      const said = this.found(words).flatMap(({ text, numbers }) =>
        text[language].map((form) => pattern(form.replace(HOLE, (hole) => numbers[hole] ?? hole))));
      const body = [...new Set(said)].join("|");
      this.memory.set(key, body ? new RegExp(isExact ? `^\\s*(?:${body})\\s*$` : body, "i") : asked);
    }
    return this.memory.get(key);
  }
}
