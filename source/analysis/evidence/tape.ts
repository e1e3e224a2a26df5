import {base64Bytes, decodeBase64, encodeBase64} from '../sketches/base64.ts';

/** Numbers in a row, written for a checkpoint and read in the same order; exact to the bit. */
export class Tape {
  #numbers: number[] = [];
  #at = 0;

  get isAtEnd(): boolean {
    return this.#at === this.#numbers.length;
  }

  put(...numbers: number[]): void {
    for (const number of numbers) this.#numbers.push(number);
  }

  putAll(numbers: Float64Array): void {
    for (const number of numbers) this.#numbers.push(number);
  }

  /** NaN beyond the end: what was read is then of another shape. */
  take(): number {
    return this.#numbers[this.#at++] ?? Number.NaN;
  }

  takeAll(into: Float64Array): void {
    for (let index = 0; index < into.length; index++) into[index] = this.take();
  }

  encode(): string {
    return encodeBase64(new Uint8Array(Float64Array.from(this.#numbers).buffer));
  }

  /** Null for what is no row of numbers. */
  static decode(text: string): Tape | null {
    const bytes = new Uint8Array(Math.ceil(base64Bytes(text.length) / 8) * 8);
    const end = decodeBase64(text, 0, bytes, 0);
    if (end < 0 || end % 8 !== 0) return null;
    const tape = new Tape();
    tape.#numbers = [...new Float64Array(bytes.buffer, 0, end / 8)];
    return tape;
  }
}
