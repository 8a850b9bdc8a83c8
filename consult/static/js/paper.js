// Reads a ballot paper from its form, as the server would: answers, or what is wrong and where. Nothing leaves the page here.
const DIGITS = /^\d{1,4}$/u;

/** Options ranked equal are a list of two or more in ascending order, one alone is its position. */
function marks(places) {
  if (places.length === 0) return [];
  return [places.length === 1 ? places[0] : [...places].sort((a, b) => a - b)];
}

function chosen(form, question, words, problems) {
  const keys = new FormData(form).getAll(question.key);
  const places = question.options.flatMap((option, place) => (keys.includes(option.key) ? [place] : []));
  if (question.most && places.length > question.most) {
    const text = words.most.replace("%s", question.most).replace("%t", question.title);
    problems.push({ id: `${question.key}-${question.options[0].key}`, text });
  }
  return marks(places);
}

function ranked(form, question, words, problems) {
  const levels = new Map();
  const field = (place) => form.elements[`rank-${question.key}-${question.options[place].key}`];
  const wrong = (place, text) => problems.push({ id: field(place).id, text });
  question.options.forEach((option, place) => {
    const typed = field(place).value.trim();
    if (!typed) return;
    const number = DIGITS.test(typed) ? Number(typed) : 0;
    if (number === 0) wrong(place, words.number.replace("%s", typed.slice(0, 20)));
    else levels.set(number, [...(levels.get(number) ?? []), place]);
  });
  const order = [...levels.keys()].sort((a, b) => a - b);
  if (question.form !== "rank-ties") {
    for (const number of order.filter((each) => levels.get(each).length > 1)) {
      for (const place of levels.get(number)) wrong(place, words.twice.replace("%s", number));
    }
    const gap = order.findIndex((number, place) => number !== place + 1);
    if (gap >= 0) wrong(levels.get(order[gap])[0], words.gap.replace("%s", gap + 1));
  }
  return order.flatMap((number) => marks(levels.get(number)));
}

function verdicts(form, question) {
  const said = question.options.map((option) => form.elements[`verdict-${question.key}-${option.key}`].value);
  if (!said.some(Boolean)) return "";
  return said.map((word) => ({ for: "+", against: "-" })[word] ?? "0").join("");
}

/** The answers in the order of the questions, and the problems as [{id, text}]. */
export function read(form, questions, words) {
  const problems = [];
  const answers = questions.map((question) => {
    const choosing = ["choice", "one", "several"].includes(question.form);
    const ranking = (choosing ? chosen : ranked)(form, question, words, problems);
    const marksOf = question.form === "adopt-and-rank" ? verdicts(form, question) : "";
    return { question: question.key, ranking, verdicts: marksOf };
  });
  return { answers, problems };
}

/** The bytes that are sealed: canonical JSON, followed by spaces up to the one length of the ballot. */
export function bytes(answers, length) {
  const text = JSON.stringify(answers.map(({ question, ranking, verdicts: said }) => ({ question, ranking, verdicts: said })));
  const data = new TextEncoder().encode(text.padEnd(length, " "));
  if (data.length !== length) throw new Error(`a paper of ${data.length} bytes`);
  return data;
}

/** One answer in words, a line for each choice. */
export function inWords(question, answer, words) {
  const names = question.options.map((option) => option.name);
  const lines = answer.ranking.map((level, place) => {
    const held = [level].flat().map((each) => names[each]);
    return question.form.includes("rank") ? `${place + 1}. ${held.join(words.and)}` : held.join(words.and);
  });
  [...answer.verdicts].forEach((mark, place) => lines.push(`${names[place]}: ${words.verdicts[mark]}`));
  return lines.length ? lines : [words.blank];
}
