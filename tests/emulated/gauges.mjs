// What is measured on the chip while it runs, in its own time, without a word from the program.

const [STACK_TOP, STACK_BOTTOM, SRAM] = [0x20042000, 0x20040000, 0x20000000];
const BELOW = 0x8000; // as far below the stack its pointer may go, into the heap
const BLOCK = 16;
const COLLECTED = 2048; // bytes that come back at once by nothing else

// The C stack: the lowest its pointer ever was.
export class Stack {
    reset() {
        this.lowest = STACK_TOP;
    }

    see(pointer) {
        if (pointer < this.lowest && pointer > STACK_BOTTOM - BELOW) this.lowest = pointer;
    }

    get used() {
        return STACK_TOP - this.lowest;
    }
}

// The heap of MicroPython: two bits a block of 16 bytes, 0 for free, in front of the blocks. Where
// it lies is known by its descriptor: table, length of it, (table of finalisers,) first block, end.
export class Heap {
    constructor(memory) {
        this.bytes = memory;
        this.words = new Uint32Array(memory.buffer, memory.byteOffset, 0x40000 >> 2);
    }

    reset() {
        this.least = Infinity;
        this.stretch = Infinity;
        this.before = { free: 0, stretch: 0 };
        this.risen = 0;
        this.rests = 0;
    }

    find() {
        const end = STACK_BOTTOM;
        for (let i = 4; i < 0x3000; i++) {
            const [table, length, , first] = this.words.subarray(i - 4, i);
            if (this.words[i] === end && length * 4 * BLOCK === end - first && table < first) {
                return { table: table - SRAM, length };
            }
        }
        return null;
    }

    // Called every few milliseconds. Garbage is not held: what counts is what is free right after a
    // collection, which shows as a rise that has come to its end.
    see() {
        const place = this.place ?? (this.place = this.find());
        if (!place) return;
        const now = this.count(place);
        if (now.free >= this.before.free) this.risen += now.free - this.before.free;
        else {
            if (this.risen > COLLECTED) this.#note(this.before);
            this.risen = 0;
        }
        this.before = now;
    }

    #note({ free, stretch }) {
        this.rests++;
        if (free < this.least) [this.least, this.stretch] = [free, stretch];
    }

    count({ table, length }) {
        let [free, run, longest] = [0, 0, 0];
        for (let i = table; i < table + length; i++) {
            const four = this.bytes[i];
            for (let shift = 0; shift < 8; shift += 2) {
                run = (four >> shift) & 3 ? 0 : run + 1;
                if (run) free++;
                if (run > longest) longest = run;
            }
        }
        return { free: free * BLOCK, stretch: longest * BLOCK };
    }
}

// Turns of the loop: from one look at the UART to the next, without what was slept. Before a life
// opened its UART it has none: that is its start.
export class Turns {
    reset() {
        this.longest = 0;
        this.awake = 0;
        this.slept = 0;
        this.turn = 0;
        this.start = 0;
    }

    begins() {
        this.isOpen = false;
        this.starting = 0;
        this.turn = 0;
    }

    opened() {
        if (!this.isOpen) this.start = this.starting;
        this.isOpen = true;
    }

    worked(ns) {
        this.awake += ns;
        if (this.isOpen) this.turn += ns;
        else this.starting += ns;
    }

    rested(ns) {
        this.slept += ns;
    }

    polled() {
        this.ends();
    }

    ends() {
        if (this.turn > this.longest) this.longest = this.turn;
        this.turn = 0;
    }
}
