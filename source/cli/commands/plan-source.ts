import {constants, createReadStream, openSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import {Socket} from 'node:net';
import type {Readable} from 'node:stream';
import {type Mistake} from '../../config/yaml/mistake.ts';
import type {MetricDeclaration} from '../../config/condition/metric-book.ts';
import type {Plan} from '../../release/plan.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {quote} from '../../text/quote.ts';

/** A file as it is called in mistakes, and what it holds. */
export interface Source {
  name: string;
  text: string;
}

/** A pipe says something within this time, milliseconds. */
const SILENT_MS = 5000;
/** What is larger is no plan; the reader says so by itself, but need not be given a disk image, or what never ends. */
const MOST_BYTES = 4 * 1024 * 1024;

/** A file, or stdin for `-`. @throws Failure exit code 2 where it cannot be read. */
export async function readSource(path: string, say: (line: string) => void): Promise<Source> {
  if (path === '-') {
    if (process.stdin.isTTY) say('reading the plan from the terminal; Ctrl+D ends it');
    return {name: 'stdin', text: await readText(process.stdin, 'stdin')};
  }
  try {
    return {name: path, text: await readText(await openStream(path), quote(path))};
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw usage(
      `${quote(path)} cannot be read: ${whyUnreadable(error)}`,
      'check the path, and that you may read it',
      'unreadable',
    );
  }
}

/**
 * Opens a file. A pipe is read as its other end writes; one that stays silent is given up. It is opened without waiting: a
 * thread that waits for a writer would keep the process from ending.
 */
async function openStream(path: string): Promise<Readable> {
  const isPipe = (await stat(path)).isFIFO();
  if (!isPipe) return createReadStream(path);
  // A handle would close the pipe once it is collected.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = new Socket({fd, readable: true, writable: false});
  const late = setTimeout(() => pipe.destroy(silent(path)), SILENT_MS);
  pipe.once('readable', () => clearTimeout(late));
  pipe.once('close', () => clearTimeout(late));
  return pipe;
}

function silent(path: string): Failure {
  return usage(
    `${quote(path)} is a pipe, and no process wrote into it for ${SILENT_MS / 1000} s`,
    'name a plain file',
    'unreadable',
  );
}

async function readText(stream: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES)
      throw usage(`${name} is too large for a plan`, 'graydeck plan check FILE', 'unreadable');
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(Buffer.concat(chunks));
  } catch {
    throw usage(`${name} is no text in UTF-8`, 'save it as UTF-8', 'unreadable');
  }
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'you may not read it';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return code === '' ? 'it is not readable' : code;
  }
}

/** A mistake as one line: `file:line:column: message`, with what is allowed. */
export function mistakeLine({file, line, column, message, allowed}: Mistake): string {
  const hint = allowed === '' ? '' : ` (allowed: ${allowed})`;
  return `${file}:${line}:${column}: ${message}${hint}`;
}

/** All mistakes of a file as one failure, exit code 2. */
export function failureOfMistakes(name: string, mistakes: readonly Mistake[], next?: string): Failure {
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  return new Failure(
    EXIT.usage,
    'bad-file',
    `${name} has ${count}`,
    next ?? `correct it, then: graydeck plan check ${name}`,
    {
      lines: mistakes.map(mistakeLine),
      facts: {mistakes},
    },
  );
}

/** A whole plan from a file or stdin; its warnings are said. @throws Failure exit code 2. */
export async function readPlanFile(
  path: string,
  say: (line: string) => void,
  metrics: Readonly<Record<string, MetricDeclaration>> = {},
): Promise<Plan> {
  const [{readPlan}, source] = await Promise.all([
    import('../../config/plan/plan-file.ts'),
    readSource(path, say),
  ]);
  const read = readPlan(source.text, source.name, {metrics});
  if (!read.ok) throw failureOfMistakes(source.name, read.mistakes);
  for (const warning of read.warnings) say(mistakeLine(warning));
  return read.plan;
}
