// Finds the pages of the portal as a person does: by following links.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../harness.mjs";

const build = process.env.EDU_BUILD ?? join(root, "build-portal");

// The most particular first, as Werkzeug chooses.
export const routes = JSON.parse(execFileSync("/usr/bin/python3", [join(root, "tests/browser/atlas/routes.py")],
  { env: { PYTHONPATH: join(build, "bindings/python"), PYTHONDONTWRITEBYTECODE: "1" } }).toString())
  .map((route) => ({ ...route, pattern: new RegExp(`^${route.pattern}$`) }))
  .sort((a, b) => a.arguments - b.arguments || b.rule.length - a.rule.length);

export const routeOf = (pathname) => routes.find(({ pattern }) => pattern.test(decodeURI(pathname)));

const unescape = (text) => text.replaceAll("&amp;", "&").replaceAll("&#39;", "'").replaceAll("&#34;", "\"");
const titleOf = (html) => unescape(/<title>([^<]*)</.exec(html)?.[1] ?? "");
const links = (html) => [...html.matchAll(/<a\s[^>]*?href="([^"]*)"/g)].map(([, href]) => unescape(href));

// Addresses that differ in whom or what they name alone lead to pages of one kind.
const kindOf = (url, route) => {
  const query = [...url.searchParams].filter(([name]) => name !== "cursor")
    .map(([name, value]) => (/^[a-z_]{1,12}$/.test(value) ? `${name}=${value}` : name));
  return `${route.endpoint}?${query.sort().join("&")}`;
};

const OF_MACHINES = new Set(["static", "public.assets"]);

// Visits what links lead to, of each kind one; `known` are kinds that need no visit. Routes without arguments
// are tried whether a link leads there or not. `further` goes on through the others of the part of the portal
// in which routes are `missing`, as many as it takes to find them. Both take from `missing` what they find.
// `answers` asks for any other page.
export function crawl({ cookie, language }, home, { missing, known = new Set() }) {
  const found = new Map();
  const kinds = new Map();
  const offer = (href, from) => {
    const url = new URL(href, from);
    url.hash = "";
    if (url.origin !== home || found.has(url.href)) return;
    const route = routeOf(url.pathname);
    if (!route || OF_MACHINES.has(route.endpoint)) return;
    const kind = kindOf(url, route);
    if (known.has(kind)) return;
    const page = { href: url.href, path: url.pathname, endpoint: route.endpoint, kind, from };
    found.set(url.href, page);
    if (!kinds.has(kind)) kinds.set(kind, { rule: route.rule, visits: 0, waiting: [] });
    kinds.get(kind).waiting.push(page);
  };
  const askFor = (href) => {
    const ask = () => fetch(href, { headers: { cookie, "accept-language": language }, redirect: "manual" });
    // A connection that the portal closes at this moment is tried anew.
    return ask().catch(ask);
  };
  const visit = async (page) => {
    const answer = await askFor(page.href);
    const text = await answer.text();
    page.status = answer.status;
    page.type = answer.headers.get("content-type")?.split(";")[0];
    if (answer.headers.has("location")) offer(answer.headers.get("location"), page.href);
    if (page.status < 400) missing.delete(routeOf(page.path).rule);
    if (page.status !== 200 || page.type !== "text/html") return;
    page.title = titleOf(text);
    for (const href of links(text)) offer(href, page.href);
  };
  const take = (kind) => {
    kind.visits += 1;
    return visit(kind.waiting.shift());
  };
  const lanes = (lane) => Promise.all([lane(), lane(), lane()]);
  const unseen = () => [...kinds.values()].find((kind) => !kind.visits);
  const one = async () => { for (let kind = unseen(); kind; kind = unseen()) await take(kind); };
  // Whose address begins that of a route which is not found yet is likelier to lead there.
  const weight = (kind) => kind.visits * ([...missing].some((rule) => rule.startsWith(kind.rule)) ? 1 : 6);
  const part = (rule) => rule.split("/")[1];
  const least = () => {
    const parts = new Set([...missing].map(part));
    return [...kinds.values()].filter((kind) => kind.waiting.length && parts.has(part(kind.rule)))
      .sort((a, b) => weight(a) - weight(b))[0];
  };
  return {
    pages: () => [...found.values()].filter((page) => page.status),
    has: (href) => Boolean(found.get(href)?.status),
    async answer(href) {
      const answer = await askFor(href);
      await answer.arrayBuffer();
      return answer.status;
    },
    async once() {
      offer("/", `${home}/`);
      await one();
      for (const route of routes) if (!route.arguments) offer(route.rule, `${home}/`);
      await lanes(one);
    },
    async further() {
      let left = 400;
      await lanes(async () => { for (let kind = least(); kind && left > 0; kind = least()) { left -= 1; await take(kind); } });
    },
  };
}
