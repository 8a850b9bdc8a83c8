// The list of questions above a paper that stands on one page: how far each is, as it is filled in. Nothing leaves the page here.
import { read } from "./paper.js";

function stateOf(form, question, words, seen) {
  const { answers, problems } = read(form, [question], words);
  if (problems.length > 0) return "wrong";
  if (answers[0].ranking.length > 0 || answers[0].verdicts) return "answered";
  return seen.has(question.key) ? "blank" : "to do";
}

function tag({ words, colour }) {
  const made = document.createElement("strong");
  made.className = `govuk-tag govuk-tag--${colour}`;
  made.textContent = words;
  return made;
}

function upgrade(list) {
  const { paper, words } = JSON.parse(list.closest("[data-seal]").dataset.seal);
  const form = list.closest("form");
  const seen = new Set(); // where the voter has been: what is empty there was left blank
  const sectionOf = ({ key }) => document.getElementById(`${key}-title`).closest("section");
  const update = () => {
    for (const question of paper.questions) {
      const place = document.getElementById(`${question.key}-state`);
      const state = words.states[stateOf(form, question, words, seen)];
      if (place.textContent !== state.words) place.replaceChildren(tag(state));
    }
  };
  const leave = ({ target, relatedTarget }) => {
    for (const question of paper.questions) {
      const section = sectionOf(question);
      if (section.contains(target) && !section.contains(relatedTarget)) seen.add(question.key);
    }
    update();
  };
  form.addEventListener("focusout", leave);
  form.addEventListener("change", update);
  form.addEventListener("click", () => setTimeout(update)); // a move button has changed the numbers by then
  form.addEventListener("submit", () => {
    for (const question of paper.questions) seen.add(question.key);
    update();
  });
  addEventListener("pageshow", update);
  update();
}

export function start(scope) {
  for (const list of scope.querySelectorAll("[data-tasks]")) upgrade(list);
}
