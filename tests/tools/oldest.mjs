// Runs files of tests/unit on another MicroPython (WebAssembly), each in a machine of its own, like
// tests/run_micropython.py, all from sources: these builds load no .mpy.
//
//   node oldest.mjs NODE_FOLDER ROOT FILE...
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [nodeFolder, root, ...files] = process.argv.slice(2);
const build = "node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs";
const { loadMicroPython } = await import(pathToFileURL(path.join(nodeFolder, build)).href);

function copy(fs_, from, to) {
    fs_.mkdir(to);
    for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
        if (entry.name === "__pycache__") continue;
        const [source, target] = [path.join(from, entry.name), `${to}/${entry.name}`];
        if (entry.isDirectory()) copy(fs_, source, target);
        else fs_.writeFile(target, fs.readFileSync(source));
    }
}

for (const file of files) {
    // It cannot collect garbage while Python runs: hence the large heap.
    const micropython = await loadMicroPython({ heapsize: 96 << 20, linebuffer: true });
    for (const folder of ["/host_tools", "/tests"]) micropython.FS.mkdir(folder);
    copy(micropython.FS, path.join(root, "firmware"), "/firmware");
    for (const name of ["posworld", "pospractice"])
        copy(micropython.FS, path.join(root, "host_tools", name), `/host_tools/${name}`);
    copy(micropython.FS, path.join(root, "protocol"), "/protocol");
    for (const name of ["unit", "vectors"])
        copy(micropython.FS, path.join(root, "tests", name), `/tests/${name}`);
    const runner = fs.readFileSync(path.join(root, "tests/run_micropython.py"));
    micropython.FS.writeFile("/tests/run_micropython.py", runner);
    console.log(`== ${file}`);
    micropython.runPython(`
import sys
print("MicroPython", *sys.implementation[1][:2])
runner = "/tests/run_micropython.py"
sys.argv[:] = [runner, "/tests/unit/${file}"]
try:
    exec(open(runner).read(), {"__file__": runner, "__name__": "__main__"})
except SystemExit:
    pass
except Exception as error:
    sys.print_exception(error)
`);
}
