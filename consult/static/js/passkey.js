// The browser's part of a passkey (Web Authentication Level 3): asks the server what to have signed, lets the device sign it, and
// sends the answer in the page's own form. Without scripts, or where the browser knows no passkeys, the page says what to do instead.
function decode(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.codePointAt(0));
}

function encode(data) {
  const text = String.fromCharCode(...new Uint8Array(data));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/u, "");
}

/** The options as the browser takes them: what is binary comes as base64url. */
function read(sent) {
  const options = { ...sent, challenge: decode(sent.challenge) };
  if (sent.user) options.user = { ...sent.user, id: decode(sent.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (sent[list]) options[list] = sent[list].map((one) => ({ ...one, id: decode(one.id) }));
  }
  return options;
}

/** The device's answer as JSON (the standard's own form, 5.1.8). */
function write(made) {
  const { response } = made;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const said = parts.filter((part) => response[part]).map((part) => [part, encode(response[part])]);
  return {
    id: made.id,
    rawId: encode(made.rawId),
    type: made.type,
    clientExtensionResults: {},
    response: { ...Object.fromEntries(said), transports: response.getTransports?.() ?? [] },
  };
}

async function answer(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const sent = await fetch(form.dataset.options, { method: "POST", body });
  const said = sent.headers.get("Content-Type")?.includes("json") ? await sent.json() : {};
  if (!sent.ok) throw new Error(said.problem ?? sent.statusText);
  const publicKey = read(said);
  const made = said.user ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
  return JSON.stringify(write(await made));
}

function upgrade(form) {
  const words = JSON.parse(form.dataset.passkey);
  const [without, said] = [form.querySelector("[data-without]"), form.querySelector("[data-said]")];
  if (!globalThis.PublicKeyCredential) {
    without.textContent = words.none;
    return;
  }
  without.hidden = true;
  form.querySelector("[data-with]").hidden = false;
  form.addEventListener("submit", (event) => {
    if (form.elements.answer.value) return; // the device has answered: this is its answer on its way
    event.preventDefault();
    said.textContent = words.wait;
    answer(form)
      .then((text) => {
        form.elements.answer.value = text;
        setTimeout(() => form.requestSubmit()); // not while the press that asked for it is still being handled
      })
      .catch((fault) => (said.textContent = words[fault.name] ?? fault.message));
  });
  addEventListener("pageshow", () => (form.elements.answer.value = ""));
}

export function start(scope) {
  for (const form of scope.querySelectorAll("[data-passkey]")) upgrade(form);
}
