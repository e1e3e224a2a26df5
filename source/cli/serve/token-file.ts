import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import {readTokens, type Client} from '../../server/tokens.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {quote} from '../../text/quote.ts';

const MOST_BYTES = 1024 * 1024;

/**
 * Who may ask, from the file of `--tokens`; what is doubtful in it is said. Nothing of what stands in it is ever repeated.
 * @throws Failure exit code 2: not there, readable by others, or not lines of tokens
 */
export async function readTokenFile(
  path: string | undefined,
  say: (line: string) => void,
): Promise<Client[]> {
  if (path === undefined)
    throw usage(
      'serve needs to know who may ask',
      '--tokens FILE, its lines NAME SCOPE[,SCOPE…] TOKEN with scopes read, feedback, evaluate, write, operate',
    );
  const read = readTokens(await textOf(path));
  if (read.ok) {
    for (const {line, message} of read.doubts) say(`${path}:${line}: ${message}`);
    return read.clients;
  }
  throw new Failure(EXIT.usage, 'bad-tokens', `${quote(path)} has mistakes`, 'NAME SCOPE[,SCOPE…] TOKEN', {
    lines: read.mistakes.map(({line, message}) => `${path}:${line}: ${message}`),
    facts: {mistakes: read.mistakes},
  });
}

async function textOf(path: string): Promise<string> {
  // A pipe that no process writes into would be waited for without end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'is not there' : 'cannot be read';
      throw usage(`${quote(path)} ${why}`, '--tokens FILE', 'no-file');
    },
  );
  try {
    // Of the open file, not of the path: the file behind a path can be replaced in the meantime.
    const found = await file.stat();
    if (!found.isFile()) throw usage(`${quote(path)} is not a plain file`, '--tokens FILE', 'no-file');
    const {mode, size} = found;
    if ((mode & 0o077) !== 0)
      throw usage(
        `${quote(path)} holds tokens, and others than its owner may use it`,
        `chmod 600 ${path}`,
        'file-open-to-others',
      );
    if (size > MOST_BYTES) throw usage(`${quote(path)} is too large for a file of tokens`, '', 'too-large');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
