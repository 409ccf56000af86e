// Files may be dropped on the form, and one sees how far they are. Without it, the form works.
"use strict";

(() => {
  document.querySelector("[data-focus]")?.focus();
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const area = form.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  const chosen = form.querySelector("[data-chosen]");
  const progress = form.querySelector("[data-progress]");
  const most = Number(form.dataset.most) * 1024 * 1024;

  function tell() {
    const files = [...input.files];
    const big = files.find((file) => file.size > most);
    chosen.textContent = big ? `${big.name}: ${form.dataset.tooBig}` : files.map((file) => file.name).join("、");
    chosen.classList.toggle("late", Boolean(big));
  }

  input.addEventListener("change", tell);
  for (const name of ["dragenter", "dragover"]) {
    area.addEventListener(name, (event) => { event.preventDefault(); area.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    area.addEventListener(name, (event) => { event.preventDefault(); area.classList.remove("over"); });
  }
  area.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    tell();
  });
  form.addEventListener("submit", () => {
    progress.textContent = form.dataset.sending + "…";
    form.querySelector("button").setAttribute("aria-busy", "true");
  });
})();
