import {bytesOf, exactWord, folded, keyWord, likeWord, valueWord} from './words.ts';

/** True or false for every request, or a variable (its name) that is `1` or empty. */
export type Bit = boolean | string;

/** Longest key of a map's hash with nginx's own `map_hash_bucket_size` of 64; longer ones go by regular expressions. */
const LONGEST_KEY = 46;
/** So many bits are brought together in one map. */
const BITS_AT_ONCE = 16;

/** The maps of one feature, written one after another; each is evaluated only for requests that come to it. */
export class Block {
  readonly #suffix: string;
  readonly #texts: string[] = [];
  #count = 0;

  constructor(suffix: string) {
    this.#suffix = suffix;
  }

  text(): string {
    return this.#texts.join('');
  }

  /** `source`: a word as it is to stand. Lines are words, too. @returns the new variable, with its dollar sign */
  map(source: string, fallback: string, lines: readonly string[], name = this.#next()): string {
    this.#texts.push(
      `map ${source} ${name} {\n${[`default ${fallback}`, ...lines].map(inBlock).join('')}}\n`,
    );
    return name;
  }

  /** `1` below the percentage, else empty. As many decimals as nginx takes; 0 % may not be written, 100 % only as `*`. */
  share(source: string, percent: string): string {
    const name = this.#next();
    const lines = percent === '100' ? ['* 1'] : percent === '0' ? ['* ""'] : [`${percent}% 1`, '* ""'];
    this.#texts.push(`split_clients ${source} ${name} {\n${lines.map(inBlock).join('')}}\n`);
    return name;
  }

  /**
   * Whether a variable holds one of these texts, capitals counted. A map looks texts up by a hash, but takes capital and
   * small letters for the same: what it finds is compared once more, letter by letter.
   * @throws Unwritable
   */
  isOneOf(variable: string, texts: readonly string[]): Bit {
    const byFold = Map.groupBy(new Set(texts), folded);
    const simple: string[] = [];
    const alike: string[] = [];
    const exact: string[] = [];
    for (const group of byFold.values()) {
      for (const text of group) {
        const isKey = bytesOf(text) <= LONGEST_KEY && !text.includes('\n') && group.length === 1;
        (isKey ? (/[A-Za-z]/.test(text) ? alike : simple) : exact).push(text);
      }
    }
    if (byFold.size === 0) return false;
    let fallback = '""';
    if (exact.length > 0)
      fallback = this.map(
        variable,
        '""',
        exact.map(text => `${exactWord(text)} 1`),
      );
    const ones = simple.map(text => `${keyWord(text)} 1`);
    if (alike.length === 0) return ones.length === 0 ? fallback : this.map(variable, fallback, ones);
    const like = this.map(
      variable,
      '""',
      alike.map(text => `${keyWord(text)} ${valueWord(text)}`),
    );
    const same = this.map(`"${braced(like)}\n${braced(variable)}"`, '""', [String.raw`"~^(.+)\n\\1\\z" 1`]);
    const found = this.map(like, same, [`"" ${fallback}`]);
    return ones.length === 0 ? found : this.map(variable, found, ones);
  }

  /** Whether a variable fits a pattern: `parts` are the texts between its stars. @throws Unwritable */
  isLike(variable: string, parts: readonly string[]): Bit {
    return this.map(variable, '""', [`${likeWord(parts)} 1`]);
  }

  not(bit: Bit): Bit {
    return typeof bit === 'boolean' ? !bit : this.map(bit, '""', ['"" 1']);
  }

  any(bits: readonly Bit[]): Bit {
    if (bits.includes(true)) return true;
    const open = bits.filter(bit => typeof bit === 'string');
    return this.#together(open, false, part => this.map(joined(part), '1', ['"" ""']));
  }

  all(bits: readonly Bit[]): Bit {
    if (bits.includes(false)) return false;
    const open = bits.filter(bit => typeof bit === 'string');
    return this.#together(open, true, part =>
      this.map(joined(part), '""', [`"${'1'.repeat(part.length)}" 1`]),
    );
  }

  #together(bits: readonly string[], none: boolean, make: (part: readonly string[]) => string): Bit {
    const [first, ...others] = bits;
    if (first === undefined) return none;
    if (others.length === 0) return first;
    const parts: string[] = [];
    for (let at = 0; at < bits.length; at += BITS_AT_ONCE) {
      const part = bits.slice(at, at + BITS_AT_ONCE);
      parts.push(part.length === 1 ? (part[0] ?? '') : make(part));
    }
    return this.#together(parts, none, make);
  }

  #next(): string {
    return `$gray_${++this.#count}_${this.#suffix}`;
  }
}

/** `$name` as it stands between other letters. */
function braced(variable: string): string {
  return `\${${variable.slice(1)}}`;
}

function joined(variables: readonly string[]): string {
  return `"${variables.map(braced).join('')}"`;
}

function inBlock(line: string): string {
  return `  ${line};\n`;
}
