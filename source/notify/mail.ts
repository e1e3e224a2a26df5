import type {MailSpec} from '../release/channel.ts';
import {failed, type Channel, type Tried} from './channel.ts';
import type {Message} from './message.ts';
import {isLoopback, isTls} from './post.ts';
import {readSecret, without} from '../http/secret.ts';
import {startOf} from '../release/well-formed.ts';

/** For the connection, its greeting and each answer; and all in all, milliseconds. */
const STEP_MS = 6000;
const ALL_MS = 12_000;
const NOT_LET_IN = 'it does not take this user and password';

/**
 * Mail by SMTP. `smtps:` is secure from the first byte; `smtp:` is made so by STARTTLS before anything is said, and what
 * offers none is refused. Only `smtp://127.0.0.1` is spoken to plainly.
 */
export function mailChannel({name, level, features, ...spec}: MailSpec): Channel {
  return {
    name,
    level,
    features,
    timeoutMs: ALL_MS,
    perMinute: 30,
    warm: () => import('nodemailer'),
    async send(message, signal) {
      const password = spec.password === null ? null : await readSecret(spec.password);
      if (!URL.canParse(spec.server)) return failed('its address is none', {isFinal: true});
      return await sendMail(spec, password, message, signal);
    },
  };
}

async function sendMail(
  {server, from, to}: Pick<MailSpec, 'server' | 'from' | 'to'>,
  password: string | null,
  message: Message,
  signal: AbortSignal,
): Promise<Tried> {
  const {createTransport} = await import('nodemailer');
  const {protocol, hostname, port, username} = new URL(server);
  const isSecure = protocol === 'smtps:';
  // No other party reads what this machine sends to itself, and its server has no trusted certificate.
  const isHere = isLoopback(hostname);
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/gu, ''),
    port: port === '' ? (isSecure ? 465 : 587) : Number(port),
    secure: isSecure,
    requireTLS: !isSecure && !isHere,
    ignoreTLS: isHere && !isSecure,
    ...(username === '' || password === null
      ? {}
      : {auth: {user: decodeURIComponent(username), pass: password}}),
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    // Nothing from outside is ever read as a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const stop = () => transport.close();
  signal.addEventListener('abort', stop);
  const late = new Promise<Tried>(resolve => {
    const tell = () => resolve(failed('it does not answer in time', {isUnsure: true}));
    signal.addEventListener('abort', tell, {once: true});
  });
  try {
    return await Promise.race([sent(transport.sendMail({from, to, ...mailOf(message)})), late]);
  } catch (error) {
    return refusal(error, password === null ? [] : [password]);
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

async function sent(sending: Promise<{rejected?: unknown[]; accepted?: unknown[]}>): Promise<Tried> {
  const {rejected = [], accepted = []} = await sending;
  const of = rejected.length + accepted.length;
  return {
    outcome: 'done',
    note: rejected.length === 0 ? null : `${rejected.length} of ${of} addresses refused`,
  };
}

/** Subject, text and the headers by which mail programs know a repeat and a thread. */
function mailOf(message: Message) {
  const {id, word, feature, text, lines, contacts, at} = message;
  const host = 'graydeck.invalid';
  const safeId = id.replace(/[^\w.-]+/gu, '.');
  return {
    subject: startOf(`[${word}] ${feature}: ${text}`, 180),
    text: [
      text,
      '',
      ...lines,
      ...(Object.keys(contacts).length === 0 ? [] : ['']),
      ...Object.entries(contacts).map(([who, how]) => `${who}: ${how}`),
      ...(message.repeat === null ? [] : ['', message.repeat.long]),
      '',
    ].join('\n'),
    messageId: `<${safeId}@${host}>`,
    date: new Date(at),
    headers: {
      'auto-submitted': 'auto-generated',
      'x-graydeck-level': message.level,
      ...(message.mayBeRepeat ? {'x-graydeck-repeat': 'maybe'} : {}),
    },
  };
}

interface SmtpError {
  code: string;
  /** The system's own word for it. */
  originalCode: string;
  responseCode: number | null;
  response: string;
  /** Which of its time limits has passed. */
  timeoutType: string;
}

function refusal(thrown: unknown, secrets: readonly string[]): Tried {
  const {code, originalCode, responseCode, response, timeoutType} = smtpError(thrown);
  const said = without(response.replace(/[^\x20-\x7e]+/gu, ' '), secrets).slice(0, 120);
  if (responseCode !== null) {
    const isFinal = responseCode >= 500;
    if (responseCode === 535) return failed('535 user or password are wrong', {isFinal});
    // Some repeat what they were told, and that is the password in other letters.
    return failed(code === 'EAUTH' ? `${responseCode} ${NOT_LET_IN}` : said, {isFinal});
  }
  if (code === 'EAUTH') return failed(NOT_LET_IN, {isFinal: true});
  if (code === 'EENVELOPE') return failed('it takes neither sender nor receivers', {isFinal: true});
  if (code === 'ETLS') return failed('it offers no secure connection', {isFinal: true});
  const cause = originalCode;
  if (isTls(cause)) return failed(`its certificate is not trusted (${cause})`, {isFinal: true});
  if (code === 'EDNS') return failed('its host has no address');
  if (code === 'ETIMEDOUT') {
    // Only what came to its end may have been taken.
    return failed('it does not answer in time', {isUnsure: timeoutType === 'SOCKET_TIMEOUT'});
  }
  const isBefore = cause === 'ECONNREFUSED' || cause === 'EHOSTUNREACH' || cause === 'ENETUNREACH';
  return isBefore
    ? failed('no answer at its address')
    : failed(`the connection broke${cause === '' ? '' : ` (${cause})`}`, {isUnsure: true});
}

function smtpError(thrown: unknown): SmtpError {
  const read = (name: string): unknown =>
    typeof thrown === 'object' && thrown !== null ? (thrown as Record<string, unknown>)[name] : undefined;
  const text = (name: string) => (typeof read(name) === 'string' ? String(read(name)) : '');
  const number = read('responseCode');
  return {
    code: text('code'),
    originalCode: text('originalCode'),
    responseCode: typeof number === 'number' ? number : null,
    response: text('response'),
    timeoutType: text('timeoutType'),
  };
}
