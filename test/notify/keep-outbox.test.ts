import {describe, expect, test, vi} from 'vitest';
import {emptyOutbox, keepOutbox} from '../../source/notify/keep-outbox.ts';
import {Outbox} from '../../source/notify/outbox.ts';
import {afterFailure, TRIES_AT_MOST} from '../../source/notify/channel.ts';
import type {WebhookSpec} from '../../source/release/channel.ts';
import type {Intent} from '../../source/release/command.ts';
import {fourPhases} from '../release/plans.ts';
import {guard, MINUTE, SECOND} from '../release/specification.ts';
import {Desk} from './desk.ts';
import {httpReceiver} from './receivers.ts';
import {eventually} from '../patience.ts';

vi.stubEnv('TEST_SECRET', 'shared-secret');

const to = (name: string, url: string, level: WebhookSpec['level'] = 'info'): WebhookSpec => ({
  kind: 'webhook',
  name,
  level,
  features: null,
  url,
  secret: {from: 'env', name: 'TEST_SECRET'},
});
const raise = (alert = 'a-1', message = 'gray is slow'): Intent => ({
  type: 'alert',
  alert,
  level: 'critical',
  message,
});
const read = (body: string) =>
  JSON.parse(body) as {kind: string; text: string; mayBeRepeat: boolean; lines: string[]};

describe('people', () => {
  test('are told what happened, where it stands and what to do', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    const plan = {...fourPhases(), contacts: {support: 'tech@example.com'}};
    desk.does({type: 'start', release: 'r-1', version: 'v2', over: 'v1', plan});
    desk.does(raise());
    await desk.notify(new Outbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1')));
    expect(JSON.parse(receiver.posted[0]!.body)).toMatchObject({
      id: 'new_payment/raised a-1',
      word: 'CRITICAL',
      text: 'gray is slow',
      lines: [
        'release v2 over v1, rolling, phase alpha, 5 %',
        '2027-01-15 08:00:00 UTC, by liu on laptop',
        'seen it: graydeck alert ack a-1 --feature new_payment',
        'take it back: graydeck rollback --feature new_payment',
      ],
      contacts: {hotline: '400-123-4567', support: 'tech@example.com'},
      attempt: 1,
      mayBeRepeat: false,
    });
  });

  test('are told in Chinese where the configuration says so', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    desk.does({type: 'start', release: 'r-1', version: 'v2', over: 'v1', plan: fourPhases()});
    desk.does({type: 'rollback', release: 'r-1'});
    const sender = desk.sender([to('ops', receiver.url)], 'guard on ops-1', {lang: 'zh'});
    await desk.notify(new Outbox(sender));
    expect(JSON.parse(receiver.posted[0]!.body)).toMatchObject({
      word: '回滚',
      text: 'v2 回滚，原为 5 %',
      lines: ['发布 v2，替换 v1，回滚中，阶段 alpha，0 %', '2027-01-15 08:00:00 UTC，liu on laptop'],
    });
  });

  test('carry what was measured as fields, and one language from their beginning to their end', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    desk.does({type: 'start', release: 'r-1', version: 'v2', over: 'v1', plan: fourPhases()});
    const cause = {
      code: 'guardrail',
      metric: 'error_rate',
      value: 14.1,
      threshold: 10,
      samples: 900,
      windowSeconds: 300,
      text: 'gray error_rate 14.1 % > 10 %',
    };
    const measured = {metric: 'error_rate', side: 'gray', value: 14.1, limit: 10, window: 300};
    const warned = {
      type: 'alert',
      alert: 'a-1',
      level: 'critical',
      message: cause.text,
      key: 'judge g',
      cause,
    } as const;
    desk.does(warned);
    const say = ({metric, value}: {metric: string | null; value: number | null}) =>
      `灰度${metric}为 ${value} %`;
    const outbox = new Outbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1', {lang: 'zh', say}));
    await desk.notify(outbox);
    expect(read(receiver.posted[0]!.body)).toMatchObject({text: '灰度error_rate为 14.1 %', ...measured});

    desk.now += 60_000;
    desk.does({type: 'take-guard'}, guard(1));
    desk.does({type: 'verdict', release: 'r-1', action: 'rollback', reasons: [cause]}, guard(1));
    desk.does({type: 'rollback', release: 'r-1', reason: cause.text} as Intent, guard(1));
    await desk.notify(outbox);
    expect(read(receiver.posted[1]!.body)).toMatchObject({
      kind: 'rollback',
      text: 'v2 回滚，原为 5 %：灰度error_rate为 14.1 %',
      ...measured,
    });

    const fault = 'mail does not deliver: it does not answer in time, given up after 8 tries';
    desk.does({type: 'alert', alert: 'a-2', level: 'critical', message: fault, key: 'channel mail'});
    await desk.notify(outbox);
    expect(read(receiver.posted[2]!.body)).toMatchObject({
      text: 'mail 未能送达：没有及时应答，尝试 8 次后放弃',
      metric: null,
      value: null,
    });
  });

  test('are told in order: a rollback before everything else', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    desk.does({type: 'start', release: 'r-1', version: 'v2', plan: fourPhases()});
    desk.does(raise());
    desk.does({type: 'rollback', release: 'r-1'});
    const outbox = new Outbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1'));
    await outbox.begin();
    expect(desk.events.flatMap(event => (event.type === 'delivery-begun' ? [event.dispatch] : []))).toEqual([
      'rollback r-1',
      'raised a-1',
    ]);
    await outbox.underWay();
    expect(receiver.posted.map(({body}) => read(body).kind).toSorted()).toEqual(['raised', 'rollback']);
  });

  test('read nothing but text, whatever stands in the log', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    desk.does(raise('a-1', 'slow\u001B[2J\u202E now\r\nBcc: all'));
    await desk.notify(new Outbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1')));
    expect(read(receiver.posted[0]!.body).text).toBe('slow now  Bcc: all');
  });

  test('hear of a condition once, though it is breached a thousand times', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    const by = guard(1);
    desk.does({type: 'take-guard'}, by);
    const outbox = new Outbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1'));
    for (let breach = 0; breach < 1000; breach++) {
      desk.now += SECOND;
      for (const key of ['errors', 'latency', 'conversions'])
        desk.does({...raise(`a-${key}-${breach}`, key), key} as Intent, by);
      // Every tenth second one of them is over, and comes back with the next look.
      const open = desk.state.alerts.find(({key, resolvedAt}) => key === 'latency' && resolvedAt === null);
      if (breach % 10 === 9) desk.does({type: 'resolve', alert: open!.id}, by);
      if (breach % 100 === 0) await desk.notify(outbox);
    }
    await desk.notify(outbox);
    const raised = receiver.posted.map(({body}) => read(body)).filter(({kind}) => kind === 'raised');
    expect(raised.map(({text}) => text).toSorted()).toEqual(['conversions', 'errors', 'latency']);
    expect(desk.state.alerts).toHaveLength(3);
  });
});

describe('a channel that fails', () => {
  test('for the moment is tried again when it wants to be, and that is no repeat', async () => {
    await using receiver = await httpReceiver((response, index) =>
      index === 0 ? response.writeHead(429, {'retry-after': '30'}).end() : response.end(),
    );
    const desk = new Desk();
    desk.does(raise());
    const outbox = new Outbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1'));
    await desk.notify(outbox);
    expect(desk.told('raised a-1')).toEqual(['ops waiting 1']);
    const {again} = desk.state.outbox[0]!.deliveries![0]!;
    expect(again! - desk.now).toBeGreaterThanOrEqual(30 * SECOND);
    desk.now += 29 * SECOND;
    await desk.notify(outbox);
    expect(receiver.posted).toHaveLength(1);
    desk.now = again!;
    await desk.notify(outbox);
    expect(desk.told('raised a-1')).toEqual(['ops done 2']);
    expect(read(receiver.posted[1]!.body)).toMatchObject({mayBeRepeat: false, attempt: 2});
  });

  test('without anybody knowing whether it got through is told so with the next try', async () => {
    await using receiver = await httpReceiver((response, index) =>
      index === 0 ? response.socket!.destroy() : response.end(),
    );
    const desk = new Desk();
    desk.does(raise());
    const outbox = new Outbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1'));
    await desk.notify(outbox);
    desk.now += 5 * SECOND;
    await desk.notify(outbox);
    expect(receiver.posted.map(({body}) => read(body).mayBeRepeat)).toEqual([false, true]);
  });

  test('for good is an alert by the others, one, and over once it works again', async () => {
    let isBroken = true;
    await using broken = await httpReceiver(response => response.writeHead(isBroken ? 404 : 200).end());
    await using fine = await httpReceiver();
    const desk = new Desk();
    const channels = [to('slack', broken.url), to('mail', fine.url)];
    const outbox = new Outbox(desk.sender(channels, 'guard on ops-1'));
    for (const alert of ['a-1', 'a-2', 'a-3']) desk.does(raise(alert, alert));
    await desk.notify(outbox);
    await desk.notify(outbox);
    const faults = desk.state.alerts.filter(({key}) => key === 'channel slack');
    expect(faults).toMatchObject([{message: 'slack does not deliver: 404', level: 'warning'}]);
    expect(fine.posted.map(({body}) => read(body).text)).toContain('slack does not deliver: 404');
    isBroken = false;
    desk.does(raise('a-4', 'a-4'));
    await desk.notify(outbox);
    expect(desk.state.alerts.find(({key}) => key === 'channel slack')?.resolvedAt).not.toBeNull();
  });

  test('all the time is given up after some tries, ever further apart', () => {
    const pauses = Array.from({length: TRIES_AT_MOST}, (_, index) =>
      afterFailure({isFinal: false, retryAfterMs: null}, index + 1, () => 0.5),
    );
    expect(pauses).toEqual([1000, 5000, 20_000, 60_000, 180_000, 600_000, null]);
    const spread = [0, 1].map(random => afterFailure({isFinal: false, retryAfterMs: null}, 2, () => random));
    expect(spread).toEqual([4000, 6000]);
    expect(afterFailure({isFinal: true, retryAfterMs: 5}, 1, () => 0)).toBeNull();
    expect(afterFailure({isFinal: false, retryAfterMs: 2 * 3_600_000}, 1, () => 0)).toBeNull();
  });

  test('by hanging, whatever it is told, is left after its time', async () => {
    const desk = new Desk();
    desk.does(raise());
    const hangs = {name: 'ops', level: 'info', features: null, timeoutMs: 50, perMinute: 30} as const;
    const channels = [{...hangs, send: () => new Promise<never>(() => undefined)}];
    const outbox = new Outbox({...desk.sender([], 'guard on ops-1'), channels});
    await desk.notify(outbox);
    expect(desk.told('raised a-1')).toEqual(['ops waiting 1']);
    expect(desk.state.outbox[0]!.deliveries![0]).toMatchObject({isUnsure: true});
  });

  test('never keeps the others waiting', async () => {
    await using silent = await httpReceiver(() => undefined);
    await using fine = await httpReceiver();
    const desk = new Desk();
    desk.does(raise());
    const outbox = new Outbox(desk.sender([to('slack', silent.url), to('mail', fine.url)], 'guard on ops-1'));
    await outbox.begin();
    await fine.until(1);
    await silent.until(1);
    desk.does(raise('a-2', 'worse'));
    await outbox.begin();
    await fine.until(2);
    await eventually(() => expect(desk.told('raised a-2')).toEqual(['slack sending 1', 'mail done 1']));
  });
});

describe('a process that dies', () => {
  test('between intent and outcome leaves it to a successor, which says that it may be a repeat', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    desk.does(raise());
    const channels = [to('ops', receiver.url)];
    const dead = desk.sender(channels, 'guard on ops-1');
    const begun = [{channel: 'ops', deadlineMs: 10 * SECOND, afterMs: 0}];
    await dead.log.execute({type: 'begin-delivery', dispatch: 'raised a-1', channels: begun});
    const successor = new Outbox(desk.sender(channels, 'guard on ops-2'));
    await desk.notify(successor);
    expect(receiver.posted).toEqual([]);
    desk.now += 10 * SECOND;
    await desk.notify(successor);
    expect(receiver.posted.map(({body}) => read(body).mayBeRepeat)).toEqual([true]);
    expect(desk.told('raised a-1')).toEqual(['ops done 2']);
  });

  test('is none because the store was away for a moment: what came of it is told when it is back', async () => {
    await using receiver = await httpReceiver((response, _index) => {
      desk.failures = 2;
      response.end();
    });
    const desk = new Desk();
    desk.does(raise());
    await desk.notify(new Outbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1')));
    expect(desk.told('raised a-1')).toEqual(['ops done 1']);
    expect(receiver.posted).toHaveLength(1);
  });

  test('and two that tell at once never tell twice', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    const outboxes = ['ops-1', 'ops-2', 'ops-3'].map(
      name => new Outbox(desk.sender([to('ops', receiver.url)], `guard on ${name}`)),
    );
    for (let index = 0; index < 20; index++) desk.does(raise(`a-${index}`, `m ${index}`));
    await Promise.all(outboxes.map(outbox => desk.notify(outbox)));
    const ids = receiver.posted.map(({headers}) => headers['idempotency-key']);
    expect(new Set(ids).size).toBe(20);
    expect(ids).toHaveLength(20);
  });
});

describe('whoever stays beside the feature', () => {
  test('tells what happens as it happens, and stops with its signal', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    const stop = new AbortController();
    const kept = keepOutbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1'), stop.signal);
    desk.does(raise());
    await receiver.until(1);
    stop.abort();
    await kept;
    desk.does(raise('a-2', 'later'));
    expect(desk.told('raised a-2')).toEqual([]);
  });

  test('tells again of what is critical and nobody has acknowledged', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    const outbox = new Outbox(desk.sender([to('ops', receiver.url)], 'guard on ops-1'));
    desk.does(raise());
    await desk.notify(outbox);
    desk.now += 10 * MINUTE;
    await desk.notify(outbox);
    expect(read(receiver.posted[1]!.body)).toMatchObject({
      kind: 'escalated',
      text: 'not acknowledged: gray is slow',
    });
  });
});

describe('a verb that ends', () => {
  const never = new AbortController().signal;
  const done = Promise.resolve();

  test('sees through what it has begun, a retry included, and no more', async () => {
    await using receiver = await httpReceiver((response, index) =>
      response.writeHead(index === 0 ? 503 : 200).end(),
    );
    const desk = new Desk();
    desk.does(raise());
    const clock = setInterval(() => (desk.now += 500), 20);
    await emptyOutbox(
      desk.sender([to('ops', receiver.url)], 'liu on laptop, 7'),
      {forMs: 10_000, after: done},
      never,
    );
    clearInterval(clock);
    expect(desk.told('raised a-1')).toEqual(['ops done 2']);
  });

  test('waits for nobody who never answers', async () => {
    await using receiver = await httpReceiver(() => undefined);
    const desk = new Desk();
    desk.does(raise());
    await emptyOutbox(
      desk.sender([to('ops', receiver.url)], 'liu on laptop, 7'),
      {forMs: 300, after: done},
      never,
    );
    expect(desk.told('raised a-1')).toEqual(['ops sending 1']);
  });

  test('tells what it does while it is at it', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    const working = Promise.withResolvers<void>();
    const sender = desk.sender([to('ops', receiver.url)], 'liu on laptop, 7');
    const told = emptyOutbox(sender, {forMs: 10_000, after: working.promise}, never);
    desk.does(raise());
    await receiver.until(1);
    desk.does(raise('a-2', 'worse'));
    working.resolve();
    await told;
    expect(desk.told('raised a-2')).toEqual(['ops done 1']);
  });

  test('leaves it to the guard where one lives', async () => {
    await using receiver = await httpReceiver();
    const desk = new Desk();
    desk.does(raise());
    const sender = desk.sender([to('ops', receiver.url)], 'liu on laptop, 7', {isOnDuty: () => false});
    // It would wait for days if it waited.
    await emptyOutbox(sender, {forMs: 1_000_000_000, after: done}, never);
    expect(receiver.posted).toEqual([]);
  });
});
