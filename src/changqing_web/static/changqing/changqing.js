// Small helps; every page works without them.
"use strict";

document.querySelector("[data-focus]")?.focus();

document.addEventListener("keydown", (event) => {
  // Fields alone: a button's key must not take Enter from the link or button in focus.
  const field = document.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (field && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    field.focus();
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-switch]")) return;
  const root = document.documentElement;
  const next = { auto: "dark", dark: "light", light: "auto" };
  root.dataset.theme = next[root.dataset.theme] || "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});
