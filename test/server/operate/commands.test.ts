import {describe, expect, it} from 'vitest';
import {commandedShape, refusalShape} from '../../../source/server/operate/shapes.ts';
import {errorShape, statusShape} from '../../../source/server/schemas.ts';
import {openHouse, OPERATE, READ, WRITE, type House} from '../house.ts';

const PRESSED = {by: {name: 'liu', kind: 'person'}} as const;

async function json(answer: Response): Promise<Record<string, unknown>> {
  return (await answer.json()) as Record<string, unknown>;
}

/** The commits since the start, as names of events. */
function written(house: House): string[] {
  return house.controller
    .commits()
    .slice(1)
    .flatMap(({events}) => events.map(({type}) => type));
}

describe('a command by HTTP', () => {
  it('is written with the name of the token beside the typed one, with its reason', async () => {
    await using house = await openHouse();
    const answer = await house.act('pause', {reason: 'looking', by: 'CTO Alice (redis:alice)'});
    expect(answer.status).toBe(200);
    expect(commandedShape.strict().parse(await json(answer))).toMatchObject({
      outcome: 'done',
      state: 'paused',
      head: 2,
      percent: {before: 5, after: 5},
    });
    await expect.poll(() => house.controller.commits().length).toBe(2);
    expect(house.controller.commits()[1]).toMatchObject({
      by: 'CTO Alice (redis:alice)',
      authenticated: 'token:ops',
      reason: 'looking',
    });
    expect(house.attempts).toEqual([
      {client: 'ops', address: '127.0.0.1', command: 'pause', outcome: 'done'},
    ]);
  });

  it('that raises wants the percent confirmed, and the version for all users', async () => {
    await using house = await openHouse();
    const bare = await house.act('set', {percent: 20});
    expect(bare.status).toBe(422);
    expect(errorShape.strict().parse(await json(bare))).toMatchObject({
      code: 'not-confirmed',
      next: '"confirm": 20',
    });
    expect((await house.act('set', {percent: 20, confirm: 25})).status).toBe(422);
    expect((await house.act('set', {percent: 20, confirm: ''})).status).toBe(422);
    expect((await house.act('set', {percent: 100, confirm: 100})).status).toBe(422);
    expect((await house.act('complete', {confirm: 'v1.0.9'})).status).toBe(422);
    expect(written(house)).toEqual([]);
    expect((await house.act('set', {percent: 20, confirm: 20})).status).toBe(200);
    expect((await house.act('set', {percent: 100, confirm: 'v1.1.0'})).status).toBe(200);
    // Less exposure asks nothing.
    expect((await house.act('set', {percent: 1})).status).toBe(200);
  });

  it('means what the caller saw at the version `from`, and is refused when that has moved', async () => {
    await using house = await openHouse();
    await house.controller.execute({type: 'set', release: 'r-pay', percent: 10, from: 5}, PRESSED);
    const late = await house.act('set', {percent: 20, confirm: 20, from: 1});
    expect(late.status).toBe(409);
    expect(refusalShape.strict().parse(await json(late))).toMatchObject({
      code: 'moved-on',
      sentence: 'the release is at 10 % now, not at 5 %',
    });
    expect((await house.act('set', {percent: 20, confirm: 20, from: 99})).status).toBe(409);
    // An alert in between changes nothing of what the caller saw.
    await house.act('alerts', {level: 'info', message: 'looking at it'});
    expect((await house.act('set', {percent: 20, confirm: 20, from: 2})).status).toBe(200);
    expect((await house.act('next', {confirm: 20, fromPhase: 1})).status).toBe(409);
  });

  it('with the same key is carried out once and gets the same answer, also at the same time', async () => {
    await using house = await openHouse();
    const key = {'idempotency-key': 'k-1'};
    const raise = {level: 'info', message: 'once'};
    const answers = await Promise.all([1, 2, 3].map(() => house.act('alerts', raise, OPERATE, key)));
    const texts = await Promise.all(answers.map(answer => answer.text()));
    expect(new Set(texts).size).toBe(1);
    await expect.poll(() => written(house)).toEqual(['alert-raised']);
    const other = await house.act('alerts', {...raise, message: 'twice'}, OPERATE, key);
    expect(other.status).toBe(422);
    expect(await json(other)).toMatchObject({code: 'key-reused'});
    // The key of another token is another key.
    expect((await house.act('alerts', {...raise, message: 'mine'}, `${READ}-3`, key)).status).toBe(200);
    // A refusal is an answer, too.
    const next = {'idempotency-key': 'k-2'};
    expect((await house.act('resume', {release: 'r-other'}, OPERATE, next)).status).toBe(409);
    expect((await house.act('resume', {release: 'r-other'}, OPERATE, next)).status).toBe(409);
    expect((await house.act('pause', {}, OPERATE, {'idempotency-key': 'ä'.repeat(3)})).status).toBe(422);
  });

  it('without the scope is refused, changes nothing and stands in the log once', async () => {
    await using house = await openHouse();
    for (const token of [READ, WRITE, READ]) {
      const answer = await house.act('rollback', {feature: 'pay'}, token);
      expect(answer.status).toBe(403);
      expect(errorShape.strict().parse(await json(answer))).toMatchObject({code: 'no-scope'});
    }
    expect((await house.act('rollback', {}, 'a-token-that-is-not-known')).status).toBe(401);
    await expect.poll(() => written(house)).toEqual(['alert-raised', 'alert-raised']);
    expect(house.controller.commits()[1]!.events[0]).toMatchObject({
      level: 'info',
      message: 'token reader tried rollback and lacks the scope operate',
    });
    expect(house.controller.snapshot().state.release).toMatchObject({state: 'rolling', percent: 5});
    expect(house.attempts.map(({outcome}) => outcome)).toEqual(['forbidden', 'forbidden', 'forbidden']);
  });

  it('is refused by a server that only reads', async () => {
    await using house = await openHouse({readOnly: true});
    const answer = await house.act('rollback');
    expect(answer.status).toBe(403);
    expect(await json(answer)).toMatchObject({code: 'read-only'});
  });

  it.each([
    ['no JSON', 'pause', '{', 422],
    ['another type', 'set', {percent: '20', confirm: 20}, 422],
    ['too much', 'set', {percent: 101, confirm: 101}, 422],
    ['an unknown field', 'pause', {percnt: 5}, 422],
    ['a reason of several lines', 'pause', {reason: 'a\nb'}, 422],
    ['an unknown feature', 'pause', {feature: '../../etc'}, 404],
    ['an unknown alert', 'alerts/a-none/ack', {}, 409],
    ['a plan with mistakes', 'start', {version: 'v2', plan: 'phases: 3', confirm: 5, supersede: true}, 422],
    ['a plan that is none', 'start', {version: 'v2', plan: {phases: [{}]}, confirm: 5, supersede: true}, 422],
    ['a body that is too large', 'pause', {reason: 'x'.repeat(300_000)}, 413],
    ['a list', 'pause', [], 422],
    ['names of the language', 'pause', '{"__proto__": {"dryRun": true}}', 422],
  ])('with %s changes nothing', async (_, command, body, status) => {
    await using house = await openHouse();
    const answer = await house.act(command, body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(await answer.json())).toMatch(/"(?:next|remedy)":"[^"]/u);
    expect(written(house)).toEqual([]);
  });

  it('has a rate for itself; a rollback does not wait for it', async () => {
    await using house = await openHouse();
    const answers = await Promise.all(Array.from({length: 40}, () => house.act('resume')));
    expect(answers.map(({status}) => status)).toContain(429);
    expect((await house.act('rollback', {reason: 'now'})).status).toBe(200);
    await expect.poll(() => house.controller.snapshot().split.live).toBe(false);
  });
});

describe('a release by HTTP', () => {
  it('goes from its start over a pause and alerts to its rollback', async () => {
    await using house = await openHouse();
    expect((await house.act('rollback', {reason: 'it hurts'})).status).toBe(200);
    await expect.poll(() => house.controller.snapshot().state.release?.state).toBe('rolled_back');
    const plan = 'phases:\n  - {name: one, percent: 10}\n  - {name: all, percent: 100}\n';
    const start = {version: 'v1.2.0', plan};
    expect((await house.act('start', start)).status).toBe(422);
    const started = await json(await house.act('start', {...start, confirm: 10}));
    expect(started).toMatchObject({outcome: 'done', version: 'v1.2.0', percent: {after: 10}});
    const alert = await json(await house.act('alerts', {level: 'warning', message: 'odd'}));
    const [{alert: id}] = alert['events'] as [{alert: string}];
    expect((await house.act(`alerts/${id}/ack`)).status).toBe(200);
    expect((await house.act('audience', {action: 'deny', user: 'u-1'})).status).toBe(200);
    expect((await house.act('audience', {action: 'include', user: 'u-2'})).status).toBe(422);
    expect((await house.act('audience', {action: 'include', user: 'u-2', confirm: 10})).status).toBe(200);
    expect((await house.act('disable', {reason: 'lunch'})).status).toBe(200);
    expect((await house.act('enable', {confirm: 10})).status).toBe(200);
    expect((await house.act('next', {confirm: 'v1.2.0'})).status).toBe(200);
  });

  it('opens a feature that is new to the store', async () => {
    await using house = await openHouse();
    const answer = await house.act('start', {feature: 'refunds', version: 'v1', confirm: 5});
    expect(answer.status).toBe(200);
    expect((await house.ask('/api/v1/canary/status?feature=refunds')).status).toBe(200);
    expect((await house.act('start', {feature: 'Bad Name', version: 'v1', confirm: 5})).status).toBe(404);
  });

  it('is not raised while the store is frozen, and status says so; a rollback passes', async () => {
    await using house = await openHouse();
    const until = Date.now() + 3_600_000;
    expect((await house.act('freeze', {until, reason: 'audit week'})).status).toBe(200);
    const raised = await house.act('set', {percent: 20, confirm: 20});
    expect(raised.status).toBe(409);
    expect(await json(raised)).toMatchObject({
      code: 'frozen',
      remedy: expect.stringContaining('freeze lift'),
    });
    await expect
      .poll(async () => statusShape.parse(await json(await house.ask('/api/v1/canary/status'))).frozen, {
        timeout: 8000,
      })
      .toMatchObject({reason: 'audit week', by: 'ops', authenticated: 'token:ops'});
    expect((await house.act('freeze', {until: 5, reason: 'x'})).status).toBe(422);
    expect((await house.act('freeze', {lift: true})).status).toBe(200);
    expect((await house.act('set', {percent: 20, confirm: 20})).status).toBe(200);
    expect((await house.act('rollback')).status).toBe(200);
  });

  it('outside of the raise hours is raised by a caller who answers for it', async () => {
    await using house = await openHouse();
    await house.act('rollback');
    await expect.poll(() => house.controller.snapshot().state.release?.state).toBe('rolled_back');
    const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][(new Date().getUTCDay() + 3) % 7];
    const plan = `phases:\n  - {name: one, percent: 10}\n  - {name: all, percent: 100}\nraise: "${day} 09:00-17:00 UTC"\n`;
    const start = {version: 'v1.2.0', plan, confirm: 10};
    expect(await json(await house.act('start', start))).toMatchObject({code: 'outside-hours'});
    expect((await house.act('start', {...start, outsideHours: true})).status).toBe(200);
  });

  it('with two people wants two tokens', async () => {
    await using house = await openHouse();
    await house.act('rollback');
    await expect.poll(() => house.controller.snapshot().state.release?.state).toBe('rolled_back');
    const plan = 'phases:\n  - {name: one, percent: 10}\n  - {name: all, percent: 100}\napproval: 2\n';
    expect((await house.act('start', {version: 'v1.2.0', plan, confirm: 10})).status).toBe(200);
    const again = await house.act('approve', {confirm: 10});
    expect(again.status).toBe(409);
    expect(await json(again)).toMatchObject({code: 'needs-approval'});
    const {approval} = statusShape.parse(await json(await house.ask('/api/v1/canary/status')));
    expect(approval).toMatchObject({approvers: [{by: 'ops', authenticated: 'token:ops'}]});
    expect((await house.act('approve', {confirm: 10}, `${READ}-3`)).status).toBe(200);
    await expect.poll(() => house.controller.snapshot().split).toMatchObject({live: true, percent: 10});
  });
});
