// Counts again what the rule of a roll comes to while one writes it; without this a button does the same.
const PAUSE = 700;

export function start(root) {
  for (const place of root.querySelectorAll("[data-roll-count]")) watch(place, place.closest("form"));
}

function watch(place, form) {
  let timer;
  let newest = 0;
  async function count() {
    const mine = ++newest;
    const sent = new FormData(form);
    sent.set("count", "y");
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent });
      if (!answer.ok || mine !== newest) return;
      const made = new DOMParser().parseFromString(await answer.text(), "text/html");
      const counted = made.querySelector("[data-roll-count]");
      if (counted) place.replaceChildren(...counted.childNodes);
    } catch {
      // away for a moment: the figures stay, and the button still counts
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(count, PAUSE);
  });
}
