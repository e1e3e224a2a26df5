/** Appends to a growing array of bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53, seven bits a byte, lowest first. */
  varint(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Four bytes, little-endian: 0 to 2^32 - 1. */
  word(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Eight bytes, little-endian. */
  double(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Bytes written. */
  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const bigger = new Uint8Array(this.#bytes.length * 2);
    bigger.set(this.#bytes);
    this.#bytes = bigger;
    this.#view = new DataView(bigger.buffer);
  }
}

const scratch = new DataView(new ArrayBuffer(8));

/** Reads what `ByteWriter` wrote, and survives what anybody else wrote. */
export class ByteReader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;

  over(bytes: Uint8Array, from: number, to: number): this {
    this.bytes = bytes;
    this.at = from;
    this.end = Math.min(to, bytes.length);
    return this;
  }

  /** A whole number from 0 to 2^53, or -1 when the bytes end early or the number is greater. */
  varint(): number {
    if (this.at >= this.end) return -1;
    const first = this.bytes[this.at++] ?? 0;
    return first < 128 ? first : this.#more(first - 128);
  }

  /** 0 to 255, or -1 when the bytes have ended. */
  byte(): number {
    return this.at < this.end ? (this.bytes[this.at++] ?? 0) : -1;
  }

  /** 0 to 2^32 - 1, or -1 when the bytes end early. */
  word(): number {
    if (this.at + 4 > this.end) return -1;
    const {bytes, at} = this;
    this.at += 4;
    const high = ((bytes[at + 3] ?? 0) << 24) | ((bytes[at + 2] ?? 0) << 16);
    return (high | ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0)) >>> 0;
  }

  /** NaN when the bytes end early. */
  double(): number {
    if (this.at + 8 > this.end) return Number.NaN;
    for (let index = 0; index < 8; index++) scratch.setUint8(index, this.bytes[this.at++] ?? 0);
    return scratch.getFloat64(0, true);
  }

  #more(start: number): number {
    let value = start;
    let factor = 128;
    for (let index = 1; index < 8 && this.at < this.end; index++) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value <= Number.MAX_SAFE_INTEGER ? value : -1;
      factor *= 128;
    }
    return -1;
  }
}
