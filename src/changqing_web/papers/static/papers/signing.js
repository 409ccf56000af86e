// One button chooses “yes” where the program saw the mark; it needs script to do so.
"use strict";
const bar = document.querySelector("[data-yes-to-all]");
if (bar) {
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const fact = event.target.closest("[data-yes]")?.dataset.yes;
    if (!fact) return;
    for (const input of document.querySelectorAll(`#signing [data-shown="${fact}"]`)) {
      input.checked = true;
    }
  });
}
