// A grid opens at its latest months, and a cell under the pointer says what its mark means.

const scroller = document.querySelector(".grid-scroll");
if (scroller) {
  scroller.scrollLeft = scroller.scrollWidth;
  scroller.addEventListener("mouseover", ({ target }) => {
    const td = target.closest("td[data-state]");
    if (td && !td.title) td.title = td.querySelector("i").textContent;
  });
}
