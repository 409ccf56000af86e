// Runs verify.py as `python3 -I verify.py …` does: the very file, as __main__.
// Nothing is fetched: the parts that Pyodide asks for lie in memory, and the policy of
// the page, which this worker inherits, forbids any connection. The two scripts of
// Pyodide stand before this one.
"use strict";

const PLACE = "memory:/";

// Says which step begins. Python's own monitoring is used, so that the file stays as it is.
const STEPS = `
import sys
from js import tell_part
def begin(code, _offset):
    if code.co_name != "_stage" or code.co_filename != "/verify.py":
        return sys.monitoring.DISABLE
    tell_part(str(sys._getframe(1).f_locals.get("part", "")))
sys.monitoring.use_tool_id(sys.monitoring.PROFILER_ID, "steps")
sys.monitoring.register_callback(
    sys.monitoring.PROFILER_ID, sys.monitoring.events.PY_START, begin
)
sys.monitoring.set_events(
    sys.monitoring.PROFILER_ID, sys.monitoring.events.PY_START
)
`;
const RUN = `
import runpy, sys
sys.argv = ["/verify.py", *arguments]
try:
    runpy.run_path("/verify.py", run_name="__main__")
    code = 0
except SystemExit as ended:
    code = ended.code if isinstance(ended.code, int) else 3
sys.stdout.flush()
sys.stderr.flush()
code
`;

onmessage = async ({ data }) => {
  try {
    self.fetch = async (address) => {
      if (String(address) === `${PLACE}python_stdlib.zip`) return new Response(data.library);
      if (String(address) === `${PLACE}pyodide.asm.wasm`) return null; // compiled already
      throw new Error(`nothing is fetched: ${address}`);
    };
    WebAssembly.instantiateStreaming = async (_response, needed) => ({
      module: data.wasm,
      instance: await WebAssembly.instantiate(data.wasm, needed),
    });
    self.tell_part = (part) => postMessage({ part });
    const python = await loadPyodide({
      indexURL: PLACE,
      lockFileContents: { info: {{info}}, packages: {} }, // no further package
      packageBaseUrl: PLACE,
      createPyodideModule: self._createPyodideModule,
    });
    const text = { out: "", err: "" };
    for (const [name, set] of [["out", "setStdout"], ["err", "setStderr"]]) {
      const decoder = new TextDecoder();
      python[set]({
        write: (bytes) => {
          text[name] += decoder.decode(bytes, { stream: true });
          return bytes.length;
        },
        isatty: false,
      });
    }
    python.FS.writeFile("/verify.py", new Uint8Array(data.verifier));
    const given = [];
    // Read where they lie, a piece at a time: a bundle of half a gigabyte is not copied.
    data.files.forEach((file, index) => {
      const folder = `/given${index}`;
      const name = file.name.replace(/[/\\\0]/g, "_") || "bundle.zip";
      python.FS.mkdir(folder);
      python.FS.mount(
        python.FS.filesystems.WORKERFS, { blobs: [{ name, data: file }] }, folder,
      );
      given.push(`${folder}/${name}`);
    });
    for (const key of data.keys) given.push("--key", key);
    for (const digest of data.rules) given.push("--rules", digest);
    given.push("--lang", data.language);
    python.globals.set("arguments", python.toPy(given));
    python.runPython(STEPS);
    const code = python.runPython(RUN);
    // A file is called as the reader calls it.
    const lines = (text.out + text.err)
      .replaceAll(/^\/given[01]\//gm, "")
      .split("\n")
      .filter((line) => line !== "");
    postMessage({ code, lines });
  } catch (error) {
    postMessage({ broken: String(error).slice(-2000) });
  }
};
