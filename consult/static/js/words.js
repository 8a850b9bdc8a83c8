// Says how many words are left in a text with a limit, while one types; the server counts again and decides.
const PAUSE = 600;

function count(text) {
  return text.split(/\s+/u).filter(Boolean).length;
}

function watch(field) {
  const limit = Number(field.dataset.limit);
  const seen = document.createElement("p");
  seen.className = "govuk-hint words-left";
  seen.setAttribute("aria-hidden", "true");
  const said = document.createElement("p");
  said.className = "govuk-visually-hidden";
  said.setAttribute("role", "status");
  field.after(seen, said);
  let timer;
  const show = () => {
    const left = limit - count(field.value);
    const words = (left < 0 ? field.dataset.over : field.dataset.left).replace("%s", Math.abs(left));
    seen.textContent = words;
    seen.classList.toggle("words-left--over", left < 0);
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (document.activeElement === field && (left < 0 || left <= limit / 5)) said.textContent = words;
    }, PAUSE);
  };
  field.addEventListener("input", show);
  show();
}

export function start(scope) {
  for (const field of scope.querySelectorAll("[data-limit]")) watch(field);
}
