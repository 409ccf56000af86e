// Papers may be dropped, each gets its own kind, and one sees how far each is: they are sent one
// after the other, and what is refused stays chosen. Without it, the form works.
"use strict";

(() => {
  for (const form of document.querySelectorAll("form[data-upload]")) prepare(form);
  for (const form of document.querySelectorAll("form[data-pick]")) receive(form, (files) => tell(form, files));

  function prepare(form) {
    const most = Number(form.dataset.most) * 1024 * 1024;
    const rows = form.querySelector("[data-sendings]");
    let sendings = [];

    receive(form, choose);
    form.addEventListener("submit", (event) => {
      const wanted = sendings.filter((one) => !one.done);
      if (!wanted.length) return;
      event.preventDefault();
      if (!wanted.some((one) => refuse(one.file))) sendAll(wanted);
    });

    // Said before it is sent; what has no ending, or has ours, is known by its content there.
    function refuse(file) {
      if (file.size > most) return form.dataset.tooBig;
      const ending = /\.[a-z0-9]{1,5}$/i.exec(file.name)?.[0].toLowerCase();
      const taken = form.querySelector("input[type=file]").accept.split(",").filter(Boolean);
      return ending && taken.length && !taken.includes(ending) ? form.dataset.notTaken : "";
    }

    function choose(files) {
      rows?.replaceChildren();
      const several = Boolean(rows) && files.length > 1;
      sendings = files.map((file) => (several ? listed(file) : alone(file)));
      const wrong = several ? undefined : files.find((file) => refuse(file));
      tell(form, several ? [] : files, wrong && `${wrong.name}: ${refuse(wrong)}`);
      const together = form.querySelector("[data-together]");
      if (together) together.hidden = several;
    }

    function alone(file) {
      const kind = form.elements.namedItem("kind");
      if (kind.tagName === "SELECT" && !kind.value) kind.value = guessed(kind, file.name);
      return { file, typed: () => new FormData(form), say: sayAlone };
    }

    function sayAlone(words, share, refused) {
      const place = form.querySelector("[data-progress]");
      place.textContent = share === undefined ? words : `${words} ${share}%`;
      place.classList.toggle("late", Boolean(refused));
    }

    function listed(file) {
      const row = form.querySelector("[data-sending-row]").content.firstElementChild.cloneNode(true);
      const kind = row.querySelector("select");
      kind.append(...[...form.querySelector("#up-kind").options].map((one) => one.cloneNode(true)));
      kind.value = guessed(kind, file.name);
      row.querySelector("[data-name]").textContent = `${file.name}  ${size(file)}`;
      const one = { file, row, typed: () => typedIn(row), say: (...said) => sayIn(row, ...said) };
      row.querySelector("[data-remove]").addEventListener("click", () => {
        sendings = sendings.filter((other) => other !== one);
        row.remove();
        if (sendings.length && sendings.every((other) => other.done)) arrive(form.dataset.to);
      });
      if (refuse(file)) one.say(refuse(file), undefined, true);
      rows.append(row);
      return one;
    }

    function typedIn(row) {
      const data = new FormData();
      data.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
      for (const field of row.querySelectorAll("[name]")) data.set(field.name, field.value);
      return data;
    }

    function sayIn(row, words, share, refused) {
      const bar = row.querySelector("progress");
      bar.hidden = share === undefined;
      bar.value = share || 0;
      row.querySelector("[data-state]").textContent = words;
      row.classList.toggle("refused", Boolean(refused));
    }

    async function sendAll(wanted) {
      const button = form.querySelector("button:not([type=button])");
      button.setAttribute("aria-busy", "true");
      button.disabled = true;
      let to = form.dataset.to;
      for (const one of wanted) {
        const answer = await send(form, one);
        one.done = Boolean(answer.to);
        one.say(answer.to ? answer.said : answer.why, undefined, !answer.to);
        one.row?.classList.toggle("done", one.done);
        if (answer.to && sendings.length === 1) to = answer.to;
      }
      button.disabled = false;
      button.removeAttribute("aria-busy");
      if (sendings.every((one) => one.done)) arrive(to);
    }
  }

  function receive(form, chosen) {
    const area = form.querySelector("[data-drop]");
    const input = area.querySelector("input[type=file]");
    input.addEventListener("change", () => chosen([...input.files]));
    for (const name of ["dragenter", "dragover"]) {
      area.addEventListener(name, (event) => { event.preventDefault(); area.classList.add("over"); });
    }
    for (const name of ["dragleave", "drop"]) {
      area.addEventListener(name, (event) => { event.preventDefault(); area.classList.remove("over"); });
    }
    area.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      chosen([...input.files]);
    });
  }

  function tell(form, files, wrong) {
    const area = form.querySelector("[data-drop]");
    const place = area.querySelector("[data-chosen]");
    place.textContent = wrong || files.map((file) => `${file.name}  ${size(file)}`).join("、");
    place.classList.toggle("late", Boolean(wrong));
    area.classList.toggle("told", Boolean(area.querySelector("input[type=file]").files.length));
  }

  function send(form, one) {
    return new Promise((resolve) => {
      const data = one.typed();
      data.delete("file");
      data.append("file", one.file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        const share = Math.floor((event.loaded / event.total) * 100);
        one.say(share < 100 ? form.dataset.sending : form.dataset.taking, share);
      });
      request.addEventListener("load", () => {
        try {
          const said = JSON.parse(request.responseText);
          resolve(said.to ? said : { why: Object.values(said.errors).join(" ") });
        } catch {
          resolve({ why: `${form.dataset.lost} (${request.status})` });
        }
      });
      request.addEventListener("error", () => resolve({ why: form.dataset.lost }));
      request.send(data);
    });
  }

  function arrive(to) {
    const there = new URL(to, location.href);
    const same = there.pathname === location.pathname && there.search === location.search;
    location.assign(there);
    if (same && there.hash) location.reload();
  }

  function guessed(kind, name) {
    const said = name.normalize("NFKC").toLowerCase();
    const fits = [...kind.options].filter((one) => one.value && said.includes(one.text.trim().toLowerCase()));
    fits.sort((a, b) => b.text.trim().length - a.text.trim().length);
    return fits.length ? fits[0].value : kind.value;
  }

  function size(file) {
    if (file.size < 1024) return `${file.size} B`;
    const kilo = file.size / 1024;
    return kilo < 1024 ? `${Math.round(kilo)} KB` : `${(kilo / 1024).toFixed(1)} MB`;
  }
})();
