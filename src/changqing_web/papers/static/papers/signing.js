// One button chooses “yes” for all papers at once; it stands there only with script.
"use strict";
const bar = document.querySelector("[data-yes-to-all]");
if (bar) {
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const fact = event.target.closest("[data-yes]")?.dataset.yes;
    if (!fact) return;
    for (const input of document.querySelectorAll('#signing input[value="true"]')) {
      if (input.name.endsWith("." + fact)) input.checked = true;
    }
  });
}
