// A committee member's signing key in this browser: made here, usable but not readable, and never sent. Ed25519 (RFC 8032).
const STORE = "keys";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("consult-signing", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function kept(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const asked = work(database.transaction(STORE, mode).objectStore(STORE));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

const stored = () => kept("readonly", (store) => store.get("mine"));

function base64url(buffer) {
  const text = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/u, "");
}

async function hex(buffer) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", buffer));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function make(box, field, say) {
  const old = await stored();
  if (old) {
    field.value = old.name;
    return say(box.dataset.exists);
  }
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  const name = base64url(await crypto.subtle.exportKey("raw", pair.publicKey));
  await kept("readwrite", (store) => store.put({ name, key: pair.privateKey }, "mine"));
  field.value = name;
  return say(box.dataset.done);
}

async function sign(box, field, say) {
  const mine = await stored();
  if (!mine) return say(box.dataset.absent);
  const answer = await fetch(box.dataset.manifest, { credentials: "same-origin" });
  const manifest = await answer.arrayBuffer();
  // Only what the page showed is signed: the bytes must have the hash that stands above.
  if ((await hex(manifest)) !== box.dataset.hash) throw new Error("the manifest is not the one on this page");
  const signature = await crypto.subtle.sign({ name: "Ed25519" }, mine.key, manifest);
  field.value = JSON.stringify({ key: mine.name, signature: base64url(signature) });
  return say(box.dataset.done);
}

export function start(scope) {
  for (const box of scope.querySelectorAll("[data-module=browser-key]")) {
    if (!globalThis.indexedDB || !crypto.subtle) continue;
    box.hidden = false;
    const field = document.getElementById(box.dataset.field);
    const said = box.querySelector("[data-said]");
    const say = (words) => (said.textContent = words);
    for (const [wanted, work] of [["[data-make]", make], ["[data-sign]", sign]]) {
      box.querySelector(wanted)?.addEventListener("click", () => {
        work(box, field, say).catch((fault) => say(box.dataset.failed + fault.message));
      });
    }
  }
}
