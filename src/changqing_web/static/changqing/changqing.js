// Small helps; every page works without them.
"use strict";

document.querySelector("[data-focus]")?.focus();

// A row of tabs that is wider than the window begins at the page one is on.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.parentElement;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - row.offsetLeft - row.clientWidth / 3;
}

// The address of a list that was narrowed says what was chosen, and nothing else.
document.addEventListener("formdata", (event) => {
  if (!event.target.matches("form.filters")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

document.addEventListener("keydown", (event) => {
  // Fields alone: a button's key must not take Enter from the link or button in focus.
  const field = document.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (field && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
    field.select();
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-switch]")) return;
  const root = document.documentElement;
  const next = { auto: "dark", dark: "light", light: "auto" };
  root.dataset.theme = next[root.dataset.theme] || "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});
