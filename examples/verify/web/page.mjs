// The page: files, camera and text in; a verdict out.
import jsQR from "jsqr";
import { hasCamera, hostOf, readPhoto, scan } from "./scan.mjs";
import { utf8 } from "./texts.mjs";
import { judge, NotTrusted, readTrust } from "./verify.mjs";
import { WORDS } from "./words.mjs";

const MAX_AGE = 86400n;
const RESULT = /^credentialSubject\.result\.\d+\.value$/;
const NAME_OF_RESULT = /^credentialSubject\.achievement\.resultDescription\.\d+\.name$/;
const at = (id) => document.getElementById(id);
const now = () => BigInt(Date.now()) * 1000n;
const state = { language: "az", trust: null, keys: null, last: null, problem: null, stop: null };
const say = (key, values = {}) => WORDS[state.language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// Not every browser knows how Azerbaijani writes dates.
function timeText(micros) {
  const date = new Date(Number(micros / 1000n));
  if (Number.isNaN(date.getTime())) return "–";
  const clock = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  return `${date.getDate()} ${say("months").split(" ")[date.getMonth()]} ${date.getFullYear()}, ${clock}`;
}

function ageText(seconds) {
  const ago = WORDS[state.language].ago;
  if (seconds < 60n) return ago[0];
  const [size, words] = seconds < 3600n ? [60n, ago[1]] : seconds < 172800n ? [3600n, ago[2]] : [86400n, ago[3]];
  return words.replace("{n}", String(seconds / size));
}

const ageOf = (trust) => (now() > trust.created ? (now() - trust.created) / 1000000n : 0n);

// ---- what is shown ----

function showTrust() {
  const { trust } = state;
  at("trust").textContent = !trust ? say("noKeys") : !trust.lists ? say("hasKeys")
    : say("hasBundle", { host: trust.host, when: timeText(trust.created), age: ageText(ageOf(trust)) });
}

function showProblem() {
  at("problem").hidden = !state.problem;
  at("problem").textContent = state.problem ? say(...state.problem) : "";
}

function row(list, name, value) {
  const line = element("div");
  line.append(element("dt", name), element("dd", value));
  list.append(line);
}

function facts(verdict) {
  const list = element("dl");
  row(list, say("number"), verdict.number);
  row(list, say("host"), verdict.host);
  if (verdict.issued !== undefined) row(list, say("issued"), timeText(verdict.issued));
  if (verdict.expires !== undefined) row(list, say("expires"), timeText(verdict.expires));
  if (verdict.age !== undefined)
    row(list, say("known"), `${timeText(state.trust.created)} (${ageText(verdict.age)})`);
  const shown = shownFields(verdict);
  for (const [name, value] of shown) row(list, name, value);
  if (shown.length === verdict.fields.length) return [list];
  const whole = element("details");
  const inner = element("dl");
  for (const [name, value] of verdict.fields) row(inner, name, value);
  whole.append(element("summary", say("all")), inner);
  return [list, whole];
}

// What people look for. A record names its results itself; the rest is told on demand.
function shownFields(verdict) {
  const known = WORDS[state.language].fields;
  if (verdict.type !== "certificate") return verdict.fields.map(([name, value]) => [known[name] ?? name, value]);
  const all = new Map(verdict.fields);
  const names = new Map(verdict.fields.filter(([path]) => NAME_OF_RESULT.test(path))
    .map(([path, value]) => [all.get(path.replace(/name$/, "id")), value]));
  return verdict.fields.flatMap(([path, value]) => {
    if (RESULT.test(path)) return [[names.get(all.get(path.replace(/value$/, "resultDescription"))) ?? path, value]];
    return Object.hasOwn(known, path) ? [[known[path], value]] : [];
  });
}

function showVerdict() {
  const place = at("verdict");
  const verdict = state.last;
  place.hidden = !verdict;
  place.replaceChildren();
  if (!verdict) return;
  const [title, meaning, todo] = WORDS[state.language].verdicts[verdict.status];
  const kind = { valid: "good", bad_signature: "bad", unknown_key: "bad", revoked: "bad" }[verdict.status];
  const box = element("div", undefined, `box ${kind ?? "unsure"}`);
  box.dataset.status = verdict.status;
  box.append(element("h2", title), element("p", meaning), element("p", todo, "todo"));
  place.append(box);
  if (verdict.status === "unreadable") return;
  const print = element("button", say("print"));
  print.type = "button";
  print.addEventListener("click", () => {
    for (const part of place.querySelectorAll("details")) part.open = true;
    window.print();
  });
  place.append(...facts(verdict), print);
}

function show() {
  document.documentElement.lang = state.language;
  document.title = say("name");
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = say(one.dataset.text);
  for (const one of document.querySelectorAll("[data-language]"))
    one.setAttribute("aria-pressed", String(one.dataset.language === state.language));
  showTrust();
  showProblem();
  showVerdict();
}

function fail(...problem) {
  state.problem = problem;
  state.last = null;
  show();
}

// ---- what is done ----

async function check(bytes) {
  if (!state.trust) return fail("noKeys");
  state.problem = null;
  state.last = await judge(bytes, state.trust, now(), MAX_AGE);
  show();
  at("verdict").focus();
  return undefined;
}

// A code of another site is named, and not followed. Telephones and browsers write small letters where
// the code has capitals.
async function checkCode(given) {
  const host = hostOf(given);
  const text = given.replace(/^https:\/\/[^/]*/i, (link) => link.replace(/[a-z]/g, (c) => c.toUpperCase()));
  at("text").value = text;
  if (!host) return fail("noLink");
  const own = state.trust?.host?.toLowerCase();
  return own && host !== own ? fail("otherHost", { host }) : check(utf8(text));
}

function closeCamera() {
  state.stop?.();
  state.stop = null;
  at("scanner").hidden = true;
}

async function openCamera() {
  closeCamera();
  at("scanner").hidden = false;
  try {
    state.stop = await scan(at("video"), jsQR, (text) => {
      closeCamera();
      checkCode(text);
    });
  } catch {
    closeCamera();
    fail("noCamera");
  }
}

async function checkPhoto(file) {
  // What stood there was not about this one.
  state.last = state.problem = null;
  show();
  try {
    const text = await readPhoto(file, jsQR);
    return text === null ? fail("noCode") : await checkCode(text);
  } catch {
    return fail("noPicture");
  }
}

const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

/** Trims the line breaks that a file may end with. */
function trimmed(bytes) {
  let size = bytes.length;
  while (size > 0 && (bytes[size - 1] === 10 || bytes[size - 1] === 13)) size -= 1;
  return bytes.subarray(0, size);
}

// A key set is taken as it is; a bundle must be signed by a key that was trusted before.
async function takeKeys(bytes) {
  const isBundle = new TextDecoder().decode(bytes.subarray(0, 16 << 20)).includes('"VerificationBundle"');
  if (isBundle && !state.keys) return fail("noKeys");
  try {
    state.trust = isBundle ? await readTrust(state.keys, bytes) : await readTrust(bytes, null);
    state.keys = bytes;
    state.problem = null;
  } catch (error) {
    if (!(error instanceof NotTrusted)) throw error;
    state.problem = [error.code === "form" ? "notForm" : "notTrusted"];
  }
  state.last = null;
  return show();
}

function onFile(id, use) {
  at(id).addEventListener("change", async () => {
    const [file] = at(id).files;
    if (file) await use(file);
    at(id).value = "";
  });
}

/** A portal that gives this page away puts its keys and revocations into it. */
async function takeKnown() {
  const known = JSON.parse(at("known").textContent);
  if (!known) return;
  await takeKeys(utf8(known.keys));
  await takeKeys(utf8(known.bundle));
}

for (const one of document.querySelectorAll("[data-language]"))
  one.addEventListener("click", () => {
    state.language = one.dataset.language;
    show();
  });
at("camera").hidden = !hasCamera();
at("camera").addEventListener("click", openCamera);
at("stop").addEventListener("click", closeCamera);
at("check").addEventListener("click", () => {
  const text = at("text").value.trim();
  return text.startsWith("{") ? check(utf8(text)) : checkCode(text);
});
onFile("photo", checkPhoto);
onFile("document", async (file) => check(trimmed(await bytesOf(file))));
onFile("bundle", async (file) => takeKeys(await bytesOf(file)));
state.language = Object.keys(WORDS).find((code) => navigator.language.startsWith(code)) ?? "en";
show();
takeKnown();
