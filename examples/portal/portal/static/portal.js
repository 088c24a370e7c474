// Comforts only: every task works without this file.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    const button = form.querySelector("[data-prevent-double-click]");
    if (!button) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}

// What is typed is kept while it is typed; Ctrl and Enter sends.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const state = document.getElementById("draft-state");
  let waits = null;
  let last = "";
  const keep = async () => {
    waits = null;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
    const body = new URLSearchParams(data);
    if (body.toString() === last || form.dataset.sent) return;
    last = body.toString();
    const answer = await fetch(form.dataset.draft, { method: "POST", body }).catch(() => null);
    const kept = answer !== null && answer.status === 204;
    if (!kept) last = "";
    if (state) state.textContent = kept ? state.dataset.kept : state.dataset.failed;
  };
  form.addEventListener("input", () => { waits ??= setTimeout(keep, 1500); });
  form.addEventListener("submit", () => { clearTimeout(waits); waits = 0; });
  if (form.hasAttribute("data-hurry"))
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const summary = document.querySelector(".govuk-error-summary");
if (summary) summary.focus();

// Fields that hang on one answer of a form are hidden until it is given.
const chosen = (form, name) =>
  [...form.elements].filter((one) => one.name === name)
    .filter((one) => (one.type === "radio" || one.type === "checkbox" ? one.checked : one.value))
    .map((one) => one.value);
for (const part of document.querySelectorAll("[data-shown-if]")) {
  const values = JSON.parse(part.dataset.values);
  const form = part.closest("form");
  const update = () => {
    part.hidden = !chosen(form, part.dataset.shownIf).some((value) => values.includes(value));
  };
  part.classList.add("nar-conditional--scripted");
  form.addEventListener("change", update);
  update();
}

// Pictures that can be read under the pointer, where there are any.
if (document.querySelector("[data-chart]")) import("./chart.js");
if (document.querySelector("[data-map]")) import("./map.js");

for (const button of document.querySelectorAll("[data-choose-all]")) {
  const boxes = [...button.form.elements].filter((one) => one.name === "item");
  button.hidden = boxes.length < 2;
  button.addEventListener("click", () => {
    const all = boxes.every((one) => one.checked);
    for (const one of boxes) one.checked = !all;
  });
}
