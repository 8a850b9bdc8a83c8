// The amendment checker beside the editor: sends the text as it stands half a second after the last key and shows the answer.
export function start(scope) {
  const place = scope.querySelector("[data-check]");
  const form = place?.closest("form");
  if (!place || !form) return;
  let timer = 0;
  let asked = 0;
  async function look() {
    const mine = ++asked;
    try {
      const answer = await fetch(place.dataset.check, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      const words = await answer.text();
      if (!answer.ok || mine !== asked) return; // a later answer is on its way, or the page still has its own button
      const read = new DOMParser().parseFromString(words, "text/html");
      place.replaceChildren(...read.body.childNodes);
      place.hidden = false;
    } catch {
      // without a connection the button below the form does the same
    }
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 500);
  });
}
