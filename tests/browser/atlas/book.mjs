// The pictures as pages to leaf through: every page of the portal with its views side by side.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const escape = (text) => String(text).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

const figure = ({ picture, view, wrong }) => `<figure class="${view.width}">
<a href="${escape(picture)}"><img loading="lazy" src="${escape(picture)}" alt=""></a>
<figcaption>${escape([view.language, view.width, view.dark ? "dark" : "light", view.scripted ? "" : "unscripted"].join(" "))}
${wrong.length ? `<strong>${wrong.length} faults</strong>` : ""}</figcaption></figure>`;

const section = ([first, ...more]) => `<section id="${escape(first.role + first.endpoint)}">
<h2>${escape(first.head ?? first.title)}</h2><p><code>${escape(first.rule)}</code> · ${escape(first.role)}</p>
<div>${[first, ...more].map(figure).join("\n")}</div></section>`;

export function bind(folder, shown) {
  const groups = new Map();
  for (const one of shown) {
    const key = `${one.role} ${one.endpoint}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(one);
  }
  const pages = [...groups.values()].sort((a, b) => (a[0].rule < b[0].rule ? -1 : 1));
  const path = join(folder, "index.html");
  writeFileSync(path, `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Every page of the portal</title>
<style>
body { font: 16px system-ui, sans-serif; margin: 24px; background: #eee; }
section { background: #fff; border-radius: 12px; padding: 12px 20px; margin-bottom: 20px; }
div { display: flex; gap: 16px; overflow-x: auto; align-items: flex-start; }
figure { margin: 0; flex: none; } img { border: 1px solid #bbb; max-height: 80vh; object-fit: cover; object-position: top; }
.telephone img { width: 240px; } .desk img { width: 560px; } strong { color: #a00; }
nav { columns: 20em; margin-bottom: 24px; } nav a { display: block; }
</style><h1>Every page of the portal</h1>
<nav>${pages.map(([one]) => `<a href="#${escape(one.role + one.endpoint)}">${escape(one.rule)} · ${escape(one.role)}</a>`).join("\n")}</nav>
${pages.map(section).join("\n")}</html>\n`);
  return path;
}
