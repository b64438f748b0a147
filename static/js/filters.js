// With htmx the figures follow every choice, so the button that asks for them is not needed.
const form = document.querySelector("form.scope");
if (form && window.htmx) {
  form.classList.add("is-live");
}
