// A PL011 as the RP2040 has it: FIFOs of 32, trigger levels, receive time-out, one byte in ten bit
// times, overrun, RTS. rp2040js knows neither levels nor time.

const [DATA, FLAGS, CONTROL, LEVELS, MASK, RAW, MASKED, CLEAR] = [0, 0x18, 0x30, 0x34, 0x38, 0x3c, 0x40, 0x44];
const [RECEIVED, SENT, TIMED_OUT] = [0x10, 0x20, 0x40];
const [SEND_EMPTY, RECEIVE_FULL, SEND_FULL, RECEIVE_EMPTY, CTS] = [0x80, 0x40, 0x20, 0x10, 1];
const [ENABLED, RTS_ENABLED] = [1, 1 << 14];
const OVERRUN = 0x800;
const DEPTH = 32;
const LEVEL = [4, 8, 16, 24, 28, 28, 28, 28];
const TIMEOUT_BYTES = 3.2; // 32 bit times

export class Uart {
    overruns = 0; // bytes lost
    heedsRts = true; // does the other side?
    onSend = () => {};
    onReceive = () => {};
    onOpen = () => {};
    onPoll = () => {}; // the program looks whether something came
    #sending = [];
    #receiving = [];
    #line = []; // sent by the other side, not arrived yet
    #levels = 0x12;
    #raw = 0;
    #isSending = false;
    #isArriving = false;
    #lost = 0;

    constructor(uart, clock) {
        this.uart = uart;
        this.timeout = clock.createAlarm(() => this.#receiving.length && this.#raise(TIMED_OUT));
        this.sent = clock.createAlarm(() => this.#byteSent());
        this.arrived = clock.createAlarm(() => this.#byteArrived());
        const [read, write] = [uart.readUint32.bind(uart), uart.writeUint32.bind(uart)];
        uart.readUint32 = (at) => this.#read(at) ?? read(at);
        uart.writeUint32 = (at, value) => this.#write(at, value) ?? write(at, value);
    }

    // Bytes that the other side sends.
    feed(bytes) {
        this.#line.push(...bytes);
        if (!this.#isArriving) this.arrived.schedule(this.#byteNs());
        this.#isArriving = true;
    }

    #byteNs() {
        return 10e9 / (this.uart.baudDivider ? this.uart.baudRate : 115200);
    }

    #receiveLevel() {
        return LEVEL[(this.#levels >> 3) & 7];
    }

    #raise(bits) {
        this.#raw |= bits;
        this.#interrupt();
    }

    #interrupt() {
        this.uart.rp2040.setInterrupt(this.uart.irq, !!(this.#raw & this.uart.interruptMask));
    }

    #byteSent() {
        this.onSend(this.#sending.shift());
        if (this.#sending.length === LEVEL[this.#levels & 7]) this.#raise(SENT);
        this.#isSending = this.#sending.length > 0;
        if (this.#isSending) this.sent.schedule(this.#byteNs());
    }

    #byteArrived() {
        this.#isArriving = this.#line.length > 0;
        if (!this.#isArriving) return;
        const holds = this.heedsRts && this.uart.ctrlRegister & RTS_ENABLED;
        if (holds && this.#receiving.length >= this.#receiveLevel()) {
            this.arrived.schedule(this.#byteNs() / 4);
            return;
        }
        const byte = this.#line.shift();
        this.onReceive(byte);
        if (this.uart.enabled && this.uart.rxEnabled) this.#receive(byte);
        this.arrived.schedule(this.#byteNs());
    }

    #receive(byte) {
        if (this.#receiving.length >= DEPTH) {
            this.overruns++;
            this.#lost = OVERRUN;
        } else {
            this.#receiving.push(byte | this.#lost);
            this.#lost = 0;
            if (this.#receiving.length === this.#receiveLevel()) this.#raw |= RECEIVED;
        }
        this.timeout.schedule(this.#byteNs() * TIMEOUT_BYTES);
        this.#interrupt();
    }

    #take() {
        const byte = this.#receiving.shift() ?? 0;
        if (this.#receiving.length < this.#receiveLevel()) this.#raw &= ~RECEIVED;
        if (this.#receiving.length) this.timeout.schedule(this.#byteNs() * TIMEOUT_BYTES);
        else {
            this.#raw &= ~TIMED_OUT;
            this.timeout.cancel();
        }
        this.#interrupt();
        return byte;
    }

    #flags() {
        const [out, into] = [this.#sending.length, this.#receiving.length];
        const full = (out >= DEPTH ? SEND_FULL : 0) | (into >= DEPTH ? RECEIVE_FULL : 0);
        return CTS | (out ? 8 : SEND_EMPTY) | (into ? 0 : RECEIVE_EMPTY) | full;
    }

    #read(at) {
        if (at === DATA) return this.#take();
        if (at === FLAGS) return this.onPoll(), this.#flags();
        if (at === LEVELS) return this.#levels;
        if (at === RAW) return this.#raw;
        if (at === MASKED) return this.#raw & this.uart.interruptMask;
    }

    #write(at, value) {
        if (at === DATA) {
            if (this.#sending.length < DEPTH) this.#sending.push(value & 0xff);
            if (!this.#isSending) this.sent.schedule(this.#byteNs());
            this.#isSending = true;
        } else if (at === CONTROL && value & ENABLED) return this.onOpen();
        else if (at === LEVELS) this.#levels = value;
        else if (at === MASK) this.uart.interruptMask = value & 0x7ff;
        else if (at === CLEAR) this.#raw &= ~this.uart.rawWriteValue;
        else return undefined;
        this.#interrupt();
        return true;
    }
}
