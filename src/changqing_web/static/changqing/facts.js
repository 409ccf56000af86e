// What is not clear yet empties its field, and a choice that stands alone the others.
"use strict";

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.name) return;
  if (box.name.endsWith("~unclear") && box.checked) {
    const field = document.getElementsByName(box.name.slice(0, -"~unclear".length))[0];
    if (field) field.value = "";
  }
  if (box.type === "checkbox" && box.checked && !box.name.includes("~")) {
    const alone = (one) => one.value === "unclear" || one.value === "none_of_them";
    for (const other of document.getElementsByName(box.name)) {
      if (other !== box && (alone(box) || alone(other))) other.checked = false;
    }
  }
});

document.addEventListener("input", (event) => {
  const clear = document.getElementsByName(`${event.target.name}~unclear`)[0];
  if (clear && event.target.value) clear.checked = false;
});
