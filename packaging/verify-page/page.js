// What the page does: hand files to a worker that runs verify.py, and show its lines.
// All that comes from a bundle is shown as text; nothing of it becomes markup.
"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const words = {
    none: ["请先选封存包。", "Choose a bundle first."],
    many: ["一次最多两份。", "Two at most."],
    bad: ["指纹和摘要是64位十六进制：", "A fingerprint or digest has 64 hexadecimal digits: "],
    unpack: ["正在准备", "Getting ready"],
    start: ["正在启动Python", "Starting Python"],
    check: ["正在核验", "Checking"],
    stopped: ["已停止，没有做完。", "Stopped before it was done."],
    broken: [
      "没能做完：浏览器里的Python停了。请换用较新的浏览器，或用python3 -I verify.py。",
      "Could not finish: Python in the browser ended. Use a newer browser, or python3 -I verify.py.",
    ],
    old: [
      "这个浏览器太旧，运行不了这一页。请换用较新的浏览器，或用python3 -I verify.py。",
      "This browser is too old for this page. Use a newer one, or python3 -I verify.py.",
    ],
  };
  const english = () => document.documentElement.lang === "en";
  const say = (name) => words[name][english() ? 1 : 0];
  let chosen = [];
  let running = null;
  let clock = null;
  let attempt = 0; // the newest: one that was overtaken starts nothing

  const unpack = async (id) => {
    const packed = Uint8Array.from(atob(find(id).textContent), (each) => each.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  };
  let preparing = null;
  const prepare = async () => {
    const [loader, module, wasm, library, verifier] = await Promise.all(
      ["loader", "module", "wasm", "library", "verifier"].map(unpack),
    );
    // One script: a page that was opened from a disk may not import others.
    const worker = [loader, "\n", module, "\n", find("worker").textContent];
    return {
      worker: URL.createObjectURL(new Blob(worker, { type: "text/javascript" })),
      wasm: await WebAssembly.compile(wasm), // once for all checks
      library,
      verifier,
    };
  };

  const end = () => {
    attempt += 1;
    if (running) running.terminate();
    running = null;
    clearInterval(clock);
    find("start").disabled = false;
    find("stop").hidden = true;
    find("progress").textContent = "";
  };
  const show = (code, verdict, lines) => {
    end();
    find("verdict").className = `code${code}`;
    find("verdict").dataset.code = String(code);
    find("verdict").textContent = verdict;
    find("verdict").hidden = false;
    find("report").textContent = lines.join("\n");
    find("report").hidden = lines.length === 0;
  };
  const refuse = (text) => show(2, text, []);
  const choose = (files) => {
    chosen = [...files];
    find("named").textContent = chosen.map((file) => file.name).join("\n");
  };
  const listed = (id) => find(id).value.split(/[\s,，;；]+/).filter(Boolean);

  const start = async () => {
    end();
    find("verdict").hidden = true;
    find("report").hidden = true;
    if (chosen.length === 0) return refuse(say("none"));
    if (chosen.length > 2) return refuse(say("many"));
    const keys = listed("keys");
    const rules = listed("rules");
    const bad = [...keys, ...rules].find((each) => !/^[0-9a-f]{64}$/i.test(each));
    if (bad !== undefined) return refuse(say("bad") + bad);
    if (!self.DecompressionStream || !self.WebAssembly) return show(3, say("old"), []);
    const mine = attempt;
    const began = performance.now();
    let state = say("unpack");
    const tell = () => {
      const seconds = Math.round((performance.now() - began) / 1000);
      find("progress").textContent = `${state} … ${seconds} s`;
    };
    tell();
    clock = setInterval(tell, 500);
    find("start").disabled = true;
    find("stop").hidden = false;
    try {
      preparing = preparing || prepare(); // once, though started twice
      const parts = await preparing;
      if (mine !== attempt) return; // stopped meanwhile, or started again
      state = say("start");
      tell();
      const worker = new Worker(parts.worker);
      running = worker;
      worker.onerror = (event) => {
        if (running === worker) show(3, say("broken"), [String(event.message || "")]);
      };
      worker.onmessage = ({ data }) => {
        if (running !== worker) return;
        if (data.part !== undefined) {
          state = `${say("check")} ${data.part}`;
          tell();
        } else if (data.broken !== undefined) show(3, say("broken"), [data.broken]);
        else {
          const lines = data.lines;
          const verdict = lines.length ? lines[lines.length - 1] : "";
          show(data.code, verdict, lines.slice(0, -1));
          find("verdict").dataset.seconds = String((performance.now() - began) / 1000);
        }
      };
      const { wasm, library, verifier } = parts;
      const language = english() ? "en" : "zh";
      worker.postMessage({ wasm, library, verifier, files: chosen, keys, rules, language });
    } catch (error) {
      preparing = null;
      if (mine === attempt) show(3, say("broken"), [String(error)]);
    }
  };

  const speak = (language) => {
    document.documentElement.lang = language;
    if (!find("verdict").hidden || running) start();
  };
  find("zh").onclick = () => speak("zh-CN");
  find("en").onclick = () => speak("en");
  find("form").onsubmit = (event) => {
    event.preventDefault();
    start();
  };
  find("stop").onclick = () => show(3, say("stopped"), []);
  find("bundles").onchange = () => {
    choose(find("bundles").files);
    find("bundles").value = ""; // the same name may be chosen again
    start();
  };
  // A file that misses its place must not be opened instead of this page.
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    addEventListener(name, (event) => {
      event.preventDefault();
      find("drop").classList.toggle("over", name === "dragenter" || name === "dragover");
    });
  }
  addEventListener("drop", (event) => {
    choose(event.dataTransfer.files);
    start();
  });
})();
