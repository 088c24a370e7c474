// Comforts only: every task works without this file.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    const button = form.querySelector("[data-prevent-double-click]");
    if (!button) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}

const summary = document.querySelector(".govuk-error-summary");
if (summary) summary.focus();

// A QR code leads here with its signed part behind the #, which only the browser has.
const fragment = document.getElementById("fragment-form");
if (fragment && location.hash.length > 1) {
  const path = location.pathname;
  document.getElementById("fragment-text").value =
    `HTTPS://${fragment.dataset.host.toUpperCase()}${path}${location.hash}`;
  fragment.submit();
}
