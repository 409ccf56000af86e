// Enter takes a value, X leaves it, E puts it right, A takes those of the page that are
// ticked; words are pointed at on the page.
"use strict";

const deciding = document.querySelectorAll("[data-deciding]");
const editing = document.querySelector("[data-editing]");
const words = document.querySelector("[data-words-field]");

function typing(element) {
  return element.matches("input:not([type=checkbox]), textarea, select, summary, a, button");
}

document.addEventListener("keydown", (event) => {
  if (!deciding.length || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "e" && editing) {
    event.preventDefault();
    editing.open = true;
    const field = editing.querySelector("input, textarea, select");
    if (field) field.focus();
    return;
  }
  const button = document.querySelector(`[data-deciding] [data-key="${key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

function point(said) {
  if (!words || !said.trim()) return;
  editing.open = true;
  words.value = said.trim();
}

for (const place of document.querySelectorAll(".page-view [data-words]")) {
  place.addEventListener("click", () => point(place.dataset.words));
}

const lines = document.querySelector("[data-lines]");
if (lines) {
  lines.addEventListener("mouseup", () => point(String(document.getSelection())));
}
