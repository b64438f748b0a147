// The button says how many reports it approves. Without this it speaks of "the ticked ones".
const label = document.querySelector("[data-ticked-label]");
const boxes = [...document.querySelectorAll('input[name="seen"][form="approve"]')];

if (label) {
  const plain = label.textContent;
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    label.textContent = ticked ? `Approve ${ticked} report${ticked === 1 ? "" : "s"}` : plain;
  };
  boxes.forEach((box) => box.addEventListener("change", count));
  window.addEventListener("pageshow", count);
  count();
}
