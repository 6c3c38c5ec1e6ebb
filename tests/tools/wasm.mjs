// Runs a program from standard input on a 32-bit MicroPython (WebAssembly) that finds a folder of
// .mpy files as /mpy.
//
//   node wasm.mjs NODE_FOLDER MPY_FOLDER < program.py
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [nodeFolder, mpyFolder] = process.argv.slice(2);
const build = "node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs";
const { loadMicroPython } = await import(pathToFileURL(path.join(nodeFolder, build)).href);
const micropython = await loadMicroPython({ heapsize: 256 * 1024, linebuffer: true });

function copy(from, to) {
    micropython.FS.mkdir(to);
    for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
        const [source, target] = [path.join(from, entry.name), `${to}/${entry.name}`];
        if (entry.isDirectory()) copy(source, target);
        else micropython.FS.writeFile(target, fs.readFileSync(source));
    }
}

copy(mpyFolder, "/mpy");
micropython.runPython(fs.readFileSync(0, "utf8"));
