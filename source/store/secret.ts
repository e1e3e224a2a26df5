import {readFile, stat} from 'node:fs/promises';
import {StoreFault} from './fault.ts';

/** A password that is read before each connection. It appears in no text, JSON or inspected object. */
export interface PasswordSource {
  /** The password; empty: none. @throws StoreFault `store-no-rights`: it cannot be read. */
  read(): Promise<string>;
}

/** A password that is known. */
export class Secret implements PasswordSource {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  async read(): Promise<string> {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }
}

/** A longer file holds no password, in bytes. */
const LONGEST_FILE = 65_536;

/**
 * A password in a file. The file may be rewritten at any time. While it is missing or empty, as in the middle of a rewrite, the
 * password that was read last is given.
 */
export class SecretFile implements PasswordSource {
  readonly #path: string;
  readonly #named: string;
  #last: string | null = null;

  /** `named`: the setting that names the file, for the text of a fault. The path is never shown: it may be a misplaced password. */
  constructor(path: string, named: string) {
    this.#path = path;
    this.#named = named;
  }

  async read(): Promise<string> {
    const text = await this.#text();
    if (text === null && this.#last === null) {
      throw new StoreFault(
        'store-no-rights',
        `The password file that ${this.#named} names cannot be read.`,
        'Check its path, and that this user may read it.',
      );
    }
    // Editors end a file with a line break, which is not part of the password.
    const password = text?.replace(/\r?\n$/, '') ?? '';
    if (password !== '') this.#last = password;
    return this.#last ?? '';
  }

  toJSON(): string {
    return '***';
  }

  async #text(): Promise<string | null> {
    try {
      if (this.#last !== null) {
        const now = await stat(this.#path);
        // A pipe gives its bytes once. Opening it again would wait for a writer.
        if (!now.isFile() || now.size > LONGEST_FILE) return null;
      }
      const text = await readFile(this.#path, 'utf8');
      return text.length > LONGEST_FILE ? null : text;
    } catch {
      return null;
    }
  }
}
