// A grid that is typed into like a spreadsheet: keys move, blocks are pasted, and only the cells
// that were changed are sent. What was typed outlives a session that ends and a line that breaks.

const form = document.querySelector(".grid-form");
const rows = [...form.querySelectorAll("tr[data-code]")].map((tr) => ({
  site: tr.querySelector("th a").textContent,
  report: `/sites/${tr.dataset.code}/reports/`,
  cells: [...tr.querySelectorAll("td")].map((td) => [td, ...td.querySelectorAll("input")]),
}));
const months = [...form.querySelectorAll("thead th[id]")].map((th) => th.textContent.trim());
const [saveButton, said, here] = [...form.querySelector(".grid-foot").children];
const KINDS = ["live births", "infant deaths"];
const places = new Map(); // box -> where it stands: row, column, and 0 or 1 for its kind
rows.forEach(({ cells }, row) => cells.forEach(([, ...boxes], column) =>
  boxes.forEach((box, kind) => places.set(box, { row, column, kind }))));

const boxAt = (row, column, kind) => rows[row]?.cells[column]?.[kind + 1];
const shown = (box) => box.dataset.shown ?? box.defaultValue;
const isChanged = (box) => box.value.trim() !== shown(box);
const changedCells = () => rows.flatMap(({ cells }) =>
  cells.filter(([, ...boxes]) => boxes.some(isChanged)));
const plural = (number, thing) => `${number} ${thing}${number === 1 ? "" : "s"}`;

// --- What has been changed ------------------------------------------------------------------

function mark(box) {
  const td = box.parentElement;
  td.toggleAttribute("data-typed", [...td.querySelectorAll("input")].some(isChanged));
}

function count() {
  const number = changedCells().length;
  saveButton.textContent = number ? `Save ${plural(number, "cell")}` : "Save";
  const words = number ? `${plural(number, "cell")} changed, not saved yet` : "Nothing changed";
  if (said.textContent !== words) said.textContent = words; // it is read aloud whenever it is set
}

function change(box, text) {
  box.value = text;
  mark(box);
}

form.addEventListener("input", ({ target }) => {
  if (!places.has(target)) return;
  mark(target);
  count();
  keep();
});

// --- Moving -----------------------------------------------------------------------------------

function describe(box) {
  const { row, column, kind } = places.get(box);
  const word = box.parentElement.querySelector("i").textContent;
  const before = isChanged(box) ? ` Before: ${shown(box) || "nothing"}.` : "";
  here.textContent = `${rows[row].site}, ${months[column]}, ${KINDS[kind]}: ${word}.${before} `;
  const link = Object.assign(document.createElement("a"), {
    href: `${rows[row].report}${months[column]}/`, textContent: "The whole report",
  });
  here.append(link);
}

function step({ row, column, kind }, down, right) {
  const width = months.length * 2;
  for (let place = column * 2 + kind; ;) {
    row += down;
    place += right;
    if (row < 0 || row >= rows.length || place < 0 || place >= width) return null;
    const box = boxAt(row, place >> 1, place % 2);
    if (box) return box; // those that cannot be typed into are stepped over
  }
}

function isAtEdge(box, side) {
  const { selectionStart: from, selectionEnd: to, value } = box;
  return (from === 0 && to === value.length) || (side < 0 ? to === 0 : from === value.length);
}

const KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

form.addEventListener("keydown", (event) => {
  const { target: box, key } = event;
  if (!places.has(box) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (key === "Escape" && isChanged(box)) {
    change(box, shown(box));
    box.select();
    count();
    keep();
    describe(box);
    return;
  }
  const way = key === "Enter" ? [event.shiftKey ? -1 : 1, 0] : KEYS[key];
  if (!way || (way[1] && (event.shiftKey || !isAtEdge(box, way[1])))) return;
  event.preventDefault(); // Enter would send the form
  step(places.get(box), ...way)?.focus();
});

form.addEventListener("focusin", ({ target }) => {
  if (!places.has(target)) return;
  target.select();
  describe(target);
});

// --- Pasting a block ----------------------------------------------------------------------------

// Rows of cells; a spreadsheet puts a cell that holds a line break or a quote into quotes.
function readBlock(text) {
  const block = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const [letter, line] = [text[at], block.at(-1)];
    if (quoted && letter === '"' && text[at + 1] === '"') { line[line.length - 1] += '"'; at += 1; }
    else if (letter === '"' && (quoted || line.at(-1) === "")) quoted = !quoted;
    else if (!quoted && letter === "\t") line.push("");
    else if (!quoted && letter === "\n") block.push([""]);
    else if (letter !== "\r") line[line.length - 1] += letter;
  }
  if (block.length > 1 && block.at(-1).join("") === "") block.pop();
  return block.map((line) => line.map((cell) => cell.trim()));
}

function target({ row, column, kind }, down, right, isPaired) {
  const place = isPaired ? column * 2 + kind + right : (column + right) * 2 + kind;
  return { row: row + down, column: place >> 1, kind: place % 2 };
}

function say(text, { row, column, kind }) {
  if (row >= rows.length) return `${text}: below the last site`;
  if (column >= months.length) return `${text}: right of the last month`;
  const word = rows[row].cells[column][0].querySelector("i").textContent;
  return `${text}: ${rows[row].site}, ${months[column]}, ${KINDS[kind]} (${word})`;
}

function paste(start, block) {
  const isPaired = form.elements.paste.value === "two";
  const before = [], left = [];
  block.forEach((line, down) => line.forEach((text, right) => {
    if (text === "") return;
    const place = target(start, down, right, isPaired);
    const box = boxAt(place.row, place.column, place.kind);
    const stands = rows[place.row]?.cells[place.column]?.[0].querySelectorAll("b")[place.kind];
    if (box) {
      before.push([box, box.value]);
      change(box, text);
    } else if (stands?.textContent !== text) left.push(say(text, place));
  }));
  count();
  keep();
  tell(`${plural(before.length, "number")} pasted.`, left, "were not pasted, because their places cannot be typed into:",
    "Undo the paste", () => before.forEach(([box, text]) => change(box, text)));
}

form.addEventListener("paste", (event) => {
  const place = places.get(event.target);
  const block = place && readBlock(event.clipboardData.getData("text/plain"));
  if (!block || (block.length === 1 && block[0].length === 1)) return; // one number, like any text
  event.preventDefault();
  paste(place, block);
});

// --- Saying what happened -----------------------------------------------------------------------

let notice = null;

function tell(title, left, why, doing, act) {
  notice?.remove();
  notice = document.createElement("div");
  notice.className = `notice notice-${left.length ? "warning" : "info"}`;
  notice.setAttribute("role", "status");
  const body = notice.appendChild(document.createElement("div"));
  const add = (tag, text, into = body) =>
    into.appendChild(Object.assign(document.createElement(tag), { textContent: text }));
  add("strong", title);
  if (left.length) {
    add("p", `${plural(left.length, "number")} ${why}`);
    const list = add("ul", "");
    left.forEach((text) => add("li", text, list));
  }
  const button = add("button", doing);
  button.type = "button";
  button.className = "btn";
  button.addEventListener("click", () => {
    act();
    notice.remove();
    count();
    keep();
  });
  form.querySelector(".grid-scroll").before(notice);
}

// --- Keeping and sending -------------------------------------------------------------------------

const store = `grid ${form.dataset.keep} ${location.pathname}`;
let isSending = false;
let elsewhere = []; // what was typed for months that this page does not show

function keep() {
  const typed = changedCells().flatMap(([, ...boxes]) => boxes.filter(isChanged))
    .map((box) => [box.name, box.value, shown(box)]);
  const cells = [...typed, ...elsewhere];
  try {
    if (cells.length) sessionStorage.setItem(store, JSON.stringify(cells));
    else sessionStorage.removeItem(store);
  } catch { /* a browser that keeps nothing: what is typed stays on the page alone */ }
}

// 12 was stored where 12.0 was typed.
const isSame = (one, other) => one.trim() === other.trim() || (one.trim() && Number(one) === Number(other));

// What was typed and has not arrived, after the session had ended or the line broke. What was
// saved since, here or by somebody else, is not overwritten.
function bringBack() {
  let kept = [];
  try {
    kept = JSON.parse(sessionStorage.getItem(store)) ?? [];
  } catch { return; }
  const before = [], left = [];
  for (const [name, text, seen] of kept) {
    const box = form.elements[name];
    if (!places.has(box)) elsewhere.push([name, text, seen]);
    if (!places.has(box) || isSame(box.value, text)) continue;
    if (shown(box) !== seen || isChanged(box)) {
      const { row, column, kind } = places.get(box);
      left.push(`${text}: ${rows[row].site}, ${months[column]}, ${KINDS[kind]} (now ${box.value || "empty"})`);
      continue;
    }
    before.push([box, box.value]);
    change(box, text);
  }
  if (before.length || left.length) {
    tell(`${plural(before.length, "number")} typed earlier and not saved: here again.`, left,
      "were not brought back, because something else stands there by now:",
      "Leave them out", () => before.forEach(([box, text]) => change(box, text)));
  }
  keep();
}

form.addEventListener("formdata", ({ formData }) => {
  formData.delete("paste");
  for (const box of places.keys()) {
    if (![...box.parentElement.querySelectorAll("input")].some(isChanged)) formData.delete(box.name);
  }
});

form.addEventListener("submit", (event) => {
  if (isSending) event.preventDefault(); // the second click of two
  isSending = true;
  if (event.submitter?.name !== "discard") return keep();
  try {
    sessionStorage.removeItem(store);
  } catch { /* nothing is kept */ }
});

addEventListener("pageshow", () => { isSending = false; });
addEventListener("beforeunload", (event) => {
  if (!isSending && changedCells().length) event.preventDefault();
});

form.querySelectorAll("[data-scripted]").forEach((own) => { own.hidden = false; });
for (const box of places.keys()) mark(box);
bringBack();
count();
