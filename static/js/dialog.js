// A link that opens a dialog of its own page; without scripts it leads where its address says.
// Escape closes the dialog and gives the keyboard back to the link: browsers do that by themselves.

document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement) event.target.close(); // beside what it says
  const link = event.target.closest("[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.getElementById(link.dataset.dialog).showModal();
});
