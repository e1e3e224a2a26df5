import {setImmediate as immediately} from 'node:timers/promises';
import {styleText} from 'node:util';
import type {Failure} from './failure.ts';

type Format = Parameters<typeof styleText>[0];
/** Puts colour on a text, or leaves it where there is none to be. */
export type Paint = (format: Format, text: string) => string;

/** Where a verb writes: data to stdout, everything else to stderr. A reader that goes away is no error. */
export interface Output {
  readonly isJson: boolean;
  /** One line of data. */
  data(line: string): void;
  /** One line for a person who watches; made fit for a terminal here, whatever stands in it. */
  say(line: string): void;
  /** From now on nothing is said: what then stands on stderr is one error, as JSON, or nothing. */
  hush(): void;
  /** One JSON document, on one line. */
  json(document: {schema: string; [field: string]: unknown}): void;
  fail(failure: Failure): void;
  /** For data, and for what is said. */
  paint: Paint;
  /** Aborts when the reader of stdout has closed it. */
  readonly closed: AbortSignal;
  /** Why data could not be written although stdout is open, for example a full disk; null if all was written. */
  readonly lost: string | null;
  /** Resolves once everything is written. */
  flushed(): Promise<void>;
}

/** Whether colour codes may be written to a stream. */
export function hasColor(
  stream: {isTTY?: boolean},
  wanted: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (!wanted || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

export function openOutput(options: {json: boolean; color: boolean}): Output {
  const {stdout, stderr, env} = process;
  const closed = new AbortController();
  let isHushed = false;
  let lost: string | null = null;
  stdout.on('error', ({code, message}: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') lost ??= code ?? message;
    closed.abort();
  });
  stderr.on('error', () => {});
  const paint: Paint = hasColor(stdout, options.color, env)
    ? (format, text) => styleText(format, text, {validateStream: false})
    : (_format, text) => text;
  const warn: Paint = hasColor(stderr, options.color, env)
    ? (format, text) => styleText(format, text, {validateStream: false})
    : (_format, text) => text;
  const write = (stream: NodeJS.WriteStream, line: string) => {
    if (stream.writable) stream.write(`${line}\n`);
  };
  return {
    isJson: options.json,
    paint,
    closed: closed.signal,
    get lost() {
      return lost;
    },
    data: line => write(stdout, line),
    say(line) {
      if (!isHushed) write(stderr, harmless(line));
    },
    hush() {
      isHushed = true;
    },
    json: document => write(stdout, jsonOf(document)),
    fail(failure) {
      for (const line of options.json ? [asJson(failure)] : asText(failure, warn)) write(stderr, line);
    },
    async flushed() {
      await Promise.all([stdout, stderr].map(drained));
      // What a write came to is told a turn later.
      await immediately();
    },
  };
}

/**
 * The last guard before a terminal: without controls, direction marks and hidden letters. It cuts and measures
 * nothing, so that no verb has to load what does.
 */
function harmless(line: string): string {
  return line.replaceAll(/(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
}

/** JSON leaves controls above ASCII, direction marks and hidden letters as they are; a terminal may act on them. */
function jsonOf(document: object): string {
  return JSON.stringify(document).replaceAll(/[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu, letter =>
    Array.from({length: letter.length}, (_, index) => {
      return `\\u${letter.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}

function asJson({code, message, next, exit, lines, facts}: Failure): string {
  const more = lines.length === 0 ? {} : {lines};
  return jsonOf({schema: 'graydeck.error/1', code, message, next, exitCode: exit, ...facts, ...more});
}

function asText({message, next, lines}: Failure, paint: Paint): string[] {
  const end = /[.?!:]$/u.test(message) ? '' : /[\p{Script=Han}）]$/u.test(message) ? '。' : '.';
  return [
    `${paint('red', 'graydeck:')} ${harmless(message)}${end}`,
    ...lines.map(line => harmless(line)),
    ...(next === '' ? [] : [`  ${paint('dim', '→')} ${harmless(next)}`]),
  ];
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (!stream.writable) return Promise.resolve();
  return new Promise(resolve => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}
