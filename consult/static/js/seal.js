// Seals the vote in this browser (HPKE, RFC 9180): only a closed envelope leaves the page. Without scripts the same form goes to
// the server, which seals at once; the page says which of the two it is.
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "../vendor/hpke-core@1.9.0/hpke.js";
import { bytes, inWords, read } from "./paper.js";

function decode(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.codePointAt(0));
}

function encode(data) {
  const text = String.fromCharCode(...data);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/u, "");
}

/** An envelope: the encapsulated key followed by the ciphertext and its tag, single shot, base mode. */
export async function seal(publicKey, info, paper) {
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const recipientPublicKey = await suite.kem.deserializePublicKey(decode(publicKey));
  const sender = await suite.createSenderContext({ recipientPublicKey, info: new TextEncoder().encode(info) });
  const closed = new Uint8Array(await sender.seal(paper));
  const envelope = new Uint8Array(sender.enc.byteLength + closed.length);
  envelope.set(new Uint8Array(sender.enc));
  envelope.set(closed, sender.enc.byteLength);
  return encode(envelope);
}

function listProblems(box, problems) {
  const summary = box.querySelector("[data-problems]");
  const list = summary.querySelector("ul");
  list.replaceChildren(
    ...problems.map(({ id, text }) => {
      const [item, link] = [document.createElement("li"), document.createElement("a")];
      link.href = `#${id}`;
      link.textContent = text;
      item.append(link);
      return item;
    }),
  );
  summary.hidden = problems.length === 0;
  if (problems.length > 0) summary.focus();
}

function show(review, questions, answers, words) {
  const parts = questions.flatMap((question, place) => {
    const [heading, list] = [document.createElement("h3"), document.createElement("ul")];
    heading.className = "govuk-heading-s";
    heading.textContent = question.title;
    list.className = "govuk-list";
    for (const line of inWords(question, answers[place], words)) {
      const item = document.createElement("li");
      item.className = "choice";
      item.textContent = line;
      list.append(item);
    }
    return [heading, list];
  });
  review.querySelector("[data-answers]").replaceChildren(...parts);
}

/** What stands in the form beside the vote and is sent open, such as why somebody should be on the roll. */
function carry(form, review, cast, problems) {
  for (const field of form.querySelectorAll("[data-carried]")) {
    const text = field.value.trim();
    if (text.length < field.minLength) problems.push({ id: field.id, text: field.dataset.carried });
    cast.elements[field.name].value = text;
    review.querySelector("[data-carried-words]").textContent = text;
  }
}

function upgrade(box) {
  const { paper, words } = JSON.parse(box.dataset.seal);
  const [form, review] = [box.querySelector("form"), box.querySelector("[data-review]")];
  const [cast, said] = [review.querySelector("form"), review.querySelector("[data-said]")];
  let answers = [];
  box.querySelector("[data-here]").hidden = false;
  box.querySelector("[data-server]").hidden = true;
  const turn = (reviewing) => {
    form.hidden = reviewing;
    review.hidden = !reviewing;
    const shown = reviewing ? review : form.querySelector("h2") ?? form;
    shown.tabIndex = -1; // what was focused is hidden now: the next key must not begin at the top of the page again
    shown.scrollIntoView();
    shown.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const found = read(form, paper.questions, words);
    carry(form, review, cast, found.problems);
    listProblems(box, found.problems);
    if (found.problems.length > 0) return;
    answers = found.answers;
    cast.elements.sealed.value = "";
    show(review, paper.questions, answers, words);
    turn(true);
  });
  review.querySelector("[data-change]").addEventListener("click", () => turn(false));
  cast.addEventListener("submit", (event) => {
    if (cast.elements.sealed.value) return; // sealed already: this is the envelope on its way, or sent again
    event.preventDefault();
    seal(paper.key, paper.info, bytes(answers, paper.length))
      .then((envelope) => {
        cast.elements.sealed.value = envelope;
        setTimeout(() => cast.requestSubmit()); // not while the press that asked for it is still being handled
      })
      .catch((fault) => (said.textContent = words.failed + fault.message));
  });
}

export function start(scope) {
  if (!globalThis.crypto?.subtle) return; // not a secure context: the page goes on saying that the server seals
  for (const box of scope.querySelectorAll("[data-seal]")) upgrade(box);
}
