// The NOR flash behind the RP2040's SSI, like the W25Q16 of a Pico.
//
// Boot ROM and SDK drive the chip select by IO_QSPI (SS CTRL.OUTOVER: 2 low, 3 high) and shift bytes
// through DR0. Erase and program take the data sheet's typical time, which passes when the chip is
// asked for its status: interrupts are off then, and the UART's bytes pile up as on the board.

const [SSI, IO_QSPI] = [0x18000, 0x40018];
const [SSIENR, TXFLR, RXFLR, SR, DR0, DR_END, SS_CTRL] = [0x08, 0x20, 0x24, 0x28, 0x60, 0xf0, 0x0c];
const [PAGE_PROGRAM, READ, WRITE_DISABLE, READ_STATUS, WRITE_ENABLE] = [2, 3, 4, 5, 6];
const [READ_STATUS_2, UNIQUE_ID, JEDEC_ID] = [0x35, 0x4b, 0x9f];
const [BUSY, WRITE_ENABLED, QUAD_ENABLED] = [1, 2, 2];
const ERASE = { 0x20: [4096, 45e6], 0x52: [32768, 120e6], 0xd8: [65536, 150e6] }; // bytes, ns
const PROGRAM_NS = 0.7e6;
const ANSWERS = {
    [JEDEC_ID]: [0, [0xef, 0x40, 0x15]],
    [UNIQUE_ID]: [4, [0xe6, 0x61, 0x38, 0x52, 0x83, 0x2a, 0x11, 0x07]],
};

export class Flash {
    writes = 0;
    #received = [];
    #shifted = []; // since the chip select fell
    #busyUntil = 0;
    #enabled = false;
    #heldLow = false;

    // `mayWrite`: asked before each erase and program; false: the power is gone.
    constructor(chip, size, mayWrite = () => true) {
        this.mayWrite = mayWrite;
        this.chip = chip;
        this.size = size;
        this.#replace(chip.peripherals[SSI]);
        this.#qspiPins(chip.peripherals[IO_QSPI]);
    }

    #replace(ssi) {
        const [read, write] = [ssi.readUint32.bind(ssi), ssi.writeUint32.bind(ssi)];
        const isData = (at) => at >= DR0 && at < DR_END; // the data registers are one
        ssi.writeUint32 = (at, value) => {
            if (isData(at)) return void this.#received.push(this.#transfer(ssi.crtlr0, value));
            if (at === SSIENR && !(value & 1)) {
                this.#received = [];
                if (!this.#heldLow) this.#selectRises();
            }
            write(at, value);
        };
        ssi.readUint32 = (at) => {
            if (isData(at)) return this.#received.shift() ?? 0;
            if (at === SR) return 0x06 | (this.#received.length ? 8 : 0);
            if (at === TXFLR) return 0;
            if (at === RXFLR) return this.#received.length;
            return read(at);
        };
    }

    // These registers must be memory: the boot ROM saves and restores them, and takes a set INOVER
    // of SD1 for an order to abort.
    #qspiPins(pins) {
        const registers = (this.pins = new Uint32Array(32));
        pins.readUint32 = (at) => registers[at >> 2] ?? 0;
        pins.writeUint32 = (at, value) => {
            if (at >> 2 < registers.length) registers[at >> 2] = value;
            const low = ((registers[SS_CTRL >> 2] >> 8) & 3) === 2;
            if (low === this.#heldLow) return;
            this.#selectRises();
            this.#heldLow = low;
        };
    }

    #transfer(control, value) {
        const override = (this.pins[SS_CTRL >> 2] >> 8) & 3;
        if (((control >> 16) & 31) > 7 || (control >> 21) & 3) return 0; // the set-up of execute in place
        if (override === 3) return 0xff;
        if (override !== 2 && !this.#received.length) this.#selectRises(); // selects by itself
        return this.#shift(value & 0xff);
    }

    #address() {
        const [, high, middle, low] = this.#shifted;
        return ((high << 16) | (middle << 8) | low) % this.size;
    }

    #shift(byte) {
        this.#shifted.push(byte);
        const [command] = this.#shifted;
        const nth = this.#shifted.length - 2; // byte of the answer
        if (nth < 0) return 0xff;
        if (command === READ_STATUS) return this.#status();
        if (command === READ_STATUS_2) return QUAD_ENABLED;
        if (command === READ && nth >= 3) return this.chip.flash[(this.#address() + nth - 3) % this.size];
        const [skip, answer] = ANSWERS[command] ?? [0, []];
        return answer[nth - skip] ?? 0xff;
    }

    #status() {
        const left = this.#busyUntil - this.chip.clock.nanos;
        if (left <= 0) return this.#enabled ? WRITE_ENABLED : 0;
        this.chip.clock.tick(left);
        return BUSY | WRITE_ENABLED;
    }

    #selectRises() {
        const [command] = this.#shifted;
        if (command === WRITE_ENABLE) this.#enabled = true;
        else if (command === WRITE_DISABLE) this.#enabled = false;
        else if (this.#enabled && this.#shifted.length >= 4) this.#change(command);
        this.#shifted = [];
    }

    #change(command) {
        if (!this.mayWrite()) return;
        const at = this.#address();
        if (command in ERASE) {
            const [bytes, ns] = ERASE[command];
            const start = at & ~(bytes - 1);
            this.chip.flash.fill(0xff, start, start + bytes);
            this.#takes(ns);
        } else if (command === PAGE_PROGRAM) {
            const page = at & ~255;
            this.#shifted.slice(4).forEach((byte, i) => (this.chip.flash[page | ((at + i) & 255)] &= byte));
            this.#takes(PROGRAM_NS);
        }
    }

    #takes(ns) {
        this.writes++;
        this.#enabled = false;
        this.#busyUntil = this.chip.clock.nanos + ns;
    }
}
