// A button that prints needs a script, so it takes the place of the words where one runs.
const button = document.querySelector("[data-print]");
if (button) {
  button.addEventListener("click", () => window.print());
  button.hidden = false;
  document.querySelector("[data-print-words]").hidden = true;
}
