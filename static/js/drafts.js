// What is typed into a site's form waits in this tab until the server says that it has it: in a
// draft, or in a report with its receipt. Neither a broken line nor a page left too soon loses it.

const form = document.querySelector(".report-form");
const received = document.querySelector("[data-received]");
const said = document.querySelector("#live-checks");
const { keep: store } = (form ?? received).dataset;
const boxes = form ? [...form.elements].filter((own) => own.name && own.type !== "submit"
  && own.name !== "csrfmiddlewaretoken") : [];
let typed = 0; // how often something was typed, and how often when the last draft was sent
let sent = 0;
let isUnkept = false;
let isLeaving = false; // submitted: a draft sent after it would say that it was not

function forget() {
  isUnkept = false;
  try { sessionStorage.removeItem(store); } catch { /* nothing is kept */ }
}

function keep() {
  const texts = Object.fromEntries(boxes.map((own) => [own.name, own.value]));
  try { sessionStorage.setItem(store, JSON.stringify(texts)); } catch { /* it stays on the page */ }
}

// The version that was in view comes back too: what was saved in between shows as a conflict.
function bringBack() {
  let texts = null;
  try { texts = JSON.parse(sessionStorage.getItem(store)); } catch { /* nothing is kept */ }
  const other = boxes.filter(({ name, value }) => name in (texts ?? {}) && texts[name] !== value);
  if (!other.some(({ type }) => type !== "hidden")) return forget();
  for (const own of other) {
    own.value = texts[own.name];
    own.closest("details")?.setAttribute("open", "");
  }
  said.textContent = "What you typed before and what had not arrived is here again.";
  form.dispatchEvent(new Event("input", { bubbles: true })); // it is checked and kept as a draft
}

if (received) forget();
form?.addEventListener("input", () => { typed += 1; isUnkept = true; keep(); });
form?.addEventListener("submit", ({ submitter }) => {
  isUnkept = false; // it leaves with the form
  isLeaving = true;
  said.dispatchEvent(new Event("htmx:abort"));
  if (!submitter?.name) keep();
});
addEventListener("pageshow", () => { isLeaving = false; });
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (isLeaving) event.preventDefault();
  sent = typed;
});
document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && sent === typed) forget();
});
document.body.addEventListener("htmx:sendError", () => {
  said.textContent = "No connection: what you typed waits in this browser window. Leave it open.";
});
addEventListener("beforeunload", (event) => {
  if (isUnkept) event.preventDefault();
});
if (form) addEventListener("DOMContentLoaded", bringBack); // htmx listens by then
