import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {decideFreeze, freezeOf, readFreezeEntry, type Freeze} from '../../source/release/freeze.ts';
import {closedHours, nextOpening, type RaiseHours} from '../../source/release/raise-hours.ts';
import type {Phase} from '../../source/release/plan.ts';
import {acts} from './arbitrary.ts';
import {exposesUsers, isRaise} from './exposure.ts';
import {begin, complete, deny, end, include, next, pause, resume, rollback, set, start} from './orders.ts';
import {fourPhases, hooks, phase, planOf} from './plans.ts';
import {alice, bob, DAWN, given, guard, HOUR, liu, MINUTE, wait, type Order} from './specification.ts';
import {inWords, play, type Turn} from './stories.ts';

const release = 'r-1';
const disable: Order = {type: 'disable', release};
const enable: Order = {type: 'enable', release};
const approve: Order = {type: 'approve', release};
const take: Order = {type: 'take-guard', by: guard(1)};
const advance: Order = {type: 'verdict', release, action: 'advance', reasons: [], by: guard(1)};
const freeze: Freeze = {
  until: DAWN + 24 * HOUR,
  reason: 'audit week',
  by: 'liu',
  authenticated: null,
  at: DAWN,
};
const two = fourPhases({approval: 2});

describe('a disabled release', () => {
  test('is prod for everyone, chosen and forced users too, and stays at hand', () => {
    const {release: now, split} = given(start(), include('vip'), disable);
    expect(now).toMatchObject({state: 'rolling', percent: 5, disabled: {by: liu.name, why: 'person'}});
    expect(split).toMatchObject({live: false, percent: 0, tiers: [], include: {users: []}});
  });

  test('goes on where it was once a person enables it; its clock has stood meanwhile', () => {
    const {release: now, split} = given(start(), wait(HOUR), disable, wait(5 * HOUR), enable);
    expect(split).toMatchObject({live: true, percent: 5});
    expect(now.disabled).toBeNull();
    expect(now.clock.ranMs).toBeLessThan(2 * HOUR);
  });

  test.each([set(10), next(0), complete(), include('u-1')])('is not raised by $type', order => {
    given(start(), disable).when(order).thenRefused('disabled', 'graydeck enable');
  });

  test('can be lowered, paused, resumed and rolled back, and lets users be denied', () => {
    const story = given(start(), disable, set(1), pause(), resume(), deny('u-9'));
    expect(story.release.clock.since).toBeNull();
    story.when(rollback()).thenEvents({type: 'rollback-started'});
  });

  test('is not enabled by a guard', () => {
    given(start(), take, disable)
      .when({...enable, by: guard(1)})
      .thenRefused('needs-person');
  });

  test('enters its first phase with prod for everyone, where it was disabled while it was deployed', () => {
    const story = given(
      start(fourPhases({hooks: hooks('deploy')})),
      disable,
      begin('deploy.deploy'),
      end('deploy.deploy'),
    );
    expect(story.release).toMatchObject({state: 'rolling', phase: 0, clock: {since: null}});
    expect(story.split.live).toBe(false);
  });
});

describe('a freeze', () => {
  const frozen = (order: Order): Order => ({...order, freeze});

  test.each([set(10), next(0), complete(), include('u-1')])('refuses $type, with its reason', order => {
    given(start()).when(frozen(order)).thenRefused('frozen', 'audit week');
  });

  test('refuses start and enable', () => {
    given().when(frozen(start())).thenRefused('frozen', 'graydeck freeze lift');
    given(start(), disable).when(frozen(enable)).thenRefused('frozen');
  });

  test('refuses the yes of a second person', () => {
    given(start(two, {by: alice}))
      .when(frozen({...approve, by: bob}))
      .thenRefused('frozen');
  });

  test('never refuses a rollback, a lowering, a pause, a denial or a disabling', () => {
    for (const order of [rollback(), set(1), pause(), deny('u-1'), disable]) {
      expect(given(start()).when(frozen(order)).decision.ok).toBe(true);
    }
  });

  test('is over at its end', () => {
    expect(given(start()).when({...frozen(set(10)), at: freeze.until}).decision.ok).toBe(true);
  });

  test('that comes while hooks run keeps the phase from being entered until a person goes on', () => {
    const gated = planOf([phase('a', 5), phase('b', 50, {before: {argv: ['x'], timeoutMs: 1, check: null}})]);
    const story = given(start(gated), next(0), begin('phase-2.before'), frozen(end('phase-2.before')));
    expect(story.release.phase).toBe(0);
    story.when(next(0)).thenEvents({type: 'phase-entered', phase: 1});
  });

  test('that comes while it is deployed lets it enter its first phase with prod for everyone', () => {
    const story = given(
      start(fourPhases({hooks: hooks('deploy')})),
      begin('deploy.deploy'),
      frozen(end('deploy.deploy')),
    );
    expect(story.release).toMatchObject({phase: 0, disabled: {why: 'frozen'}});
    story.when(enable).thenEvents({type: 'release-enabled'});
  });

  test('ends after now, within 90 days, and has a reason', () => {
    const at = {by: alice, at: DAWN};
    expect(decideFreeze(null, {type: 'freeze', until: DAWN + HOUR, reason: 'audit'}, at)).toEqual({
      ok: true,
      entry: {
        type: 'freeze',
        until: DAWN + HOUR,
        reason: 'audit',
        by: 'alice',
        authenticated: 'redis:alice',
        at: DAWN,
      },
    });
    for (const [until, reason] of [
      [DAWN, 'audit'],
      [DAWN + 91 * 24 * HOUR, 'audit'],
      [Number.NaN, 'audit'],
      [DAWN + HOUR, ' '],
    ] as const) {
      expect(decideFreeze(null, {type: 'freeze', until, reason}, at)).toMatchObject({ok: false});
    }
    expect(decideFreeze(freeze, {type: 'lift'}, at)).toMatchObject({ok: true, entry: {type: 'lift'}});
    expect(decideFreeze(null, {type: 'lift'}, at)).toEqual({ok: true, entry: null});
  });

  test('that cannot be read counts as one', () => {
    for (const junk of [null, 5, {type: 'thaw'}, {type: 'freeze', until: 'soon'}]) {
      expect(freezeOf(readFreezeEntry(junk))).toMatchObject({until: Number.MAX_SAFE_INTEGER});
    }
  });
});

describe('raise hours', () => {
  const office: RaiseHours = {
    text: 'Mon-Fri 09:00-17:00 Europe/Berlin',
    timeZone: 'Europe/Berlin',
    windows: [{days: [1, 2, 3, 4, 5], from: 540, to: 1020}],
    except: ['2026-12-24'],
  };
  const at = (text: string) => Date.parse(text);

  test.each([
    ['2026-12-01T08:00:00Z', true],
    ['2026-12-01T07:59:59Z', false],
    ['2026-12-01T15:59:59Z', true],
    ['2026-12-01T16:00:00Z', false],
    ['2026-12-05T10:00:00Z', false],
    ['2026-12-24T10:00:00Z', false],
    // Summer time.
    ['2026-07-01T07:00:00Z', true],
    ['2026-07-01T15:00:00Z', false],
  ])('%s is open: %s', (moment, isOpen) => {
    expect(closedHours([office], at(moment)) === null).toBe(isOpen);
  });

  test('of plan and project must all be open', () => {
    const late = {...office, windows: [{days: [1, 2, 3, 4, 5], from: 960, to: 1200}], except: []};
    expect(closedHours([office, late], at('2026-12-01T14:00:00Z'))).toBe(late);
    expect(closedHours([office, late], at('2026-12-01T15:30:00Z'))).toBeNull();
    expect(nextOpening([office, late], at('2026-12-04T17:00:00Z'))).toBe(at('2026-12-07T15:00:00Z'));
  });

  test('of a time zone that is not known are closed', () => {
    expect(closedHours([{...office, timeZone: 'Mars/Olympus'}], DAWN)).not.toBeNull();
  });

  test('bind a guard, and not a person', () => {
    const plan = fourPhases({raise: [{...office, windows: []}]});
    const story = given(start(plan), take, advance);
    story.when({...next(0), by: guard(1)}).thenRefused('outside-hours', office.text);
    story.when(next(0)).thenEvents({type: 'phase-entered'});
    expect(story.when({...rollback(), by: guard(1)}).decision.ok).toBe(true);
  });
});

describe('approval: 2', () => {
  test('start begins with prod for everyone until another person says yes', () => {
    const story = given(start(two, {by: alice}));
    expect(story.split.live).toBe(false);
    expect(story.release.approval).toMatchObject({
      wish: {type: 'enable'},
      approvers: [{authenticated: 'redis:alice'}],
    });
    story.when({...approve, by: {...alice, name: 'somebody else'}}).thenRefused('needs-approval');
    const enabled = story
      .when({...approve, by: bob})
      .thenEvents({type: 'approval-given'}, {type: 'release-enabled'});
    expect(enabled.split).toMatchObject({live: true, percent: 5});
    expect(enabled.release.approval).toBeNull();
  });

  const rolling = [start(two, {by: alice}), {...approve, by: bob}] as const;

  test.each([set(10), next(0), complete(), include('u-1')])('$type waits for another person', order => {
    const asked = given(...rolling)
      .when({...order, by: alice})
      .thenEvents({type: 'approval-asked', number: 2, wantedBy: 'person'});
    expect(asked.split.percent).toBe(5);
    asked.when({...order, by: alice}).thenRefused('needs-approval', 'graydeck approve');
    expect(asked.when({...approve, by: bob}).decision).toMatchObject({ok: true});
    // The same wish of another person is the second yes.
    const done = asked.when({...order, by: bob}).decision;
    expect(done.ok && done.events.length).toBeGreaterThan(1);
  });

  test('is by the authenticated user, never by the typed name', () => {
    given(...rolling, set(10, {by: alice}))
      .when({...approve, by: {...alice, name: 'bob'}})
      .thenRefused('needs-approval', 'redis:alice');
  });

  test('a person whom the store cannot tell from others neither starts such a plan nor approves', () => {
    const shared = {...liu, identity: {name: 'redis:default', shared: 'everybody is the user default'}};
    given()
      .when(start(two, {by: shared}))
      .thenRefused('needs-actors', 'everybody is the user default');
    given().when(start(two)).thenRefused('needs-actors', 'graydeck acl operator');
    given(...rolling, set(10, {by: alice}))
      .when({...approve, by: shared})
      .thenRefused('needs-actors');
  });

  test('a raise that a guard wants waits for two people, and happens once it still wants it', () => {
    const byGuard = {...next(0), by: guard(1)};
    const asked = given(...rolling, take, advance, byGuard);
    expect(asked.release).toMatchObject({phase: 0, approval: {wantedBy: 'guard', approvers: []}});
    asked.when(byGuard).thenNothing('already-so');
    const approved = given(
      ...rolling,
      take,
      advance,
      byGuard,
      {...approve, by: alice},
      {...approve, by: bob},
    );
    expect(approved.release.phase).toBe(0);
    approved.when(byGuard).thenEvents({type: 'phase-entered', phase: 1});
  });

  test('what waited is void once the percent, the phase or the state has changed', () => {
    for (const order of [set(1), pause(), disable, rollback()]) {
      expect(given(...rolling, set(10, {by: alice}), order).release.approval).toBeNull();
    }
    given(...rolling)
      .when({...approve, by: bob})
      .thenRefused('nothing-asked');
  });

  test('another raise than the one that was seen is not approved', () => {
    given(...rolling, set(10, {by: alice}), set(20, {by: alice}))
      .when({...approve, number: 2, by: bob})
      .thenRefused('moved-on');
  });

  test('of a phase binds the way into it, raises within it, and a completion that passes over it', () => {
    const [alpha, beta, ...rest] = fourPhases().phases as [Phase, Phase, ...Phase[]];
    const plan = planOf([alpha, {...beta, approval: 2}, ...rest]);
    const story = given(start(plan, {by: alice}));
    expect(story.split.live).toBe(true);
    story.when(set(7)).thenEvents({type: 'percent-set'});
    story.when(next(0, {by: alice})).thenEvents({type: 'approval-asked'});
    story.when(complete({by: alice})).thenEvents({type: 'approval-asked'});
  });

  test('never stands before a lowering, a pause or a rollback', () => {
    for (const order of [set(1), pause(), disable, rollback(), deny('u-1')]) {
      expect(given(...rolling).when({...order, by: alice}).decision.ok).toBe(true);
    }
  });
});

describe('a gate that stays closed', () => {
  const gate = {argv: ['gate'], timeoutMs: 1000, check: null};
  const plan = planOf([phase('alpha', 5, {confirm: gate}), phase('beta', 50)]);
  const step = 'phase-2.confirm';
  const asked = [start(plan), next(0), begin(step)] as const;
  const tell = (words: string, rest: Partial<Order> = {}) =>
    ({type: 'tell-gate', release, step, words, alert: 'a-1', ...rest}) as Order;

  test('is in the state with its last words', () => {
    const story = given(...asked, tell('lag 14 s'));
    expect(story.release.steps.find(({id}) => id === step)).toMatchObject({words: 'lag 14 s'});
    story.when(tell('lag 14 s')).thenNothing('already-so');
    story.when(tell('lag 9 s')).thenEvents({type: 'gate-closed', words: 'lag 9 s'});
  });

  test('raises an alert after half an hour, once, which is over when it opens', () => {
    const story = given(...asked, wait(30 * MINUTE), tell('lag 14 s'));
    expect(story.state.alerts).toMatchObject([
      {level: 'warning', message: 'the gate of alpha has not opened for 30 min: lag 14 s'},
    ]);
    story.when(tell('lag 14 s')).thenNothing('already-so');
    story.when(end(step)).thenEvents({type: 'step-ended'}, {type: 'alert-resolved'}, {type: 'phase-entered'});
  });

  test('raises it after the time that the plan says', () => {
    const soon = planOf([phase('alpha', 5, {confirm: {...gate, remindMs: MINUTE}}), phase('beta', 50)]);
    const story = given(start(soon), next(0), begin(step), wait(MINUTE));
    expect(story.state.alerts).toEqual([]);
    story.when(tell('no')).thenEvents({type: 'gate-closed'}, {type: 'alert-raised'});
  });

  test('says nothing any more once a person has passed it', () => {
    given(...asked, next(0, {reason: 'checked by hand'}))
      .when(tell('no'))
      .thenNothing('already-so');
  });
});

describe('an event that this version does not know', () => {
  const strange = {type: 'weather-changed'};
  const accept = {
    type: 'accept-unknown',
    event: 'weather-changed',
    reason: 'read its release notes',
  } as const;

  test('keeps all but a rollback from being written, until a person answers for it', () => {
    const story = given(start(), strange);
    expect(story.state.unknownEvent).toBe('weather-changed');
    story.when(set(10)).thenRefused('newer-log', 'doctor --accept-unknown');
    const known = story.when(accept).thenEvents({type: 'unknown-accepted', ignorable: true});
    known.when(set(10)).thenEvents({type: 'percent-set'});
  });

  test('is passed over by a person alone, for a reason, and by its name', () => {
    const story = given(start(), take, strange);
    expect(story.state.unknownEvent).toBe('weather-changed');
    story.when({...accept, by: guard(1)}).thenRefused('needs-person');
    story.when({...accept, reason: ' '}).thenRefused('bad-input', '--reason');
    story.when({...accept, event: 'another'}).thenRefused('moved-on', 'weather-changed');
    given(start()).when(accept).thenNothing('already-so');
  });

  test('keeps no step of a rollback from being run', () => {
    const plan = fourPhases({hooks: hooks('deploy', 'stop')});
    const story = given(
      start(plan),
      begin('deploy.deploy'),
      end('deploy.deploy'),
      strange,
      rollback(),
      ...['traffic', 'stop', 'notify', 'snapshot'].flatMap(name => [
        begin(`rollback.${name}`),
        end(`rollback.${name}`),
      ]),
    );
    expect(story.release.state).toBe('rolled_back');
    story.when(start(plan, {release: 'r-2'})).thenRefused('newer-log');
  });

  test('lets no step of another run be begun', () => {
    given(start(fourPhases({hooks: hooks('deploy')})), strange)
      .when(begin('deploy.deploy'))
      .thenRefused('newer-log');
  });
});

describe('whatever happens', () => {
  function law(breaks: (turn: Turn, before: readonly Turn[]) => boolean): void {
    fc.assert(
      fc.property(acts, list => {
        const turns = play(list);
        expect(turns.filter((turn, index) => breaks(turn, turns.slice(0, index))).map(inWords)).toEqual([]);
      }),
      {numRuns: 300},
    );
  }

  test('a disabled release exposes nobody', () => {
    law(({after, is}) => (after.release?.disabled ?? null) !== null && exposesUsers(is));
  });

  test('nothing is raised while the store is frozen', () => {
    law(({command, was, is}) => (command.freeze ?? null) !== null && isRaise(was, is));
  });

  test('a rollback and a lowering are never refused for a freeze, hours or approvals', () => {
    const codes = new Set(['frozen', 'disabled', 'outside-hours', 'needs-approval', 'needs-actors']);
    law(({command, decision, before}) => {
      const isLess =
        command.type === 'rollback' ||
        command.type === 'pause' ||
        command.type === 'deny' ||
        command.type === 'disable' ||
        (command.type === 'set' && command.percent < (before.release?.percent ?? 0));
      return isLess && !decision.ok && codes.has(decision.refusal.code);
    });
  });

  test('a guard raises nothing outside of the hours of the plan', () => {
    law(
      ({command, was, is, before}) =>
        command.by.kind === 'guard' &&
        isRaise(was, is) &&
        closedHours(before.release?.plan.raise, command.at) !== null,
    );
  });

  test('what a plan lets two people raise was wanted or approved by two different users', () => {
    law(({was, is, after, commit, before}) => {
      if (after.release?.plan.approval !== 2 || !isRaise(was, is)) return false;
      // What was approved when its hooks began is entered later.
      const isUnderWay = before.release?.opening !== null && before.release?.id === after.release.id;
      if (isUnderWay) return false;
      const said = commit?.events.flatMap(event =>
        event.type === 'approval-given' && 'authenticated' in event ? [event.authenticated] : [],
      );
      const known = (before.release?.approval?.approvers ?? []).map(({authenticated}) => authenticated);
      return new Set([...known, ...(said ?? [])]).size < 2;
    });
  });
});
