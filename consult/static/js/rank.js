// Moves candidates up and down in place, without a trip to the server, and says what happened. The rows never re-order
// themselves: only the numbers change. Everything it does, the same buttons do without it.
function number(field) {
  return /^\d+$/u.test(field.value.trim()) ? Number(field.value.trim()) : null;
}

function say(group, text) {
  const live = group.querySelector("[data-said]");
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = text));
}

function recount(group, fields) {
  const shown = group.querySelector("[data-count]");
  const ranked = fields.filter((field) => field.value.trim()).length;
  shown.textContent = shown.dataset.count.replace("%s", ranked).replace("%t", fields.length);
}

/** The ranked fields from first to last; equal numbers keep the order of the page. */
function inOrder(fields) {
  return fields.filter((field) => number(field) !== null).sort((a, b) => number(a) - number(b));
}

function renumber(order) {
  order.forEach((field, place) => (field.value = place + 1));
}

function move(fields, field, by) {
  const order = inOrder(fields);
  renumber(order);
  const place = order.indexOf(field);
  if (place < 0) {
    // Not ranked yet: up takes the next free number, down leaves it without one.
    if (by < 0) field.value = order.length + 1;
    return;
  }
  const other = order[place + by];
  if (other) [field.value, other.value] = [other.value, field.value];
  else if (by > 0) field.value = "";
}

function upgrade(group) {
  const fields = [...group.querySelectorAll("input[name^=rank-]")];
  const nameOf = (field) => field.closest("[data-id]").querySelector(".ranking__name").textContent;
  const told = (field, by) =>
    (by < 0 ? group.dataset.up : group.dataset.down).replace("%s", nameOf(field)) + (field.value || "–");
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=move]");
    if (!button) return;
    event.preventDefault();
    if (button.value.startsWith("order")) {
      renumber(inOrder(fields));
      say(group, group.querySelector("[data-count]").textContent);
    } else {
      const [way, id] = button.value.split(/:(.*)/su);
      const field = fields.find((each) => each.name === `rank-${id}`);
      const by = way === "up" ? -1 : 1;
      move(fields, field, by);
      say(group, told(field, by));
    }
    recount(group, fields);
  });
  group.addEventListener("input", () => recount(group, fields));
}

export function start(scope) {
  for (const group of scope.querySelectorAll("[data-module=ranking]")) upgrade(group);
}
