// Forms that save themselves as they are typed: <form data-draft="address" data-form="name">.
"use strict";

(() => {
  const WAIT = 800;
  const waiting = new Map();

  function body(form) {
    const data = new FormData(form);
    for (const [name, value] of [...data.entries()]) {
      if (value instanceof File) data.delete(name);
    }
    data.set("form", form.dataset.form);
    return data;
  }

  function say(form, words) {
    for (const place of document.querySelectorAll("[data-draft-said]")) {
      if (form.contains(place) || place.form === form) place.textContent = words;
    }
  }

  async function save(form) {
    waiting.delete(form);
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: body(form), credentials: "same-origin" });
      if (!answer.ok && answer.status !== 413) throw new Error(String(answer.status));
      say(form, (await answer.json()).said);
    } catch {
      say(form, form.dataset.draftFailed || "");
      waiting.set(form, setTimeout(save, 5000, form));
    }
  }

  function typed(event) {
    const form = event.target.closest("form[data-draft]");
    if (!form) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(save, WAIT, form));
  }

  // A reload asks for the page and its draft anew; it does not send an old answer again.
  if (document.querySelector("form[data-draft]")) history.replaceState(null, "", location.href);

  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("submit", (event) => {
    clearTimeout(waiting.get(event.target));
    waiting.delete(event.target);
  });
  window.addEventListener("pagehide", () => {
    for (const [form, timer] of waiting) {
      clearTimeout(timer);
      navigator.sendBeacon(form.dataset.draft, body(form));
    }
  });
})();
