import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http';
import {createServer as createPlainServer, type AddressInfo, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {SMTPServer, type SMTPServerOptions} from 'smtp-server';
import {eventually} from '../patience.ts';

/** What somebody has posted. */
export interface Posted {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** This process's clock, milliseconds since 1970. */
  at: number;
}

export interface HttpReceiver extends AsyncDisposable {
  url: string;
  posted: Posted[];
  /** Waits until so many have come. */
  until(count: number): Promise<Posted[]>;
}

type Answer = (response: ServerResponse, index: number) => void;

const OK: Answer = response => void response.end('ok');

/** A real receiver by HTTP; `answer` is told which call it is, from 0. */
export async function httpReceiver(answer: Answer = OK): Promise<HttpReceiver> {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      posted.push({path: request.url ?? '', headers: request.headers, body, at: Date.now()});
      answer(response, posted.length - 1);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    posted,
    until: count =>
      eventually(() => {
        if (posted.length < count) throw new Error(`${posted.length} of ${count} have come`);
        return posted;
      }, 5),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

export interface Mailed {
  from: string;
  to: string[];
  text: string;
  user: string;
  isSecure: boolean;
  at: number;
}

export interface MailReceiver extends AsyncDisposable {
  port: number;
  mailed: Mailed[];
  until(count: number): Promise<Mailed[]>;
}

/** What becomes of a mail once all of it was said: null: it is taken. */
type Judge = (index: number) => Error | 'hang up' | 'say nothing' | null;

/** A real SMTP server; user `deck`, password `correct horse`. */
export async function mailReceiver(
  options: SMTPServerOptions = {},
  judge: Judge = () => null,
): Promise<MailReceiver> {
  const mailed: Mailed[] = [];
  let calls = 0;
  const server: SMTPServer = new SMTPServer({
    authOptional: true,
    // What it has to say about its own certificate is not for the report of the tests.
    logger: false,
    closeTimeout: 10,
    ...options,
    onAuth({username, password}, _, done) {
      const isRight = username === 'deck' && password === 'correct horse';
      done(isRight ? null : new Error('wrong'), isRight ? {user: username} : undefined);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const judged = judge(calls++);
        if (judged === 'say nothing') return;
        if (judged === 'hang up') {
          for (const connection of server.connections) connection.close();
          return;
        }
        if (judged !== null) return done(judged);
        const {mailFrom, rcptTo} = session.envelope;
        mailed.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({address}) => address),
          text: Buffer.concat(chunks).toString('utf8'),
          user: String(session.user ?? ''),
          isSecure: session.secure,
          at: Date.now(),
        });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve));
  const {port} = server.server.address() as AddressInfo;
  return {
    port,
    mailed,
    until: count =>
      eventually(() => {
        if (mailed.length < count) throw new Error(`${mailed.length} of ${count} have come`);
        return mailed;
      }, 5),
    async [Symbol.asyncDispose]() {
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

/** A server of mail that refuses to let anybody in, and repeats what it was told: some do. */
export async function echoingReceiver() {
  const receiver = {port: 0, code: 500, said: [] as string[]};
  const sockets = new Set<Socket>();
  const server = createPlainServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write('220 mail\r\n');
    socket.on('data', data => {
      const line = data.toString('utf8').trim();
      receiver.said.push(line);
      if (line.startsWith('EHLO')) socket.write('250-mail\r\n250 AUTH PLAIN\r\n');
      else socket.write(`${receiver.code} not understood: ${line}\r\n`);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  receiver.port = (server.address() as AddressInfo).port;
  return Object.assign(receiver, {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  });
}

/** A certificate for `localhost` that nobody trusts unless told to. */
export function certificate(): {key: string; cert: string} {
  const folder = mkdtempSync(join(tmpdir(), 'graydeck-certificate-'));
  try {
    const [key, cert] = ['key.pem', 'cert.pem'].map(name => join(folder, name));
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    execFileSync('openssl', [...made, ...subject, '-keyout', key!, '-out', cert!], {stdio: 'ignore'});
    return {key: readFileSync(key!, 'utf8'), cert: readFileSync(cert!, 'utf8')};
  } finally {
    rmSync(folder, {recursive: true});
  }
}
