// Ticking a whole page of cases, saying how many are ticked, and moving by keys.
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

// j and k go from row to row, x ticks the row they are on.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  const at = rows.findIndex((row) => row.closest("tr").contains(document.activeElement));
  if (event.key === "j") rows[Math.min(at + 1, rows.length - 1)]?.focus();
  if (event.key === "k") rows[Math.max(at - 1, 0)]?.focus();
  if (event.key === "x" && at >= 0) rows[at].closest("tr").querySelector("input")?.click();
});
document.addEventListener("htmx:afterSettle", told);
told();
