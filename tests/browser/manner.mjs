// How a person goes through the portal: in which language, at which width, with scripts or without,
// with a pointer or by the keyboard alone. The tests say what is done; here it is done so.
import { Speech } from "./speech.mjs";

const manners = new WeakMap();
export const mannerOfPage = (page) => manners.get(page) ?? { language: "az", scripted: true, keyboard: false };
const of = (it) => mannerOfPage(it.page ? it.page() : it);

// The part that is operated, of what was named: a text in a link, a button, the label of a field.
const operated = (locator) => locator.evaluateHandle((element) => {
  const own = "a[href], button, summary, input, select, textarea";
  const label = element.closest("label");
  return element.closest(own) ?? label?.control ?? element.querySelector(own) ?? element;
});

// Moves on until it is reached; whoever cannot reach it by Tab fails. In a group of radio buttons Tab
// stops once, and arrows go on.
async function reach(page, handle) {
  const told = (element) => element.outerHTML.slice(0, 120);
  const passed = new Set();
  for (let steps = 0; steps < 600; steps += 1) {
    const at = await handle.evaluate((element) => {
      const now = document.activeElement;
      return { isIt: now === element, begins: now.outerHTML.slice(0, 60), inGroup: element.type === "radio"
        && now.type === "radio" && now.name === element.name && now.form === element.form };
    });
    if (at.isIt) return;
    passed.add(at.begins);
    await page.keyboard.press(at.inGroup ? "ArrowDown" : "Tab");
  }
  throw new Error(`Tab does not reach ${await handle.evaluate(told)}, but\n${[...passed].join("\n")}`);
}

async function found(locator) {
  await locator.waitFor();
  const handle = await operated(locator);
  await reach(locator.page(), handle);
  return handle;
}

// Where a key leads to another page, that page is waited for, as after a click.
async function enter(page, handle) {
  const leads = await handle.evaluate((element) => element.localName === "a" || element.type === "submit");
  const soon = (name, timeout) => page.waitForEvent(name, { timeout, predicate: () => true }).catch(() => null);
  const asks = page.waitForEvent("request", { timeout: leads ? 3000 : 400, predicate: (request) => request.isNavigationRequest() })
    .catch(() => null);
  const comes = Promise.race([soon("domcontentloaded", 20000), soon("download", 20000)]);
  await page.keyboard.press("Enter");
  if (await asks) await comes;
}

async function press(locator) {
  const handle = await found(locator);
  const kind = await handle.evaluate((element) => (element.localName === "summary" ? "summary" : element.type));
  if (["radio", "checkbox"].includes(kind)) await locator.page().keyboard.press("Space");
  else if (kind === "summary") await locator.page().keyboard.press("Enter");
  else await enter(locator.page(), handle);
}

// Days and times are typed as the browser's fields take them, part after part.
const typedTime = (value) => {
  const [hour, minute] = value.split(":").map(Number);
  return [String(hour % 12 || 12).padStart(2, "0"), String(minute).padStart(2, "0"), hour < 12 ? "A" : "P"];
};
const typedDay = (value) => {
  const [year, month, day] = value.split("-");
  return [month, day, year];
};
const parts = {
  date: typedDay,
  time: typedTime,
  "datetime-local": (value) => [...typedDay(value.split("T")[0]), ...typedTime(value.split("T")[1])],
};

async function type(locator, value) {
  const handle = await found(locator);
  const { keyboard } = locator.page();
  const kind = await handle.evaluate((element) => element.type);
  if (!parts[kind]) {
    await keyboard.press("Control+A");
    // Long texts are pasted.
    await (value.length > 300 ? keyboard.insertText(value) : value ? keyboard.type(value) : keyboard.press("Delete"));
    return;
  }
  for (const [at, part] of parts[kind](value).entries()) {
    await keyboard.type(part);
    // A year may have more digits, so that it does not end by itself.
    if (part.length === 4 && at < parts[kind](value).length - 1) await keyboard.press("ArrowRight");
  }
  const seen = await handle.evaluate((element) => element.value);
  if (seen !== value) throw new Error(`typed ${value}, and the field holds ${seen}`);
}

async function choose(locator, wanted) {
  const handle = await found(locator);
  const [at, to] = await handle.evaluate((element, asked) => {
    const options = [...element.options].filter((one) => !one.disabled);
    const label = asked.label instanceof RegExp ? asked.label : null;
    const index = typeof asked === "string" ? options.findIndex((one) => one.value === asked || one.label === asked)
      : asked.index ?? options.findIndex((one) => (label ? label.test(one.label) : one.label.trim() === asked.label));
    return [options.findIndex((one) => one.selected), index];
  }, wanted);
  if (to < 0) throw new Error(`there is no choice ${JSON.stringify(wanted)}`);
  for (let step = at; step !== to; step += Math.sign(to - at))
    await locator.page().keyboard.press(to > at ? "ArrowDown" : "ArrowUp");
}

async function tick(locator) {
  await locator.waitFor({ state: "attached" });
  const handle = await operated(locator);
  await reach(locator.page(), handle);
  if (!await handle.evaluate((element) => element.checked)) await locator.page().keyboard.press("Space");
}

async function bring(locator, files) {
  const handle = await operated(locator);
  const page = locator.page();
  // Asked for first: a browser takes a while until it hands the choice over.
  const comes = new Promise((resolve) => { page.once("filechooser", resolve); });
  await reach(page, handle);
  let chooser = null;
  for (const key of ["Space", "Enter"]) {
    if (chooser) break;
    await page.keyboard.press(key);
    chooser = await Promise.race([comes, new Promise((resolve) => { setTimeout(resolve, 10000, null); })]);
  }
  if (!chooser) throw new Error("no key opens the choice of a file");
  await chooser.setFiles(files);
}

// A pattern of words is more than playwright chooses by.
async function chooseNamed(locator, label, selectOption) {
  await locator.waitFor();
  const labels = await locator.locator("option").allTextContents();
  const index = labels.findIndex((one) => label.test(one.trim()));
  if (index < 0) throw new Error(`there is no choice ${label} among ${labels.join(", ")}`);
  return selectOption.call(locator, { index });
}

const by = { click: press, fill: type, selectOption: choose, check: tick, setInputFiles: bring, focus: found };

// Playwright's pages and locators, taught to look for other words and to use the keyboard.
export function teach(page, root) {
  const speech = new Speech(root);
  const Page = Object.getPrototypeOf(page);
  const Locator = Object.getPrototypeOf(page.locator("body"));
  const say = (it, words, isExact) => speech.say(words, of(it).language, isExact);
  for (const kind of [Page, Locator]) {
    const { getByText, getByRole, locator, filter } = kind;
    const within = (it, options) => (options?.hasText ? { ...options, hasText: say(it, options.hasText) } : options);
    kind.getByText = function spoken(text, options) {
      return getByText.call(this, say(this, text, options?.exact), options);
    };
    kind.getByRole = function spoken(role, options) {
      return getByRole.call(this, role, options?.name ? { ...options, name: say(this, options.name, options.exact) } : options);
    };
    kind.locator = function spoken(selector, options) { return locator.call(this, selector, within(this, options)); };
    if (filter) kind.filter = function spoken(options) { return filter.call(this, within(this, options)); };
  }
  for (const [name, byKeyboard] of Object.entries(by)) {
    const pointed = Locator[name];
    Locator[name] = function done(...values) {
      if (name === "selectOption" && values[0]?.label) values[0] = { label: say(this, values[0].label) };
      if (of(this).keyboard) return byKeyboard(this, ...values);
      const label = name === "selectOption" && values[0]?.label;
      return label instanceof RegExp ? chooseNamed(this, label, pointed) : pointed.apply(this, values);
    };
    Page[name] = function done(selector, ...values) { return this.locator(selector).first()[name](...values); };
  }
  // A connection that the portal closes at this moment is tried anew.
  const Request = Object.getPrototypeOf(page.request);
  const { get } = Request;
  Request.get = function tried(url, options) { return get.call(this, url, { maxRetries: 2, ...options }); };
  // What is typed in all languages is told to whoever reads it in another.
  const { fill } = Locator;
  const typed = new WeakMap();
  Locator.fill = function learned(value, ...more) {
    const field = /(?:'#|name=)([\w-]+)[_-](az|en|ru)['\]]/.exec(String(this));
    if (field) {
      const [, name, language] = field;
      if (!typed.has(this.page())) typed.set(this.page(), {});
      const words = typed.get(this.page())[name] ??= {};
      words[language] = value;
      if (Object.keys(words).length === 3) speech.learn({ ...words });
    }
    return fill.call(this, value, ...more);
  };
}

export function behave(page, manner) {
  manners.set(page, manner);
}

// The manner of the n-th person: neighbours differ in most, and 24 are all there are.
export function mannerOf(n) {
  const at = (n * 7) % 24;
  const rest = Math.floor(at / 3);
  return { language: ["az", "ru", "en"][at % 3], scripted: rest % 2 === 0, keyboard: Math.floor(rest / 2) % 2 === 1,
    width: rest < 4 ? "telephone" : "desk" };
}

export const mannerName = ({ language, width, scripted, keyboard }) =>
  [language, width, scripted ? "scripts" : "no scripts", keyboard ? "keyboard" : "pointer"].join(", ");
