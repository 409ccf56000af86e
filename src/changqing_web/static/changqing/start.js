// Papers of one company, dropped or chosen: folders are gone through, and files sent a few at a
// time, so that many do not fail together. Without it, the form sends what was chosen at once.
"use strict";

(() => {
  const FILES = 20;
  const BYTES = 40 * 1024 * 1024;

  for (const form of document.querySelectorAll("form[data-start]")) prepare(form);

  function prepare(form) {
    const area = form.querySelector("[data-start-drop]");
    const inputs = [...form.querySelectorAll("input[type=file]")];
    const chosen = form.querySelector("[data-start-chosen]");
    form.classList.add("scripted"); // says itself what was chosen
    let files = [];
    let token = form.elements.namedItem("start")?.value || "";

    for (const name of ["dragenter", "dragover"]) {
      area.addEventListener(name, (event) => { event.preventDefault(); area.classList.add("over"); });
    }
    for (const name of ["dragleave", "drop"]) {
      area.addEventListener(name, (event) => { event.preventDefault(); area.classList.remove("over"); });
    }
    area.addEventListener("drop", async (event) => {
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      const plain = [...event.dataTransfer.files];
      const found = entries.length ? (await Promise.all(entries.map(walk))).flat() : plain;
      add(found);
    });
    for (const input of inputs) {
      input.addEventListener("change", () => { add([...input.files]); input.value = ""; });
    }
    form.addEventListener("submit", (event) => {
      if (!files.length && !token) return;
      event.preventDefault();
      sendAll();
    });

    function add(more) {
      files = [...files, ...more.filter((file) => !file.name.startsWith("."))];
      const mega = files.reduce((sum, file) => sum + file.size, 0) / 1048576;
      const told = form.dataset.many.replace("{n}", files.length).replace("{m}", mega.toFixed(1));
      const names = files.slice(0, 6).map((file) => file.name).join("、");
      chosen.textContent = `${told}：${names}${files.length > 6 ? "…" : ""}`;
    }

    async function sendAll() {
      const button = form.querySelector("button[name=read]");
      const bar = form.querySelector("[data-start-progress]");
      const faults = form.querySelector("[data-start-faults]");
      const all = files.length;
      button.disabled = true;
      bar.hidden = false;
      faults.replaceChildren();
      const refused = [];
      try {
        while (files.length) {
          const batch = cut(files);
          const said = await send(batch, false);
          token = said.start || token;
          refused.push(...said.faults);
          files = files.slice(batch.length);
          bar.value = (all - files.length) / all;
          chosen.textContent = form.dataset.sending.replace("{n}", all - files.length).replace("{m}", all);
        }
        if (refused.length) {
          // Another page would hide them: whoever has read them goes on with the rest.
          faults.replaceChildren(...[...refused, ...(token ? [form.dataset.rest] : [])].map(line));
          return;
        }
        const said = await send([], true);
        location.assign(said.to);
      } catch {
        faults.replaceChildren(line(form.dataset.lost));
      } finally {
        button.disabled = false;
      }
    }

    async function send(batch, read) {
      const data = new FormData();
      data.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
      if (token) data.set("start", token);
      if (read) data.set("read", "1");
      for (const file of batch) data.append("file", file);
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    }
  }

  function cut(files) {
    const batch = [];
    let bytes = 0;
    for (const file of files) {
      if (batch.length && (batch.length >= FILES || bytes + file.size > BYTES)) break;
      batch.push(file);
      bytes += file.size;
    }
    return batch;
  }

  async function walk(entry) {
    if (entry.isFile) return [await new Promise((give, fail) => { entry.file(give, fail); })];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((give, fail) => { reader.readEntries(give, fail); });
      if (!some.length) break;
      found.push(...some);
    }
    return (await Promise.all(found.map(walk))).flat();
  }

  function line(words) {
    const item = document.createElement("li");
    item.textContent = words;
    return item;
  }
})();
