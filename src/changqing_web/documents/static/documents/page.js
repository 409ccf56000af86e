// A document that is written on where it stands: menus that show own words, and own text
// typed as it prints. Without this file the same form works with plain fields.
"use strict";

(() => {
  const form = document.querySelector("form[data-in-place]");
  if (!form) return;
  form.classList.add("scripted");

  // ── menus ─────────────────────────────────────────────────────────────────────────

  function showWords(menu) {
    const words = menu.closest(".choice").querySelector(".own-words");
    words.hidden = menu.value !== menu.dataset.own;
  }
  for (const menu of form.querySelectorAll("select[data-own]")) {
    const chosen = menu.value;
    menu.addEventListener("change", () => {
      showWords(menu);
      const place = menu.closest(".choice");
      place.classList.toggle("open", !menu.value);
      place.classList.toggle("changed", menu.value !== chosen);
    });
    showWords(menu);
  }

  // ── own text: a page to type on, kept as plain text ───────────────────────────────

  const escapeText = (text) => text.replace(/[\\*_#|`[\]<>~$^]/g, "\\$&");

  // The words of a node in pieces, each bold or not, however browsers nest the marks.
  function pieces(node, bold, found) {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        found.push([escapeText(child.data.replace(/[\n\u00a0]/g, " ")), bold]);
      } else if (child.nodeType === Node.ELEMENT_NODE) {
        const name = child.tagName;
        const weight = child.style.fontWeight;
        let heavy = bold || name === "B" || name === "STRONG";
        if (/^(normal|lighter|[1-5]00)$/.test(weight)) heavy = false;
        if (/^(bold|bolder|[6-9]00)$/.test(weight)) heavy = true;
        if (name === "BR") found.push(["\n", false]);
        else if (!/^(UL|OL|TABLE|SCRIPT|STYLE)$/.test(name)) pieces(child, heavy, found);
      }
    }
    return found;
  }

  function inline(node) {
    const merged = [];
    for (const [text, bold] of pieces(node, false, [])) {
      const last = merged[merged.length - 1];
      if (last && last[1] === bold) last[0] += text;
      else merged.push([text, bold]);
    }
    return merged.map(([text, bold]) => {
      const words = text.trim();
      return bold && words ? text.replace(words, () => `**${words}**`) : text;
    }).join("");
  }

  const oneLine = (node) => inline(node).replace(/\s*\n\s*/g, " ").trim();

  function list(node, depth) {
    const ordered = node.tagName === "OL";
    let number = 0;
    const lines = [];
    for (const item of node.children) {
      if (item.tagName === "UL" || item.tagName === "OL") { lines.push(list(item, depth + 1)); continue; }
      number += 1;
      const mark = ordered ? `${number}. ` : "- ";
      lines.push("   ".repeat(depth) + mark + oneLine(item));
      for (const inner of item.children) {
        if (inner.tagName === "UL" || inner.tagName === "OL") lines.push(list(inner, depth + 1));
      }
    }
    return lines.join("\n");
  }

  function table(node) {
    const rows = [...node.querySelectorAll("tr")].map((row) => [...row.cells].map(oneLine));
    if (!rows.length) return "";
    const width = Math.max(...rows.map((row) => row.length));
    const lines = rows.map((row) => `| ${[...row, ...Array(width - row.length).fill("")].join(" | ")} |`);
    lines.splice(1, 0, `|${"---|".repeat(width)}`);
    return lines.join("\n");
  }

  function blocks(root) {
    const found = [];
    let loose = "";
    const end = () => { if (loose.trim()) found.push(loose.trim()); loose = ""; };
    for (const child of root.childNodes) {
      const name = child.nodeType === Node.ELEMENT_NODE ? child.tagName : "";
      if (/^(P|DIV|SECTION|ARTICLE|BLOCKQUOTE)$/.test(name)) {
        end();
        const nested = child.querySelector(":scope > ul, :scope > ol, :scope > table, :scope > p, :scope > div");
        const text = nested ? blocks(child) : inline(child).trim();
        if (text) found.push(text);
      } else if (/^H[1-6]$/.test(name)) {
        end();
        const text = oneLine(child);
        if (text) found.push(`# ${text}`);
      } else if (name === "UL" || name === "OL") { end(); found.push(list(child, 0)); }
      else if (name === "TABLE") { end(); found.push(table(child)); }
      else if (child.nodeType === Node.TEXT_NODE) loose += escapeText(child.data.replace(/\n/g, " "));
      else if (name === "BR") end();
      else if (name && !/^(SCRIPT|STYLE)$/.test(name)) {
        const holder = document.createElement("p");
        holder.append(child.cloneNode(true));
        loose += inline(holder);
      }
    }
    end();
    return found.join("\n\n");
  }

  function around(name) {
    const at = getSelection().anchorNode;
    const element = at && (at.nodeType === Node.ELEMENT_NODE ? at : at.parentElement);
    return element && element.closest(name);
  }

  const emptyRow = (cells, tag) => {
    const row = document.createElement("tr");
    for (let n = 0; n < cells; n += 1) row.append(document.createElement(tag));
    return row;
  };

  function act(page, name) {
    page.focus();
    if (name === "bold") document.execCommand("bold");
    if (name === "heading") document.execCommand("formatBlock", false, around("h3") ? "p" : "h3");
    if (name === "list") document.execCommand("insertUnorderedList");
    if (name === "numbers") document.execCommand("insertOrderedList");
    if (name === "table") {
      const made = document.createElement("table");
      made.append(emptyRow(3, "th"), emptyRow(3, "td"));
      const block = around("p, div, h3, ul, ol, table");
      if (block && block !== page && page.contains(block)) block.after(made);
      else page.append(made);
      const after = document.createElement("p");
      after.append(document.createElement("br"));
      made.after(after);
      getSelection().collapse(made.rows[0].cells[0], 0);
    }
    if (name === "row") {
      const row = around("tr");
      if (row) {
        const made = emptyRow(row.cells.length, "td");
        row.after(made);
        getSelection().collapse(made.cells[0], 0);
      }
    }
    page.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  for (const own of form.querySelectorAll("[data-own-text]")) {
    const page = own.querySelector("[data-page]");
    const plain = own.querySelector("textarea");
    const tools = own.querySelector(".own-tools");
    page.hidden = false;
    page.contentEditable = "true";
    page.setAttribute("role", "textbox");
    page.setAttribute("aria-multiline", "true");
    own.querySelector(".own-plain").hidden = true;
    document.execCommand("defaultParagraphSeparator", false, "p");
    const look = () => own.classList.toggle("filled", page.textContent.trim() !== "" || page.querySelector("table") !== null);
    look();
    page.addEventListener("focus", () => { tools.hidden = false; });
    page.addEventListener("input", () => { plain.value = blocks(page); look(); });
    page.addEventListener("paste", (event) => {
      event.preventDefault();
      const text = event.clipboardData.getData("text/plain");
      document.execCommand("insertText", false, text);
    });
    tools.addEventListener("mousedown", (event) => event.preventDefault());
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) act(page, button.dataset.do);
    });
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
})();
