// A Raspberry Pi Pico as a process: an image of MicroPython on rp2040js, its console and UART0 as
// TCP ports on this machine. Orders come as lines on standard input, answers leave as JSON lines.
//
//   node pico.mjs NODE_FOLDER BOOT_ROM IMAGE      BOOT_ROM: JSON, an array of 32-bit words
//
// Time is the chip's, at most as fast as the wall's.
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";
import { Flash } from "./flash.mjs";
import { Heap, Stack, Turns } from "./gauges.mjs";
import { Uart } from "./uart.mjs";

const [nodeFolder, romFile, imageFile] = process.argv.slice(2);
const library = path.join(path.resolve(nodeFolder), "node_modules/rp2040js/dist/cjs");
const require = createRequire(path.join(library, "index.js"));
const { RP2040, USBCDC, ConsoleLogger, LogLevel } = require("./index.js");
const { SimulationClock } = require("./clock/simulation-clock.js");

const [FLASH_BYTES, FLASH_AT, WATCHDOG] = [2 << 20, 0x10000000, 0x40058];
const [MS, SLICE_MS, LATE_MS] = [1e6, 5, 50];
const UF2 = 0x0a324655;
const tell = (what) => process.stdout.write(JSON.stringify(what) + "\n");

// One caller at a time on a TCP port; a cable that is not plugged takes nobody.
class Port {
    constructor(name, onData) {
        this.isPlugged = true;
        const server = net.createServer((caller) => {
            this.caller?.destroy();
            if (!this.isPlugged) return void caller.destroy();
            this.caller = caller.setNoDelay(true);
            caller.on("data", onData).on("error", () => {});
        });
        this.port = new Promise((ready) => server.listen(0, "127.0.0.1", () => ready([name, server.address().port])));
    }

    send(bytes) {
        this.caller?.write(Buffer.from(bytes));
    }

    unplug() {
        this.isPlugged = false;
        this.caller?.destroy();
    }
}

// Lines that pass a port are told, with the time of their last byte.
class Watch {
    constructor(name) {
        this.name = name;
        this.line = [];
    }

    see(bytes) {
        for (const byte of bytes) {
            this.line.push(byte);
            if (byte !== 10) continue;
            tell({ at: pico.now(), port: this.name, line: Buffer.from(this.line).toString("latin1") });
            this.line = [];
        }
    }
}

class Pico {
    isHung = false;
    isOff = false;
    stack = new Stack();
    turns = new Turns();
    lost = 0; // UART bytes of lives that are over
    heedsRts = true;
    #pending = ""; // cause of the reset that is due
    #cutAfterMs = 0; // of the life behind the next reset; 0: it is not cut
    #writesLeft = 0; // until the power goes, in this life or a later one; 0: it stays
    #queue = []; // bytes for USB

    constructor(rom, flash) {
        this.rom = rom;
        this.usbPort = new Port("usb", (data) => this.#queue.push(...data));
        this.uartPort = new Port("uart", (data) => this.isOff || this.uart.feed(data));
        this.watches = Object.fromEntries(["usb<", "usb>", "uart<", "uart>"].map((name) => [name, new Watch(name)]));
        this.power(flash);
        this.zero();
    }

    // A life of the chip; what survives a reset comes from the one before.
    power(flash, before = null) {
        const now = this.clock?.nanos ?? 0;
        this.clock = new SimulationClock();
        this.clock.nanosCounter = now;
        const chip = (this.chip = new RP2040(this.clock));
        chip.loadBootrom(this.rom);
        chip.logger = new ConsoleLogger(LogLevel.Error);
        chip.logger.warn = chip.logger.error = () => {};
        chip.flash.set(flash);
        chip.core.PC = FLASH_AT;
        const dog = chip.peripherals[WATCHDOG];
        if (before) {
            dog.reason = before.reason;
            dog.scratchData.set(before.scratchData);
        }
        dog.onWatchdogTrigger = () => {
            this.#pending = "watchdog";
            dog.alarm.enable = dog.timer.enable = false;
        };
        this.lost += this.uart?.overruns ?? 0;
        this.uart = new Uart(chip.uart[0], this.clock);
        this.uart.heedsRts = this.heedsRts;
        this.turns.begins();
        this.uart.onOpen = () => this.turns.opened();
        this.uart.onPoll = () => chip.core.IPSR || this.turns.polled(); // not out of an interrupt
        this.uart.onReceive = (byte) => this.watches["uart>"].see([byte]);
        this.uart.onSend = (byte) => {
            this.watches["uart<"].see([byte]);
            this.uartPort.send([byte]);
        };
        this.flash = new Flash(chip, FLASH_BYTES, () => this.#mayWrite());
        const { least = Infinity, stretch = Infinity, rests = 0 } = this.heap ?? {};
        this.heap = new Heap(chip.sram);
        this.heap.reset();
        Object.assign(this.heap, { least, stretch, rests });
        this.#usb();
        this.cycle = 8;
        chip.addClockListener?.(() => chip.clkSys > 1e6 && (this.cycle = 1e9 / chip.clkSys));
        for (const pin of [4, 5]) chip.gpio[pin].addListener((level) => tell({ at: this.now(), pin, level }));
        let ticks = 0;
        const tick = this.clock.createAlarm(() => {
            tick.schedule(MS);
            if (++ticks % 2 === 0) this.heap.see();
            if (ticks % 5 === 0) tell({ at: this.now() });
        });
        tick.schedule(MS);
        if (this.#cutAfterMs) this.clock.createAlarm(() => this.#lose()).schedule(this.#cutAfterMs * MS);
        this.#cutAfterMs = 0;
    }

    #lose() {
        this.#pending = "power";
    }

    #mayWrite() {
        if (this.#writesLeft && !--this.#writesLeft) this.#lose();
        return this.#pending !== "power";
    }

    #usb() {
        const cdc = (this.cdc = new USBCDC(this.chip.usbCtrl));
        this.#queue.length = 0;
        this.usbPort.unplug();
        cdc.onDeviceConnected = () => {
            this.usbPort.isPlugged = true;
            tell({ at: this.now(), event: "usb" });
        };
        cdc.onSerialData = (bytes) => {
            this.watches["usb<"].see(bytes);
            this.usbPort.send(bytes);
        };
        // A host that has nothing to send does not answer; rp2040js would send empty packets, and
        // keep the chip busy with a hundred thousand interrupts a second.
        const done = cdc.usb.onEndpointRead;
        this.waiting = null;
        cdc.usb.onEndpointRead = (endpoint, size) => {
            if (endpoint === cdc.outEndpoint && cdc.txFIFO.empty) this.waiting = () => done(endpoint, size);
            else done(endpoint, size);
        };
    }

    #pump() {
        while (this.#queue.length && this.cdc.txFIFO.itemCount < 256 && this.usbPort.isPlugged) {
            const byte = this.#queue.shift();
            this.watches["usb>"].see([byte]);
            this.cdc.sendSerialByte(byte);
            const waiting = this.waiting;
            this.waiting = null;
            waiting?.();
        }
    }

    now() {
        return Math.round(this.clock.nanos / 1e3) / 1e3;
    }

    zero() {
        this.stack.reset();
        this.heap.reset();
        this.turns.reset();
        this.lost = -(this.uart?.overruns ?? 0);
    }

    figures() {
        const { longest, awake, slept, start } = this.turns;
        const ms = (ns) => Math.round(ns / MS);
        return {
            at: this.now(),
            stack: this.stack.used,
            heap: [this.heap.least, this.heap.stretch, this.heap.rests],
            turn_ms: ms(longest),
            start_ms: ms(start), // of the last one that came so far
            awake_ms: ms(awake),
            slept_ms: ms(slept),
            lost: this.lost + this.uart.overruns,
            flash_writes: this.flash.writes,
        };
    }

    reset(cause) {
        this.isHung = false;
        const dog = this.chip.peripherals[WATCHDOG];
        tell({ at: this.now(), event: "reset", cause, reason: dog.reason });
        this.power(this.chip.flash, cause === "watchdog" ? dog : null);
    }

    // A millisecond or two of the chip's time; true where it may go on at once.
    run(limitNs) {
        const { chip, clock, stack, turns } = this;
        const { core } = chip;
        while (clock.nanos < limitNs && !this.#pending) {
            const from = clock.nanos;
            if (this.isHung) clock.tick(0.1 * MS);
            else if (core.waiting) {
                clock.tick(Math.max(1, clock.nanosToNextAlarm));
                turns.rested(clock.nanos - from);
            } else {
                clock.tick(core.executeInstruction() * this.cycle);
                stack.see(core.registers[13] >>> 0);
                turns.worked(clock.nanos - from);
            }
        }
        if (this.#pending) {
            this.reset(this.#pending);
            this.#pending = "";
        }
        this.#pump();
    }

    order([word, argument]) {
        if (word === "figures") return this.figures();
        if (word === "zero") this.zero();
        else if (word === "cut") this.reset("power");
        else if (word === "cut-after") this.#cutAfterMs = Number(argument);
        else if (word === "cut-at-write") this.#writesLeft = Number(argument);
        else if (word === "off") {
            this.isOff = true;
            this.usbPort.unplug();
        } else if (word === "on") {
            this.isOff = false;
            this.reset("power");
        } else if (word === "hang") this.isHung = true;
        else if (word === "rts") this.uart.heedsRts = this.heedsRts = argument === "1";
        else if (word === "save") fs.writeFileSync(argument, this.chip.flash.subarray(0, FLASH_BYTES));
        else return { error: word };
        return { at: this.now() };
    }
}

function image(file) {
    const [data, flash] = [fs.readFileSync(file), new Uint8Array(FLASH_BYTES).fill(0xff)];
    if (data.readUInt32LE(0) !== UF2) flash.set(data);
    else
        for (let at = 0; at + 512 <= data.length; at += 512) {
            const [address, size] = [data.readUInt32LE(at + 12), data.readUInt32LE(at + 16)];
            flash.set(data.subarray(at + 32, at + 32 + size), address - FLASH_AT);
        }
    return flash;
}

const rom = new Uint32Array(JSON.parse(fs.readFileSync(romFile)));
const pico = new Pico(rom, image(imageFile));
Promise.all([pico.usbPort.port, pico.uartPort.port]).then((ports) => tell({ ports: Object.fromEntries(ports) }));
readline.createInterface({ input: process.stdin }).on("line", (line) => tell({ answer: pico.order(line.trim().split(" ")) })).on("close", () => process.exit(0));

let lead = pico.clock.nanos / MS - performance.now(); // of the chip's time before the wall's
function slice() {
    const end = performance.now() + SLICE_MS;
    while (!pico.isOff && performance.now() < end && pico.clock.nanos / MS - performance.now() < lead) pico.run(pico.clock.nanos + MS);
    const ahead = pico.clock.nanos / MS - performance.now() - lead;
    if (ahead < -LATE_MS) lead += ahead; // what was lost is not caught up
    if (ahead >= 0 || pico.isOff) setTimeout(slice, pico.isOff ? 20 : 1);
    else setImmediate(slice);
}
slice();
