// In the admin: Select2 builds boxes of its own; they get the name of the field they stand for.

const nameOf = (select) => select.getAttribute("aria-label") ?? select.labels[0]?.textContent.trim();

function nameBoxes(select) {
  const built = select.nextElementSibling;
  const name = nameOf(select);
  if (!name || !built?.classList.contains("select2")) return;
  const box = built.querySelector(".select2-selection");
  const chosen = built.querySelector(".select2-selection__rendered");
  box.setAttribute("aria-label", name);
  built.querySelector(".select2-search__field")?.setAttribute("aria-label", name);
  if (!box.hasAttribute("aria-labelledby")) return;
  box.id = `${chosen.id}-box`;
  box.setAttribute("aria-labelledby", `${box.id} ${chosen.id}`); // “Area: North (region)”
  chosen.removeAttribute("role"); // what is chosen is text, not a second box
  chosen.removeAttribute("aria-readonly");
}

function nameAll() {
  document.querySelectorAll("select.admin-autocomplete").forEach(nameBoxes);
}

function nameSearch(event) {
  const box = document.querySelector(".select2-dropdown .select2-search__field");
  box?.setAttribute("aria-label", `Search: ${nameOf(event.target)}`);
}

// Select2 builds its boxes in jQuery's “ready”, which may come after the window's “load”; what is
// asked for later is answered later.
window.addEventListener("load", () => {
  window.django?.jQuery(nameAll);
  window.django?.jQuery(document).on("select2:open", nameSearch);
});
document.addEventListener("formset:added", () => setTimeout(nameAll)); // once it has been built
