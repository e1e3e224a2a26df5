import {writeFileSync, mkdtempSync, rmSync} from 'node:fs';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, test, vi} from 'vitest';
import {lackOfChannel, openChannel} from '../../source/notify/open-channel.ts';
import {retryAfter} from '../../source/notify/post.ts';
import {sendTest} from '../../source/notify/send-test.ts';
import {signatureOf} from '../../source/notify/sms.ts';
import type {ChannelSpec, SlackSpec, SmsSpec, WebhookSpec} from '../../source/release/channel.ts';
import {forwardProxy} from '../servers/forward-proxy.ts';
import {freePort} from '../servers/ports.ts';
import {aMessage, SOON} from './messages.ts';
import {certificate, httpReceiver} from './receivers.ts';

const TOKEN = 'T0KEN-of-the-team';

afterEach(() => vi.unstubAllEnvs());

function slack(url: string): SlackSpec {
  vi.stubEnv('TEST_SLACK', `${url}/services/${TOKEN}`);
  return {
    kind: 'slack',
    name: 'slack',
    level: 'info',
    features: null,
    url: {from: 'env', name: 'TEST_SLACK'},
  };
}

function webhook(url: string): WebhookSpec {
  vi.stubEnv('TEST_SECRET', 'shared-secret');
  const secret = {from: 'env', name: 'TEST_SECRET'} as const;
  return {kind: 'webhook', name: 'ops', level: 'critical', features: null, url, secret};
}

function sms(url: string, more: Partial<SmsSpec> = {}): SmsSpec {
  vi.stubEnv('TEST_SMS', 'sms-token');
  return {
    kind: 'sms',
    name: 'sms',
    level: 'critical',
    features: null,
    shape: 'json',
    url,
    from: 'deck',
    to: '+491701234567',
    user: null,
    token: {from: 'env', name: 'TEST_SMS'},
    fields: null,
    expect: null,
    ...more,
  };
}

describe('Slack', () => {
  test('is told what happened, what to do and whom to call', async () => {
    await using receiver = await httpReceiver();
    const tried = await openChannel(slack(receiver.url)).send(aMessage(), SOON());
    expect(tried).toEqual({outcome: 'done', note: null});
    const {text} = JSON.parse(receiver.posted[0]!.body) as {text: string};
    expect(text.split('\n')).toEqual([
      '*CRITICAL*  *new_payment*  gray error rate 6.2 % above 5 %',
      'release v1.1.0 over v1.0.9, rolling, phase beta, 20 %',
      'hotline: 400-123-4567',
    ]);
  });

  test.each<[answer: string, error: string, isFinal: boolean]>([
    ['{"ok":false,"error":"channel_not_found"}', '200, but it says no: channel_not_found', true],
    ['{"ok":false,"error":"ratelimited"}', '200, but it says no: ratelimited', false],
    ['{"ok":false}', '200, but it says no: {"ok":false}', true],
    ['no_service', '200, but it does not say ok: no_service', false],
    ['', '200, but it does not say ok: it says nothing', false],
    ['<!DOCTYPE html><title>Log in</title>', '200, but it answers with a page for people', false],
  ])('that answers 200 and %j has not taken it', async (answer, error, isFinal) => {
    await using receiver = await httpReceiver(response => response.end(answer));
    const tried = await openChannel(slack(receiver.url)).send(aMessage(), SOON());
    expect(tried).toMatchObject({outcome: 'failed', error, isFinal, isUnsure: false});
  });

  test('says ok in its own words', async () => {
    for (const answer of ['ok', 'ok\n', '{"ok":true}', '{"success":true}']) {
      await using receiver = await httpReceiver(response => response.end(answer));
      expect((await openChannel(slack(receiver.url)).send(aMessage(), SOON())).outcome).toBe('done');
    }
  });

  test('is told through the proxy of the environment', async () => {
    await using receiver = await httpReceiver();
    await using proxy = await forwardProxy({to: Number(new URL(receiver.url).port)});
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    // No server of TLS stands behind it: that it was asked is what counts.
    await openChannel(slack('https://hooks.slack.example')).send(aMessage(), SOON());
    expect(proxy.asked).toEqual(['CONNECT hooks.slack.example:443']);
    vi.stubEnv('HTTP_PROXY', proxy.url);
    const tried = await openChannel(webhook('http://ops.example/gray')).send(aMessage(), SOON());
    expect(tried).toEqual({outcome: 'done', note: null});
    expect(proxy.asked.at(-1)).toBe('POST http://ops.example/gray');
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    expect((await openChannel(webhook(receiver.url)).send(aMessage(), SOON())).outcome).toBe('done');
    expect(proxy.asked).toHaveLength(2);
  });

  test('reads nothing of a message as a mention, a link or a mark', async () => {
    await using receiver = await httpReceiver();
    await openChannel(slack(receiver.url)).send(aMessage({text: '<!channel> *all* & <http://x|y>'}), SOON());
    const {text} = JSON.parse(receiver.posted[0]!.body) as {text: string};
    expect(text).toContain('&lt;!channel&gt; \u200B*all\u200B* &amp; &lt;http://x|y&gt;');
  });

  test('that has had too much says when to come back', async () => {
    await using receiver = await httpReceiver(response =>
      response.writeHead(429, {'retry-after': '7'}).end('slow'),
    );
    const tried = await openChannel(slack(receiver.url)).send(aMessage(), SOON());
    expect(tried).toMatchObject({error: '429 slow', isFinal: false, isUnsure: false, retryAfterMs: 7000});
  });

  test('that knows no such webhook is not asked again', async () => {
    await using receiver = await httpReceiver(response => response.writeHead(404).end('no_service'));
    const tried = await openChannel(slack(receiver.url)).send(aMessage(), SOON());
    expect(tried).toMatchObject({error: '404 no_service', isFinal: true, isUnsure: false});
  });

  test('that never answers may have taken it all the same', async () => {
    await using receiver = await httpReceiver(() => undefined);
    const tried = await openChannel(slack(receiver.url)).send(aMessage(), AbortSignal.timeout(200));
    expect(tried).toMatchObject({error: 'it does not answer in time', isFinal: false, isUnsure: true});
  });

  test('whose gateway fails may have taken it, one that hangs up may too, and one that is not there has not', async () => {
    await using failing = await httpReceiver(response =>
      response.writeHead(502).end('<html>Bad gateway</html>'),
    );
    expect(await openChannel(slack(failing.url)).send(aMessage(), SOON())).toMatchObject({
      error: '502',
      isUnsure: true,
    });
    await using broken = await httpReceiver(response => response.socket!.destroy());
    expect(await openChannel(slack(broken.url)).send(aMessage(), SOON())).toMatchObject({
      isUnsure: true,
      isFinal: false,
    });
    const port = await freePort();
    const nobody = await openChannel(slack(`http://127.0.0.1:${port}`)).send(aMessage(), SOON());
    expect(nobody).toMatchObject({error: 'no answer at its address', isUnsure: false, isFinal: false});
  });

  test('is not followed elsewhere: its address is a secret', async () => {
    await using elsewhere = await httpReceiver();
    await using receiver = await httpReceiver(response =>
      response.writeHead(307, {location: elsewhere.url}).end(),
    );
    const tried = await openChannel(slack(receiver.url)).send(aMessage(), SOON());
    expect(tried).toMatchObject({outcome: 'failed', isFinal: true});
    expect(elsewhere.posted).toEqual([]);
  });

  test('is read no further than it matters, and what it repeats of its address is not told', async () => {
    await using receiver = await httpReceiver(response => {
      response.writeHead(400);
      response.write(`no such path /services/${TOKEN} \u001B[31m`);
      response.end('x'.repeat(5_000_000));
    });
    const tried = await openChannel(slack(receiver.url)).send(aMessage(), SOON());
    expect(tried.outcome).toBe('failed');
    const {error} = tried as {error: string};
    expect(error).toMatch(/^400 no such path \*\*\* +\[31mx+$/u);
    expect(error.length).toBeLessThan(100);
  });

  test('by a certificate that nobody trusts is told nothing', async () => {
    const seen: string[] = [];
    const server = createSecureServer(certificate(), request => seen.push(request.url ?? ''));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const {port} = server.address() as AddressInfo;
    const tried = await openChannel(slack(`https://localhost:${port}`)).send(aMessage(), SOON());
    server.close();
    expect(tried).toMatchObject({isFinal: true, isUnsure: false});
    expect((tried as {error: string}).error).toContain('its certificate is not trusted');
    expect(seen).toEqual([]);
  });

  test('is told nothing over a line that others can read', async () => {
    expect(await openChannel(slack('http://hooks.example.com')).send(aMessage(), SOON())).toMatchObject({
      error: 'its address is not https',
      isFinal: true,
    });
    expect(await openChannel(sms('http://sms.example.com')).send(aMessage(), SOON())).toMatchObject({
      error: 'its address is not https',
    });
  });

  test('takes only numbers of this machine for this machine', async () => {
    const name = 'http://127.0.0.1.hooks.invalid';
    for (const spec of [slack(name), sms(name)])
      expect(await openChannel(spec).send(aMessage(), SOON())).toMatchObject({
        error: 'its address is not https',
        isFinal: true,
      });
  });

  test('whose address nobody has set says which variable, or which file, is missing', async () => {
    const spec = slack('http://127.0.0.1:1');
    expect(await lackOfChannel(spec)).toBeNull();
    vi.stubEnv('TEST_SLACK', '');
    expect(await openChannel(spec).send(aMessage(), SOON())).toMatchObject({
      error: 'the variable TEST_SLACK is not set',
      isFinal: true,
    });
    const missing: SlackSpec = {...spec, url: {from: 'file', path: '/nowhere/slack'}};
    expect(await lackOfChannel(missing)).toBe('/nowhere/slack cannot be read (ENOENT)');
  });

  test('takes its address from a file as well, read anew each time', async () => {
    await using receiver = await httpReceiver();
    const folder = mkdtempSync(join(tmpdir(), 'graydeck-secret-'));
    const path = join(folder, 'slack');
    const spec: SlackSpec = {...slack('http://127.0.0.1:1'), url: {from: 'file', path}};
    for (const room of ['one', 'two']) {
      writeFileSync(path, `${receiver.url}/${room}\n`);
      expect((await openChannel(spec).send(aMessage(), SOON())).outcome).toBe('done');
    }
    rmSync(folder, {recursive: true});
    expect(receiver.posted.map(({path}) => path)).toEqual(['/one', '/two']);
  });
});

describe('a webhook', () => {
  test('can tell by its signature who calls, when, and that nothing was changed', async () => {
    await using receiver = await httpReceiver();
    const before = Math.floor(Date.now() / 1000);
    await openChannel(webhook(receiver.url)).send(aMessage({mayBeRepeat: true}), SOON());
    const {headers, body} = receiver.posted[0]!;
    const timestamp = String(headers['x-graydeck-timestamp']);
    expect(Number(timestamp) - before).toBeLessThanOrEqual(5);
    expect(headers['x-graydeck-signature']).toBe(`v1=${signatureOf('shared-secret', timestamp, body)}`);
    expect(signatureOf('shared-secret', timestamp, `${body} `)).not.toBe(
      signatureOf('shared-secret', timestamp, body),
    );
    expect(headers['idempotency-key']).toBe('new_payment/raised a-7k2m9x');
    expect(JSON.parse(body)).toMatchObject({
      schema: 'graydeck.notice/1',
      kind: 'raised',
      level: 'critical',
      feature: 'new_payment',
      release: {version: 'v1.1.0', percent: 20},
      mayBeRepeat: true,
    });
  });

  test.each([
    '{"ok":false}',
    '{"status":"error"}',
    '{"errcode":310000,"errmsg":"no keyword"}',
    '<html></html>',
  ])('that answers 200 and %s has not taken it', async answer => {
    await using receiver = await httpReceiver(response => response.end(answer));
    expect((await openChannel(webhook(receiver.url)).send(aMessage(), SOON())).outcome).toBe('failed');
  });

  test.each([
    '',
    'received',
    '{}',
    '{"status":"accepted"}',
    '{"code":0,"message":"success"}',
    '{"error":null}',
  ])('that answers 200 and %j has taken it', async answer => {
    await using receiver = await httpReceiver(response => response.end(answer));
    expect((await openChannel(webhook(receiver.url)).send(aMessage(), SOON())).outcome).toBe('done');
  });

  test('whose address is a secret has no word of it told, whatever the receiver repeats', async () => {
    await using receiver = await httpReceiver(response =>
      response.writeHead(404).end('Cannot POST /in/K3y-0f-the-hook, nor K3y-0f-the-hook, nor sig-0f-it'),
    );
    vi.stubEnv('TEST_HOOK', `${receiver.url}/in/K3y-0f-the-hook?sig=sig-0f-it`);
    const spec: WebhookSpec = {...webhook(''), url: {from: 'env', name: 'TEST_HOOK'}};
    expect(await openChannel(spec).send(aMessage(), SOON())).toMatchObject({
      error: '404 Cannot POST ***, nor ***, nor ***',
    });
  });

  test('is signed as RFC 4231 and OpenSSL would: HMAC-SHA256 of time, dot and body', () => {
    expect(signatureOf('key', '1800000000', '{"a":1}')).toBe(
      // printf '1800000000.{"a":1}' | openssl dgst -sha256 -hmac key
      '7330c9cf7d886970cbebbbb5494c04d2aeff06a990adb7d7a75abfeb0159d291',
    );
  });
});

describe('a short message', () => {
  test('comes in the shape that its gateway asks for', async () => {
    await using receiver = await httpReceiver(response =>
      response.end('{"messages": [{"status": "0"}], "sid": "SM1", "status": "queued", "error_code": null}'),
    );
    const text = 'CRITICAL new_payment v1.1.0: gray error rate 6.2 % above 5 %';
    const shapes: Partial<SmsSpec>[] = [
      {shape: 'json'},
      {shape: 'form'},
      {shape: 'twilio', user: 'AC123'},
      {shape: 'vonage', user: 'key'},
      {shape: 'json', fields: {mobile: '{{to}}', content: '[deck] {{text}}'}},
    ];
    for (const shape of shapes)
      expect(await openChannel(sms(receiver.url, shape)).send(aMessage(), SOON())).toMatchObject({
        outcome: 'done',
      });
    const [json, form, twilio, vonage, own] = receiver.posted;
    expect(JSON.parse(json!.body)).toEqual({to: '+491701234567', from: 'deck', text});
    expect(json!.headers.authorization).toBe('Bearer sms-token');
    expect(Object.fromEntries(new URLSearchParams(form!.body))).toMatchObject({to: '+491701234567', text});
    expect(Object.fromEntries(new URLSearchParams(twilio!.body))).toEqual({
      To: '+491701234567',
      From: 'deck',
      Body: text,
    });
    expect(twilio!.headers.authorization).toBe(`Basic ${btoa('AC123:sms-token')}`);
    expect(JSON.parse(vonage!.body)).toMatchObject({
      api_key: 'key',
      api_secret: 'sms-token',
      type: 'unicode',
      text,
    });
    expect(vonage!.headers.authorization).toBeUndefined();
    expect(JSON.parse(own!.body)).toEqual({mobile: '+491701234567', content: `[deck] ${text}`});
  });

  test('is not taken because somebody answered: the answer must say so where the gateway has words for it', async () => {
    await using receiver = await httpReceiver(response => response.end('{"messages": [{"status": "4"}]}'));
    const tried = await openChannel(sms(receiver.url, {shape: 'vonage'})).send(aMessage(), SOON());
    expect(tried).toMatchObject({outcome: 'failed', isUnsure: false});
    const own = sms(receiver.url, {expect: '"status":"4"'});
    expect((await openChannel(own).send(aMessage(), SOON())).outcome).toBe('done');
  });

  test.each<[Partial<SmsSpec>, string]>([
    [{shape: 'vonage'}, '{"messages": [{"status": "0"}, {"status": "9", "error-text": "quota"}]}'],
    [{shape: 'vonage'}, '{"messages": []}'],
    [{shape: 'twilio', user: 'AC1'}, '{"sid": "SM1", "status": "failed", "error_code": 30003}'],
    [{shape: 'twilio', user: 'AC1'}, 'OK'],
    [{shape: 'json'}, '{"success": false, "error": "no credit"}'],
    [{shape: 'json'}, '{"code": 1002, "msg": "no credit"}'],
    [{shape: 'form'}, '<html>please log in</html>'],
  ])('by %j that answers 200 and %s is not taken', async (shape, answer) => {
    await using receiver = await httpReceiver(response => response.end(answer));
    const tried = await openChannel(sms(receiver.url, shape)).send(aMessage(), SOON());
    expect(tried).toMatchObject({outcome: 'failed'});
  });

  test('is short, and says first that it may be a repeat', async () => {
    await using receiver = await httpReceiver();
    const message = aMessage({text: '慢'.repeat(1000), mayBeRepeat: true});
    await openChannel(sms(receiver.url)).send(message, SOON());
    const {text} = JSON.parse(receiver.posted[0]!.body) as {text: string};
    expect(Array.from(text)).toHaveLength(300);
    expect(text).toMatch(/^\(may be a repeat\) CRITICAL new_payment v1\.1\.0: 慢+…$/u);
  });

  test('tells neither number nor token where it fails', async () => {
    await using receiver = await httpReceiver((response, _index) =>
      response.writeHead(401).end('no sms-token for +491701234567'),
    );
    const tried = await openChannel(sms(receiver.url)).send(aMessage(), SOON());
    expect(tried).toMatchObject({error: '401 no *** for ***', isFinal: true});
    await using repeating = await httpReceiver((response, _index) =>
      response.writeHead(401).end(`no user ${btoa('AC123:sms-token')}`),
    );
    const twilio = sms(repeating.url, {shape: 'twilio', user: 'AC123'});
    expect(await openChannel(twilio).send(aMessage(), SOON())).toMatchObject({error: '401 no user ***'});
  });
});

test('asked to come back, a channel names seconds or a moment; nonsense is no answer', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  expect(retryAfter('120', now)).toBe(120_000);
  expect(retryAfter('Mon, 23 Nov 2026 12:01:00 GMT', now)).toBe(60_000);
  for (const nonsense of [null, '', 'soon', '-5', 'Mon, 23 Nov 2020 12:01:00 GMT'])
    expect(retryAfter(nonsense, now)).toBeNull();
});

test('a test message goes to every channel at once, and each tells what came of it', async () => {
  await using fine = await httpReceiver();
  await using broken = await httpReceiver(response => response.writeHead(403).end('invalid_token'));
  const specs: ChannelSpec[] = [webhook(fine.url), slack(broken.url)];
  const about = {feature: 'new_payment', by: 'liu on laptop', at: 0, id: 't-1'};
  const tested = await sendTest(specs, about, {contacts: {hotline: '400'}, clean: text => text, lang: 'en'});
  expect(tested).toEqual([
    {channel: 'ops', kind: 'webhook', ok: true, ms: expect.any(Number), error: null},
    {channel: 'slack', kind: 'slack', ok: false, ms: expect.any(Number), error: '403 invalid_token'},
  ]);
  expect(JSON.parse(fine.posted[0]!.body)).toMatchObject({
    kind: 'test',
    word: 'TEST',
    contacts: {hotline: '400'},
  });
});
