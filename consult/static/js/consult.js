// The one script of a page: marks that scripts run, fetches helpers only where a page has use for them.
const body = document.body;
body.classList.add("js-enabled", "govuk-frontend-supported");

const helpers = [
  ["[data-module=ranking]", "./rank.js"],
  ["[data-limit]", "./words.js"],
  ["[data-check]", "./check.js"],
  ["[data-roll-count]", "./count.js"],
  ["[data-module=hall-live]", "./hall.js"],
  ["[data-module=browser-key]", "./key.js"],
  ["[data-seal]", "./seal.js"],
  ["[data-passkey]", "./passkey.js"],
  ["[data-tasks]", "./tasks.js"],
  ["[data-module^=govuk-]:not([data-module=govuk-button]):not([data-module=govuk-skip-link])", "./anatomy.js"],
];
for (const [wanted, address] of helpers) {
  if (document.querySelector(wanted)) import(address).then((helper) => helper.start(document));
}

// A second press of a button while the first is on its way is dropped. The button stays enabled, so that it keeps its
// focus and its value, and everything works again after coming back to the page or when sending takes very long.
const sending = new WeakMap();
const PATIENCE = 8000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  const now = Date.now();
  if (now - (sending.get(form) ?? -PATIENCE) < PATIENCE) {
    event.preventDefault();
    return;
  }
  sending.set(form, now);
  form.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    sending.delete(form);
    form.removeAttribute("aria-busy");
  }
});

// The menu on narrow screens closes with Escape, and the keyboard goes back to where it was opened.
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
