// What is looked at on every page beside what axe looks at.

// Runs in the page: what a person sees and reaches of it.
export function survey() {
  const visible = (element) => element.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true })
    && element.getClientRects().length > 0;
  const language = document.documentElement.lang;
  // What people have written, and marks for machines, are in no language of the page's.
  const apart = (element) => element.closest("script, style, code, pre, textarea, .nar-quote, .nar-words, .nar-code, .nar-answers dd")
    || element.closest("[lang]").lang !== language;
  const texts = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data.trim();
    if (text && !apart(node.parentElement) && visible(node.parentElement)) texts.add(text);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [alt], [placeholder]"))
    for (const name of ["aria-label", "title", "alt", "placeholder"]) {
      const text = element.getAttribute(name)?.trim();
      if (text && !apart(element)) texts.add(text);
    }
  const reach = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((element) => visible(element) && !element.disabled && !element.closest("[aria-hidden=true]"));
  const told = (element) => element.outerHTML.slice(0, 120);
  const unmarked = [];
  const looks = (element) => [element, element.parentElement, element.nextElementSibling].filter(Boolean)
    .flatMap((one) => [null, "::before", "::after"].map((part) => {
      const style = getComputedStyle(one, part);
      return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.backgroundColor,
        style.borderColor].join();
    })).join(";");
  for (const element of reach.slice(0, 150)) {
    const before = looks(element);
    element.focus({ preventScroll: true });
    if (document.activeElement !== element) unmarked.push(`cannot be focused: ${told(element)}`);
    else if (looks(element) === before) unmarked.push(`its focus is not seen: ${told(element)}`);
    element.blur();
  }
  return {
    language, title: document.title, heads: [...document.querySelectorAll("h1")].filter(visible).map((h) => h.innerText.trim()),
    wider: document.documentElement.scrollWidth - window.innerWidth, texts: [...texts], unmarked,
    // What is inside an element that Tab skips and that shows parts of it by itself is skipped with it.
    skipped: reach.filter((element) => element.tabIndex !== 0 || element.closest("details[tabindex='-1']")).map(told),
  };
}

const letters = (words) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, "iu");
const english = letters("the|of|and|for|with|this|your|are|was|has|have|not|from|when|which|been|must|cannot|there|will|only|each|every");
const azerbaijani = letters("və|üçün|ilə|deyil|olan|edin|yoxdur|hər|bütün|olunub|edilib|tarix|bəli|xeyr");
const cyrillic = /[а-яё]{2,}/iu;
// A code of a record where its words should stand, or what a template could not fill in.
const unfilled = /\b[a-z]+(_[a-z]+)+\b|%\(|\{\{|\bNone\b(?! of)|\bundefined\b|\bNaN\b|\[object/u;

const strangers = { az: [english, cyrillic], en: [azerbaijani, cyrillic], ru: [english, azerbaijani] };

// Languages are called by their own names.
const names = /Azərbaycanca|English|Русский/gu;

export const untranslated = (language, texts) => texts.filter((text) =>
  [...strangers[language], unfilled].some((pattern) => pattern.test(text.replace(names, ""))));

// A document that is issued, and the page that is kept on a disk, are in a language of their own and
// under no name of the portal.
const standing = new Set(["results.certificate", "public.verify_page"]);

export function faults(endpoint, language, found) {
  if (standing.has(endpoint)) return found.wider > 0 ? [`is ${found.wider} px wider than the window`] : found.unmarked;
  const wrong = [];
  if (found.language !== language) wrong.push(`is in ${found.language}, not in ${language}`);
  if (found.wider > 0) wrong.push(`is ${found.wider} px wider than the window`);
  if (found.heads.length !== 1) wrong.push(`has ${found.heads.length} first headings: ${found.heads.join(" | ")}`);
  if (!/^\S.* — \S/.test(found.title)) wrong.push(`its title is "${found.title}"`);
  for (const text of untranslated(language, found.texts)) wrong.push(`not in its language: "${text}"`);
  for (const element of found.skipped) wrong.push(`Tab does not reach ${element}`);
  return [...wrong, ...found.unmarked];
}
