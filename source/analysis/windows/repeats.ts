/** How far behind the newest number of an instance an entry may come and still be told from a repeat. */
const WINDOW = 52;
/** Instances remembered; the ones not heard of for longest are forgotten first. */
export const MOST_INSTANCES = 16_384;

interface Heard {
  newest: number;
  /** Bit n: the number `newest - 1 - n` was heard. A double holds 52 of them exactly. */
  before: number;
}

/**
 * Tells entries that were written twice (a writer that lost the reply and sent again) by instance and number. An
 * entry far below the newest number of its instance is taken as a new start of that instance, not as a repeat, so an
 * instance should have another name each time it starts.
 */
export class Repeats {
  #young = new Map<string, Heard>();
  #old = new Map<string, Heard>();

  /** @returns whether this entry was there before; remembers it. */
  isRepeat(instance: string, seq: number): boolean {
    const heard = this.#young.get(instance) ?? this.#renew(instance);
    if (heard === undefined) {
      this.#remember(instance, {newest: seq, before: 0});
      return false;
    }
    const ahead = seq - heard.newest;
    if (ahead === 0) return true;
    if (ahead > 0 || ahead < -WINDOW) {
      heard.before = ahead > 0 && ahead <= WINDOW ? shift(heard.before, ahead) : 0;
      heard.newest = seq;
      return false;
    }
    const bit = 2 ** (-ahead - 1);
    if (Math.floor(heard.before / bit) % 2 === 1) return true;
    heard.before += bit;
    return false;
  }

  #renew(instance: string): Heard | undefined {
    const heard = this.#old.get(instance);
    if (heard !== undefined) this.#remember(instance, heard);
    return heard;
  }

  #remember(instance: string, heard: Heard): void {
    if (this.#young.size >= MOST_INSTANCES / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(instance, heard);
  }
}

/** Moves the bits up by `ahead`, marks the number that was the newest, and drops what is too far back. */
function shift(before: number, ahead: number): number {
  return ((before % 2 ** (WINDOW - ahead)) * 2 + 1) * 2 ** (ahead - 1);
}
