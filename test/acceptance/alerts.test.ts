import type {Redis} from 'ioredis';
import {describe, expect, test} from 'vitest';
import {signatureOf} from '../../source/notify/sms.ts';
import {httpReceiver, mailReceiver} from '../notify/receivers.ts';
import {redisMissing} from '../servers/redis.ts';
import {embeddedPlace, FEATURE, logOf, openConsole, redisPlace, startRelease, type Place} from './place.ts';
import {eventually} from '../patience.ts';

const SECRETS = {
  SLACK_WEBHOOK: '',
  HOOK_SECRET: 'a-shared-secret',
  SMS_TOKEN: 'a-token-of-the-gateway',
  SMTP_PASSWORD: 'correct horse',
};

interface Urls {
  slack: string;
  sms: string;
  hook: string;
  mailPort: number;
}

/** The configuration of a project, and what the environment of its programs holds. */
async function configure({cli}: Pick<Place, 'cli'>, {slack, sms, hook, mailPort}: Urls) {
  await cli.file('slack-webhook', `${slack}/services/T0KEN\n`);
  await cli.file(
    'graydeck.yaml',
    `
feature: ${FEATURE}
contacts: {hotline: 400-123-4567}
channels:
  slack: {url: {file: slack-webhook}}
  mail: {server: "smtp://deck@127.0.0.1:${mailPort}", password: "\${SMTP_PASSWORD}", from: deck@example.com, to: oncall@example.com}
  sms: {url: "${sms}", to: "+491701234567", token: "\${SMS_TOKEN}"}
  ops: {kind: webhook, url: "${hook}", secret: "\${HOOK_SECRET}"}
`,
  );
}

/** An app without SDK, five batches a second, whose gray may fail. */
function app(admin: Redis): Disposable & {fails: boolean} {
  const one = {fails: false, [Symbol.dispose]: () => clearInterval(timer)};
  const key = `graydeck:{${FEATURE}}:metrics`;
  const send = (side: string, requests: number, errors: number) =>
    admin.xadd(key, '*', 'side', side, 'requests', requests, 'errors', errors, 'response_time', 80);
  const timer = setInterval(() => {
    void send('prod', 190, 1);
    void send('gray', 40, one.fails ? 20 : 0);
  }, 200);
  return one;
}

const PLAN = `
phases: [{name: some, percent: 20, duration: 24h}, {name: all, percent: 100}]
guardrails:
  - {when: "error_rate > 10 % over 5s min 50 requests", for: 1s, then: rollback}
evidence: off
`;

test.skipIf(redisMissing)(
  'gray that fails is taken back, and one message is on the wire of every channel',
  async () => {
    await using slack = await httpReceiver();
    await using sms = await httpReceiver();
    await using hook = await httpReceiver();
    await using mail = await mailReceiver({allowInsecureAuth: true});
    await using place = await redisPlace();
    using traffic = app(place.redis.admin);
    await configure(place, {slack: slack.url, sms: sms.url, hook: hook.url, mailPort: mail.port});
    await place.cli.file('plan.yaml', PLAN);
    await startRelease(place, '--plan', 'plan.yaml', '--over', 'v1.0.9');
    const guard = place.cli.start(['guard', '--by', 'ops-1'], {env: SECRETS});
    await using screen = await openConsole(place, ['--read-only'], {rows: 60, columns: 140});
    await screen.until(/● [^○▲]*ops-1/u);
    traffic.fails = true;
    await Promise.all([slack.until(1), sms.until(1), hook.until(1), mail.until(1)]);
    await screen.until(/CRITICAL/u);
    await screen.until(/rollback, 20 % → 0 %.*slack ✔ {2}mail ✔ {2}sms ✔ {2}ops ✔/u);
    guard.kill('SIGTERM');
    const {stdout, stderr} = await guard;
    const commits = await logOf(place);
    expect([slack.posted, sms.posted, hook.posted, mail.mailed].map(({length}) => length)).toEqual([
      1, 1, 1, 1,
    ]);
    expect(JSON.parse(hook.posted[0]!.body)).toMatchObject({
      kind: 'rollback',
      metric: 'error_rate',
      side: 'gray',
      value: expect.any(Number) as number,
      limit: expect.any(Number) as number,
      window: expect.any(Number) as number,
    });
    const {headers, body} = hook.posted[0]!;
    const signed = signatureOf('a-shared-secret', String(headers['x-graydeck-timestamp']), body);
    expect(headers['x-graydeck-signature']).toBe(`v1=${signed}`);
    expect(slack.posted.map(({path}) => path)).toEqual(['/services/T0KEN']);
    expect(mail.mailed.map(({text}) => text).join()).toContain('hotline: 400-123-4567');
    const status = await place.cli.run('status', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({
      notices: [{kind: 'rollback', deliveries: [{}, {channel: 'mail', state: 'done', attempts: 1}, {}, {}]}],
    });
    // Whatever was told, nobody learns a secret from what the programs say.
    const said = `${stdout}${stderr}${status.stdout}${JSON.stringify(commits)}${screen.text()}`;
    for (const secret of ['T0KEN', SECRETS.HOOK_SECRET, SECRETS.SMS_TOKEN, SECRETS.SMTP_PASSWORD])
      expect(said).not.toContain(secret);
  },
);

describe('a guard that is killed', () => {
  test('between intent and outcome loses nothing: its successor tells it, and says that it may be a repeat', async () => {
    let kill: () => void = () => undefined;
    // It takes the message, and before it can say so the guard is gone.
    await using hook = await httpReceiver((response, index) => {
      if (index > 0) response.end();
      else kill();
    });
    await using fine = await httpReceiver();
    await using mail = await mailReceiver({allowInsecureAuth: true});
    await using place = await embeddedPlace();
    await configure(place, {slack: fine.url, sms: fine.url, hook: hook.url, mailPort: mail.port});
    await startRelease(place);
    const first = place.cli.start(['guard', '--by', 'ops-1'], {env: SECRETS});
    const othersAreTold = () => expect(fine.posted.length + mail.mailed.length).toBe(3);
    kill = () => void eventually(othersAreTold).then(() => first.kill('SIGKILL'));
    await eventually(async () => expect((await place.cli.json('status'))['guard']).toBe('ops-1'));
    expect(await place.cli.run('alert', 'critical', 'refunds fail')).toMatchObject({exitCode: 0});
    await first;
    const second = place.cli.start(['guard', '--by', 'ops-2'], {env: SECRETS});
    await hook.until(2);
    second.kill('SIGTERM');
    await second;
    const told = hook.posted.map(
      ({body}) => JSON.parse(body) as {id: string; mayBeRepeat: boolean; text: string},
    );
    expect(told.map(({mayBeRepeat}) => mayBeRepeat)).toEqual([false, true]);
    expect(new Set(told.map(({id}) => id)).size).toBe(1);
    expect(told[1]!.text).toBe('refunds fail');
    const log = JSON.stringify(await logOf(place));
    // Those whose outcome was written were told once; one that was not yet may be a repeat, and says so.
    const repeats = fine.posted.filter(({body}) => body.includes('may be a repeat'));
    expect(fine.posted.length - repeats.length).toBe(2);
    expect(log).toContain('"channel":"ops","outcome":"done"');
  });
});

test('a guard that is killed while the mail server has a mail and has not said so is followed by one that mails it again, as what may be a repeat', async () => {
  let kill: () => void = () => undefined;
  await using mail = await mailReceiver({allowInsecureAuth: true}, index => {
    if (index > 0) return null;
    kill();
    return 'say nothing';
  });
  await using fine = await httpReceiver();
  await using place = await embeddedPlace();
  await configure(place, {slack: fine.url, sms: fine.url, hook: fine.url, mailPort: mail.port});
  await startRelease(place);
  const first = place.cli.start(['guard', '--by', 'ops-1'], {env: SECRETS});
  kill = () => first.kill('SIGKILL');
  await eventually(async () => expect((await place.cli.json('status'))['guard']).toBe('ops-1'));
  expect(await place.cli.run('alert', 'critical', 'refunds fail')).toMatchObject({exitCode: 0});
  await first;
  const second = place.cli.start(['guard', '--by', 'ops-2'], {env: SECRETS});
  const [again] = await mail.until(1);
  expect(again!.text).toContain('refunds fail');
  expect(again!.text).toContain('may be a repeat');
  const isDone = async () =>
    expect(JSON.stringify(await logOf(place))).toContain('"channel":"mail","outcome":"done"');
  await eventually(isDone);
  second.kill('SIGTERM');
  await second;
  expect(mail.mailed).toHaveLength(1);
});

describe('where no guard lives', () => {
  test('whoever fires an alert or rolls back tells people, and a channel that hangs delays no rollback', async () => {
    await using hook = await httpReceiver();
    await using silent = await httpReceiver(() => undefined);
    await using mail = await mailReceiver({allowInsecureAuth: true});
    await using place = await embeddedPlace();
    await configure(place, {slack: hook.url, sms: silent.url, hook: hook.url, mailPort: mail.port});
    await startRelease(place);
    const fired = await place.cli.runWith({env: SECRETS}, 'alert', 'warning', 'refunds look slow');
    expect(fired).toMatchObject({exitCode: 0});
    expect(mail.mailed).toHaveLength(1);
    expect(hook.posted).toHaveLength(1);
    expect((await place.cli.run('status')).stdout).toMatch(
      /WARNING {2}refunds look slow .* slack ✔ {2}mail ✔$/mu,
    );
    const rollback = place.cli.start(['rollback'], {env: SECRETS});
    await silent.until(1);
    await mail.until(2);
    // The channel still hangs, and all the same:
    expect(await place.cli.json('status')).toMatchObject({percent: {set: 0}});
    const {exitCode, stderr} = await rollback;
    // That not everybody could be told is a failed step, and everyone is on prod all the same.
    expect(exitCode).toBe(1);
    expect(stderr).toContain('everyone is on prod, but rollback.notify failed: sms');
    expect(await place.cli.json('status')).toMatchObject({state: 'rolled_back', percent: {set: 0}});
  });

  test('what a verb has not told is told by the console that opens next', async () => {
    await using hook = await httpReceiver();
    await using mail = await mailReceiver({allowInsecureAuth: true});
    await using place = await embeddedPlace();
    await startRelease(place);
    await place.cli.run('rollback', '--no-wait', '--feature', FEATURE);
    await configure(place, {slack: hook.url, sms: hook.url, hook: hook.url, mailPort: mail.port});
    await using screen = await openConsole(place, [], {env: SECRETS});
    await hook.until(3);
    await screen.until(/rollback, .*slack ✔ {2}mail ✔ {2}sms ✔ {2}ops ✔/u);
  });
});

describe('a console', () => {
  test('rings once for what is critical, names its window, and shows whom to call', async () => {
    await using place = await embeddedPlace();
    await place.cli.file('graydeck.yaml', `feature: ${FEATURE}\ncontacts: {hotline: 400-123-4567}\n`);
    await startRelease(place);
    await using screen = await openConsole(place, ['--read-only']);
    let rings = 0;
    const titles: string[] = [];
    screen.emulator.onBell(() => rings++);
    screen.emulator.onTitleChange(title => titles.push(title));
    await place.cli.run('alert', 'warning', 'refunds look slow');
    await screen.until('refunds look slow');
    await place.cli.run('alert', 'critical', 'refunds fail');
    await eventually(() => expect(rings).toBe(1));
    await eventually(() => expect(titles).toEqual([`✖ ${FEATURE}: refunds fail`]));
    screen.press('m');
    await screen.until('the bell is off');
    await place.cli.run('rollback', '--no-wait');
    await screen.until('hotline 400-123-4567');
    expect(rings).toBe(1);
    screen.press('q');
    expect(await screen.exit()).toBe(0);
  });
});

describe('the doctor', () => {
  test('says which secret is missing, and with --send-test what each channel makes of a message', async () => {
    await using fine = await httpReceiver();
    await using broken = await httpReceiver(response => response.writeHead(403).end('invalid_token'));
    await using mail = await mailReceiver({allowInsecureAuth: true});
    await using place = await embeddedPlace();
    await configure(place, {slack: broken.url, sms: fine.url, hook: fine.url, mailPort: mail.port});
    await startRelease(place);
    const {HOOK_SECRET: _, ...env} = SECRETS;
    const {stdout, exitCode} = await place.cli.runWith({env}, 'doctor', '--send-test', '--json');
    expect(exitCode).toBe(1);
    const {findings} = JSON.parse(stdout) as {findings: {check: string; level: string; text: string}[]};
    const told = findings
      .filter(({check}) => check === 'channels')
      .map(({level, text}) => `${level} ${text}`);
    expect(told).toEqual([
      'fine slack, told from info up',
      'fine mail, told from warning up',
      'fine sms, told from critical up',
      'wrong ops: the variable HOOK_SECRET is not set',
      'wrong slack did not take the test: 403 invalid_token',
      expect.stringMatching(/^fine mail took the test in \d+ ms$/u),
      expect.stringMatching(/^fine sms took the test in \d+ ms$/u),
      'wrong ops did not take the test: the variable HOOK_SECRET is not set',
    ]);
    expect(mail.mailed[0]!.text).toContain('[TEST] new_payment: this is a test: nothing has happened');
    expect(fine.posted).toHaveLength(1);
  });
});
