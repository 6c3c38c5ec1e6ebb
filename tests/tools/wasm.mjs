// Runs a program from standard input on a 32-bit MicroPython (WebAssembly) that finds a folder of
// .mpy files as /mpy, and further files under their names in /.
//
// This build cannot collect garbage while Python runs: gc.collect() acts when the call from here
// returns. So the program may define turn(), which is called until it returns false.
//
//   node wasm.mjs NODE_FOLDER MPY_FOLDER [FILE...] < program.py
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [nodeFolder, mpyFolder, ...files] = process.argv.slice(2);
const build = "node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs";
const { loadMicroPython } = await import(pathToFileURL(path.join(nodeFolder, build)).href);
const heapsize = Number(process.env.HEAP || 256 * 1024);
const micropython = await loadMicroPython({ heapsize, linebuffer: true });

function copy(from, to) {
    micropython.FS.mkdir(to);
    for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
        const [source, target] = [path.join(from, entry.name), `${to}/${entry.name}`];
        if (entry.isDirectory()) copy(source, target);
        else micropython.FS.writeFile(target, fs.readFileSync(source));
    }
}

copy(mpyFolder, "/mpy");
for (const file of files) micropython.FS.writeFile(`/${path.basename(file)}`, fs.readFileSync(file));
try {
    micropython.runPython(fs.readFileSync(0, "utf8"));
    const turn = micropython.globals.get("turn");
    while (turn && turn());
} catch (error) {
    console.error(error.message);
    process.exitCode = 1;
}
