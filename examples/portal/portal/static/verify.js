// Codes from the camera and from photographs, read in the browser; only the text of a code of this
// portal is sent to it. Every task works without this file, by text, file, or number and birth date.
import { hasCamera, hostOf, readPhoto, scan } from "/assets/scan.mjs";

const at = (id) => document.getElementById(id);

// Browsers and telephones write small letters where a code has capitals.
const capitals = (text) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase());

function offerPrint() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const part of document.querySelectorAll("main details")) part.open = true;
      window.print();
    });
  }
}

// A QR code leads here with its signed part behind the #, which only the browser has.
function sendFragment(form) {
  if (location.hash.length < 2) return;
  at("fragment-text").value = `HTTPS://${capitals(form.dataset.host)}${location.pathname}${location.hash}`;
  at("fragment-wait").hidden = false;
  form.submit();
}

function scanning(form) {
  const host = form.dataset.host.toLowerCase();
  let stop = null;

  function tell(problem, values = {}) {
    at("problem").textContent = form.dataset[problem].replace(/\{(\w+)\}/g, (_, name) => values[name]);
    at("problem").hidden = false;
    at("problem").focus();
  }

  function close() {
    stop?.();
    stop = null;
    at("scanner").hidden = true;
  }

  // A code of another site is named, and neither sent nor followed.
  function take(text) {
    const found = hostOf(text);
    if (found !== host) return tell(found ? "otherHost" : "noLink", { host: found });
    at("text").value = text;
    return form.submit();
  }

  async function open() {
    close();
    at("problem").hidden = true;
    at("scanner").hidden = false;
    try {
      stop = await scan(at("video"), window.jsQR, (text) => {
        close();
        take(text);
      });
    } catch {
      close();
      tell("noCamera");
    }
  }

  async function photo() {
    const [file] = at("photo").files;
    at("problem").hidden = true;
    if (!file) return;
    try {
      const text = await readPhoto(file, window.jsQR);
      if (text === null) tell("noCode");
      else take(text);
    } catch {
      tell("noPicture");
    }
    at("photo").value = "";
  }

  at("scanning").hidden = false;
  at("camera").hidden = !hasCamera();
  at("camera").addEventListener("click", open);
  at("stop").addEventListener("click", close);
  at("photo").addEventListener("change", photo);
}

offerPrint();
if (at("fragment-form")) sendFragment(at("fragment-form"));
if (at("code-form")) scanning(at("code-form"));
