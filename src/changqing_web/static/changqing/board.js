// Ticking a whole page of cases, and saying how many are ticked.
"use strict";

function boxes() {
  return [...document.querySelectorAll('input[name="case"][form="assign"]')];
}

function told() {
  const all = document.querySelector("[data-tick-all]");
  const said = document.querySelector("[data-ticked]");
  if (!all || !said) return;
  const ticked = boxes().filter((box) => box.checked).length;
  all.hidden = false;
  all.checked = ticked > 0 && ticked === boxes().length;
  all.indeterminate = ticked > 0 && !all.checked;
  said.textContent = ticked ? said.dataset.one.replace("{n}", ticked) : "";
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-tick-all], [form=assign]")) told();
});
document.addEventListener("htmx:afterSettle", told);
told();
