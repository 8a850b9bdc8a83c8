// A sitting as it goes on: asks every few seconds whether anything has happened, and shows it. Without it, reloading does.
const EVERY = 5000;
const SLOWEST = 60000;

export function start(root) {
  for (const place of root.querySelectorAll("[data-module=hall-live]")) follow(place);
}

function follow(place) {
  let tag = "";
  let wait = EVERY;
  async function look() {
    if (!document.hidden) {
      try {
        const answer = await fetch(place.dataset.address, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
        if (answer.status === 200) {
          const words = await answer.text();
          if (tag) show(place, words);
          tag = answer.headers.get("ETag") ?? "";
        }
        wait = answer.ok || answer.status === 304 ? EVERY : Math.min(wait * 2, SLOWEST);
      } catch {
        wait = Math.min(wait * 2, SLOWEST);
      }
    }
    setTimeout(look, wait);
  }
  look();
}

function show(place, words) {
  const made = new DOMParser().parseFromString(words, "text/html");
  place.replaceChildren(...made.body.childNodes);
}
