import {networkInterfaces} from 'node:os';
import {getCACertificates, setDefaultCACertificates} from 'node:tls';
import {afterEach, beforeAll, describe, expect, test, vi} from 'vitest';
import type {Tried} from '../../source/notify/channel.ts';
import {openChannel} from '../../source/notify/open-channel.ts';
import type {MailSpec} from '../../source/release/channel.ts';
import {freePort} from '../servers/ports.ts';
import {aMessage, SOON} from './messages.ts';
import {certificate, echoingReceiver, mailReceiver} from './receivers.ts';

const pair = certificate();
const trusted = getCACertificates('default');

beforeAll(() => vi.stubEnv('TEST_MAIL', 'correct horse'));
afterEach(() => {
  setDefaultCACertificates(trusted);
  vi.stubEnv('TEST_MAIL', 'correct horse');
});

function mail(server: string): MailSpec {
  return {
    kind: 'mail',
    name: 'mail',
    level: 'warning',
    features: null,
    server,
    password: {from: 'env', name: 'TEST_MAIL'},
    from: 'Graydeck <deck@example.com>',
    to: ['oncall@example.com', 'lead@example.com'],
  };
}

const send = (server: string, signal = SOON(), more = {}): Promise<Tried> =>
  openChannel(mail(server)).send(aMessage(more), signal);

const TRUST = () => setDefaultCACertificates([...trusted, pair.cert]);

describe('mail', () => {
  test('is made secure, signed in and sent to everybody named', async () => {
    TRUST();
    await using receiver = await mailReceiver({...pair, authOptional: false});
    expect(await send(`smtp://deck@localhost:${receiver.port}`)).toEqual({outcome: 'done', note: null});
    expect(receiver.mailed).toMatchObject([
      {
        from: 'deck@example.com',
        to: ['oncall@example.com', 'lead@example.com'],
        user: 'deck',
        isSecure: true,
      },
    ]);
    const {text} = receiver.mailed[0]!;
    expect(text).toContain('Subject: [CRITICAL] new_payment: gray error rate 6.2 % above 5 %');
    expect(text).toContain('hotline: 400-123-4567');
    expect(text).toContain('Auto-Submitted: auto-generated');
    expect(text).toContain('Message-ID: <new_payment.raised.a-7k2m9x@graydeck.invalid>');
    expect(text).not.toContain('repeat');
  });

  test('is secure from the first byte where its address says smtps', async () => {
    TRUST();
    await using receiver = await mailReceiver({...pair, secure: true});
    expect(await send(`smtps://deck@localhost:${receiver.port}`)).toMatchObject({outcome: 'done'});
    expect(receiver.mailed).toMatchObject([{isSecure: true, user: 'deck'}]);
  });

  test('that may be a repeat says so, and has the same id as the first', async () => {
    TRUST();
    await using receiver = await mailReceiver(pair);
    const server = `smtp://deck@localhost:${receiver.port}`;
    await send(server);
    await send(server, SOON(), {mayBeRepeat: true});
    const [first, second] = receiver.mailed.map(({text}) => text);
    const id = (text = '') => /^Message-ID: (.*)$/mu.exec(text)?.[1];
    expect(id(second)).toBe(id(first));
    expect(second).toContain('This may be a repeat');
    expect(second).toContain('X-Graydeck-Repeat: maybe');
  });

  test('goes to no server whose certificate nobody trusts, whichever way it is secured', async () => {
    await using late = await mailReceiver(pair);
    await using early = await mailReceiver({...pair, secure: true});
    for (const server of [`smtp://deck@localhost:${late.port}`, `smtps://deck@localhost:${early.port}`]) {
      const tried = await send(server);
      expect(tried).toMatchObject({outcome: 'failed', isFinal: true, isUnsure: false});
      expect((tried as {error: string}).error).toContain('its certificate is not trusted');
    }
    expect([...late.mailed, ...early.mailed]).toEqual([]);
  });

  test('goes to no other machine unless it can be made secure', async context => {
    const outside = Object.values(networkInterfaces())
      .flatMap(list => list ?? [])
      .find(({internal, family}) => !internal && family === 'IPv4')?.address;
    if (outside === undefined) return context.skip();
    await using receiver = await mailReceiver({disabledCommands: ['STARTTLS']});
    expect(await send(`smtp://deck@${outside}:${receiver.port}`)).toMatchObject({
      outcome: 'failed',
      isFinal: true,
    });
    expect(receiver.mailed).toEqual([]);
    // On this very machine nobody listens in.
    expect(await send(`smtp://127.0.0.1:${receiver.port}`)).toMatchObject({outcome: 'done'});
  });

  test('that speaks plainly to a server that is secure from the first byte is not stuck', async () => {
    await using receiver = await mailReceiver({...pair, secure: true});
    const tried = await send(`smtp://deck@localhost:${receiver.port}`, AbortSignal.timeout(1000));
    expect(tried).toMatchObject({outcome: 'failed'});
    expect(receiver.mailed).toEqual([]);
  });

  test('with a wrong password is given up, and the password is told nowhere', async () => {
    TRUST();
    vi.stubEnv('TEST_MAIL', 'wrong battery');
    await using receiver = await mailReceiver(pair);
    const tried = await send(`smtp://deck@localhost:${receiver.port}`);
    expect(tried).toMatchObject({error: '535 user or password are wrong', isFinal: true, isUnsure: false});
  });

  test('to a server that repeats what it does not understand gives no password away', async () => {
    await using receiver = await echoingReceiver();
    const tried = await send(`smtp://deck@127.0.0.1:${receiver.port}`);
    expect(receiver.said.join('\n')).toContain(btoa('\0deck\0correct horse'));
    expect(tried).toMatchObject({error: '500 it does not take this user and password', isFinal: true});
    receiver.code = 454;
    expect(await send(`smtp://deck@127.0.0.1:${receiver.port}`)).toMatchObject({
      error: '454 it does not take this user and password',
      isFinal: false,
    });
  });

  test('that was said in full and then failed was not taken; refused for good it is given up', async () => {
    TRUST();
    const says = (code: number) => Object.assign(new Error('no space left'), {responseCode: code});
    await using receiver = await mailReceiver(pair, index => says(index === 0 ? 451 : 554));
    const server = `smtp://deck@localhost:${receiver.port}`;
    expect(await send(server)).toMatchObject({error: '451 no space left', isFinal: false, isUnsure: false});
    expect(await send(server)).toMatchObject({error: '554 no space left', isFinal: true, isUnsure: false});
  });

  test('after which the server hangs up, or says nothing, may have been taken', async () => {
    TRUST();
    await using receiver = await mailReceiver(pair, index => (index === 0 ? 'hang up' : 'say nothing'));
    const server = `smtp://deck@localhost:${receiver.port}`;
    expect(await send(server)).toMatchObject({outcome: 'failed', isFinal: false, isUnsure: true});
    expect(await send(server, AbortSignal.timeout(300))).toMatchObject({
      error: 'it does not answer in time',
      isUnsure: true,
    });
  });

  test('to nobody who is there is tried again', async () => {
    const port = await freePort();
    expect(await send(`smtp://127.0.0.1:${port}`)).toMatchObject({
      error: 'no answer at its address',
      isFinal: false,
      isUnsure: false,
    });
  });

  test('that some do not get is done, and says so', async () => {
    TRUST();
    await using receiver = await mailReceiver({
      ...pair,
      onRcptTo: ({address}, _, done) => done(address.startsWith('lead') ? new Error('unknown') : null),
    });
    expect(await send(`smtp://deck@localhost:${receiver.port}`)).toEqual({
      outcome: 'done',
      note: '1 of 2 addresses refused',
    });
  });

  test('keeps its headers, whatever stands in a text', async () => {
    TRUST();
    await using receiver = await mailReceiver(pair);
    await send(`smtp://deck@localhost:${receiver.port}`, SOON(), {
      text: 'a\r\nBcc: everyone@example.com\r\n\r\nb',
    });
    expect(receiver.mailed[0]).toMatchObject({to: ['oncall@example.com', 'lead@example.com']});
    expect(receiver.mailed[0]?.text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/mu);
  });
});
