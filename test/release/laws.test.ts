import {isDeepStrictEqual} from 'node:util';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Command} from '../../source/release/command.ts';
import {decide} from '../../source/release/decide/decide.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import {evolveCommit} from '../../source/release/evolve/evolve.ts';
import {isPercent} from '../../source/release/split.ts';
import {initialState, isLive, type State} from '../../source/release/state.ts';
import {hasEnded} from '../../source/release/step.ts';
import {act, acts, commandOf} from './arbitrary.ts';
import {exposesUsers, isRaise} from './exposure.ts';
import {fourPhases} from './plans.ts';
import {DAWN, FEATURE, guard, liu} from './specification.ts';
import {carryOut, endOf, inWords, play, written, type Turn} from './stories.ts';

const RUNS = 300;

/** Plays many stories, and fails if any turn breaks the law. */
function law(breaks: (turn: Turn) => boolean): void {
  fc.assert(
    fc.property(acts, list => {
      expect(
        play(list)
          .filter(turn => breaks(turn))
          .map(turn => inWords(turn)),
      ).toEqual([]);
    }),
    {numRuns: RUNS},
  );
}

test('the stories of these laws reach every state of a release and change enough', () => {
  const turns = fc.sample(acts, {numRuns: 1200, seed: 7}).flatMap(list => play(list));
  const entered = turns.filter(({before, after}) => before.release?.state !== after.release?.state);
  const states = Map.groupBy(entered, ({after}) => after.release?.state);
  expect(Object.fromEntries([...states].map(([state, list]) => [state, list.length > 20]))).toEqual({
    completed: true,
    deploying: true,
    failed: true,
    paused: true,
    promoting: true,
    rolled_back: true,
    rolling: true,
    rolling_back: true,
  });
  const written = turns.filter(({commit}) => commit !== null);
  expect(new Set(written.map(({command}) => command.type)).size).toBe(30);
  expect(turns.filter(({was, is}) => isRaise(was, is)).length).toBeGreaterThan(500);
});

describe('deciding', () => {
  const names = [undefined, null, '', '\u0000', '__proto__', 'constructor', Symbol('junk')];
  const things = [Number.NaN, Number.POSITIVE_INFINITY, -1, true, [], {}, [null], Object.create(null)];
  const junk = fc.oneof(
    {weight: 1, arbitrary: fc.anything({withBigInt: true, withNullPrototype: true, maxDepth: 1})},
    {weight: 2, arbitrary: fc.constantFrom<unknown[]>(...names, ...things)},
  );

  test('never throws for any value in a command', () => {
    const extra = fc.dictionary(fc.string(), junk, {maxKeys: 2});
    fc.assert(
      fc.property(acts, act, extra, fc.nat({max: 9}), junk, (before, one, more, index, value) => {
        const {state} = endOf(play(before));
        const [command] = commandOf(state, one, DAWN, 99);
        const fields = ['by', 'at', 'type', ...Object.keys(command!)];
        const field = fields[index % fields.length]!;
        const decision = decide(state, {...command, ...more, [field]: value} as never);
        expect(decision.ok ? Array.isArray(decision.events) : decision.refusal.remedy.length > 0).toBe(true);
      }),
      {numRuns: 2 * RUNS},
    );
  });

  test('never throws for a plan with another value in any place', () => {
    const places = ['phases', 'hooks', 'groups', 'forced', 'rollbackWindowMs', 'whenStale', 'complete'];
    const inPhase = ['percent', 'audience', 'include', 'criteria', 'name', 'whenStale'];
    fc.assert(
      fc.property(fc.constantFrom(...places, ...inPhase), junk, (place, value) => {
        const plan = fourPhases();
        const broken = inPhase.includes(place)
          ? {...plan, phases: [{...plan.phases[0], [place]: value}]}
          : {...plan, [place]: value};
        const start = {type: 'start', release: 'r-1', version: 'v2', by: liu, at: DAWN} as const;
        const {is, after} = carryOut(initialState(FEATURE), {...start, plan: broken as never});
        expect(isPercent(is.percent) && after.unknownEvent === null).toBe(true);
      }),
      {numRuns: RUNS},
    );
  });

  test('never throws for an input that is no command', () => {
    fc.assert(
      fc.property(junk, command => {
        expect(decide(initialState(FEATURE), command as never).ok).toBe(false);
      }),
    );
  });

  test('changes none of its inputs', () => {
    fc.assert(
      fc.property(acts, act, (before, one) => {
        const {state, at} = endOf(play(before));
        const copy = structuredClone(state);
        play([one], state, at);
        expect(state).toStrictEqual(copy);
      }),
      {numRuns: RUNS / 4},
    );
  });
});

describe('what a router gets', () => {
  test('are percentages of two decimals, from 0 to 100', () => {
    law(({is, after}) => {
      const percents = [is.percent, ...is.tiers.map(({percent}) => percent), after.release?.percent ?? 0];
      return !percents.every(
        percent => percent >= 0 && percent <= 100 && Math.round(percent * 100) / 100 === percent,
      );
    });
  });

  test('exposes no user while no release is live', () => {
    law(
      ({is}) => !is.live && (exposesUsers(is) || is.percent !== 0 || is.gray !== null || is.tiers.length > 0),
    );
  });

  test('never makes a release live that it names as rolled back', () => {
    law(({is}) => is.live && is.rolledBack.includes(is.release ?? ''));
  });
});

describe('the log', () => {
  const fold = (state: State, commits: ReturnType<typeof written>) => commits.reduce(evolveCommit, state);

  test('gives the same state whether it is read at once or in two parts, the first of them kept as JSON', () => {
    fc.assert(
      fc.property(acts, fc.nat({max: 40}), (list, cut) => {
        const turns = play(list);
        const commits = written(turns);
        const prefix = fold(initialState(FEATURE), commits.slice(0, cut));
        const kept = JSON.parse(JSON.stringify(prefix)) as State;
        expect(kept).toStrictEqual(prefix);
        const whole = fold(initialState(FEATURE), commits);
        expect(fold(kept, commits.slice(cut))).toStrictEqual(whole);
        expect(whole).toStrictEqual(endOf(turns).state);
      }),
      {numRuns: RUNS},
    );
  });

  test('reproduces every split that was stored in it', () => {
    fc.assert(
      fc.property(acts, list => {
        let state = initialState(FEATURE);
        const wrong = written(play(list)).filter(commit => {
          state = evolveCommit(state, commit);
          return !isDeepStrictEqual(deriveSplit(state), commit.split);
        });
        expect(wrong).toEqual([]);
        expect(state.unknownEvent).toBeNull();
      }),
      {numRuns: RUNS},
    );
  });
});

describe('a rollback', () => {
  const anybody = fc.constantFrom(liu, guard(0), guard(1), guard(99), {
    name: 'guard',
    kind: 'guard' as const,
  });

  test('is accepted in every state from any actor, and its release never serves gray again', () => {
    fc.assert(
      fc.property(acts, anybody, acts, (before, by, afterwards) => {
        const {state, at} = endOf(play(before));
        const id = state.release?.id ?? '';
        fc.pre(state.release !== null && isLive(state.release));
        const back = carryOut(state, {type: 'rollback', release: id, by, at});
        expect(back.decision.ok).toBe(true);
        expect(back.after.release?.state).toBe('rolling_back');
        expect(back.is).toMatchObject({live: false, tiers: [], include: {users: [], rules: []}});
        const again = play(afterwards, back.after, at).filter(({is}) => is.live && is.release === id);
        expect(again.map(turn => inWords(turn))).toEqual([]);
      }),
      {numRuns: RUNS},
    );
  });

  test('of the current release is refused only after its rollback window', () => {
    law(
      ({command, decision, before}) =>
        command.type === 'rollback' &&
        command.release === before.release?.id &&
        !decision.ok &&
        !(decision.refusal.code === 'window-over' && before.release.state === 'completed'),
    );
  });
});

/** Commands by which a person raises exposure, now or with the next step. */
const DELIBERATE: ReadonlySet<Command['type']> = new Set([
  'start',
  'set',
  'next',
  'complete',
  'enable',
  'approve',
  'include',
  'remove',
  'retry',
] as const);

describe('exposure', () => {
  test('is raised by a deliberate command, or by the outcome of a step', () => {
    law(({command: {type}, was, is}) => isRaise(was, is) && !DELIBERATE.has(type) && type !== 'end-step');
  });

  test('is raised by the outcome of a step only into a phase or promotion that a command has opened', () => {
    law(({command, was, is, before, after}) => {
      if (command.type !== 'end-step' || !isRaise(was, is)) return false;
      const isFirst = after.release?.state === 'rolling' && after.release.phase === 0;
      const isOver = command.outcome !== 'failed' || command.step.startsWith('rollback.');
      const {state, opening, verdict} = before.release!;
      const isOpen = state === 'rolling' && opening !== null && command.outcome !== 'failed';
      const isMeant = isOpen && (opening.wantedBy === 'person' || verdict?.action === 'advance');
      return !isMeant && (!isFirst || !isOver);
    });
  });

  test('is raised by a guard only while its verdict is advance and the release is rolling', () => {
    law(({command, was, is, before}) => {
      if (command.by.kind !== 'guard' || command.type === 'end-step' || !isRaise(was, is)) return false;
      return before.release?.state !== 'rolling' || before.release.verdict?.action !== 'advance';
    });
  });

  test('of a paused release is raised only by a person who includes a user, completes, enables or approves it', () => {
    const allowed = new Set<Command['type']>(['include', 'remove', 'complete', 'enable', 'approve']);
    law(({command, was, is, before}) => {
      if (before.release?.state !== 'paused' || !isRaise(was, is)) return false;
      return command.by.kind !== 'person' || !allowed.has(command.type);
    });
  });

  test('grows only by adding users: the next phase takes gray from no user', () => {
    law(({command, was, is}) => command.type === 'next' && is.live && isRaise(is, was));
  });

  test('is never raised by a retry', () => {
    law(({command, was, is}) => command.type === 'retry' && isRaise(was, is));
  });
});

describe('a finding of the judge', () => {
  const overruled = ({release}: State) => release?.overruled ?? [];

  test('is overruled only by a person who resumes the release that it paused', () => {
    law(({command, before, after}) => {
      if (before.release?.id !== after.release?.id) return false;
      const [was, is] = [overruled(before), overruled(after)];
      if (isDeepStrictEqual(was, is)) return false;
      const isMeant = command.type === 'resume' && command.by.kind === 'person';
      const added = is.at(-1);
      return !isMeant || !isDeepStrictEqual(added?.because, before.release?.pausedBecause);
    });
  });

  test('is overruled each time that it paused the release and a person resumed it', () => {
    law(({command, commit, before, after}) => {
      if (command.type !== 'resume' || commit === null) return false;
      const isNamed = (before.release?.pausedBecause.length ?? 0) > 0;
      const number = overruled(before).at(-1)?.number ?? 0;
      return (overruled(after).at(-1)?.number ?? 0) !== (isNamed ? number + 1 : number);
    });
  });

  test('is never named by a pause of a person or of a failed step', () => {
    law(({command, before, after}) => {
      if (before.release?.state === 'paused' || after.release?.state !== 'paused') return false;
      const isGuards = command.type === 'pause' && command.by.kind === 'guard';
      return !isGuards && after.release.pausedBecause.length > 0;
    });
  });

  test('is named only while the release is paused', () => {
    law(({after: {release}}) => release?.pausedBecause.length !== 0 && release?.state === 'rolling');
  });

  test('occurs often enough for these laws to have cases', () => {
    const turns = fc.sample(acts, {numRuns: 1200, seed: 7}).flatMap(list => play(list));
    const found = turns.filter(({before, after}) => overruled(after).length > overruled(before).length);
    expect(found.length).toBeGreaterThan(10);
  });
});

describe('a command of another guard or release', () => {
  test('of a guard with an older epoch changes nothing except by a rollback or an outcome of a notification', () => {
    const allowed = new Set<Command['type']>(['take-guard', 'rollback', 'end-delivery']);
    law(({command: {by, type}, commit, before}) => {
      const isOld = by.kind === 'guard' && by.epoch !== before.guard?.epoch;
      return isOld && !allowed.has(type) && commit !== null;
    });
  });

  test('that names another release does not change the current one', () => {
    law(({command, before: {release}, after, was, is}) => {
      if (release === null || command.type === 'start') return false;
      if (!('release' in command) || command.release === release.id) return false;
      // A rollback that names the queued start cancels it.
      const left = command.release === release.next?.release ? {...release, next: null} : release;
      const isSame = isDeepStrictEqual(after.release, left) || isDeepStrictEqual(after.release, release);
      return !isSame || !isDeepStrictEqual({...is, rolledBack: []}, {...was, rolledBack: []});
    });
  });
});

describe('the state', () => {
  test('holds a bounded number of alerts and silences', () => {
    const loud = fc.array(
      act.map(one => ({...one, what: one.value % 2 === 0 ? ('silence' as const) : ('alert' as const)})),
      {minLength: 250, maxLength: 400, size: 'max'},
    );
    fc.assert(
      fc.property(loud, list => {
        const each = list.map((one, n) => ({...one, text: `${one.text} ${n}`, isRight: true, passedMs: 1}));
        const {state} = endOf(play(each));
        expect(state.alerts.length).toBeLessThanOrEqual(100);
        expect(state.silences.length).toBeLessThanOrEqual(100);
      }),
      {numRuns: 10},
    );
  });

  test('holds a number of steps and phases that the plan bounds, each step once', () => {
    law(({after: {release}}) => {
      if (release === null) return false;
      const ids = new Set(release.steps.map(({id}) => id));
      return ids.size !== release.steps.length || release.left.length >= release.plan.phases.length;
    });
  });

  test('holds no ended step that has never begun, except skipped ones', () => {
    law(({after: {release}}) =>
      (release?.steps ?? []).some(
        step => step.attempts === 0 && (step.state === 'done' || step.state === 'failed'),
      ),
    );
  });

  test('holds one open alert for each condition', () => {
    law(({after: {alerts}}) => {
      const open = alerts.filter(({resolvedAt}) => resolvedAt === null);
      return new Set(open.map(({key}) => key)).size !== open.length;
    });
  });
});

describe('the clock of a phase', () => {
  test('runs only while the release rolls and nothing holds it', () => {
    law(({after: {release}}) => {
      if (release === null || release.clock.since === null) return false;
      return release.state !== 'rolling' || release.clock.held !== null;
    });
  });

  test('never runs backward', () => {
    law(({before, after}) => {
      const [old, now] = [before.release, after.release];
      if (old === null || now === null || old.id !== now.id || old.phase !== now.phase) return false;
      return now.clock.ranMs < old.clock.ranMs;
    });
  });

  test('counts no more than the time in which the release rolled', () => {
    fc.assert(
      fc.property(acts, list => {
        const turns = play(list.map(one => ({...one, passedMs: Math.abs(one.passedMs)})));
        let rolledMs = 0;
        for (const [index, {command, before, after}] of turns.entries()) {
          const passedMs = command.at - (turns[index - 1]?.command.at ?? DAWN);
          if (before.release?.id !== after.release?.id) rolledMs = 0;
          else if (before.release?.state === 'rolling') rolledMs += passedMs;
          expect(after.release?.clock.ranMs ?? 0).toBeLessThanOrEqual(rolledMs);
        }
      }),
      {numRuns: RUNS},
    );
  });
});

describe('no release is stuck', () => {
  test('after any story it can be rolled back, its steps can fail, and another release can start', () => {
    fc.assert(
      fc.property(acts, list => {
        const end = endOf(play(list));
        const stamp = {by: liu, at: end.at + 48 * 3600_000};
        let {state} = end;
        const go = (command: Command) => {
          const turn = carryOut(state, command);
          expect(turn.decision.ok).toBe(true);
          state = turn.after;
        };
        const id = state.release?.id ?? '';
        if (state.release !== null && isLive(state.release)) go({type: 'rollback', release: id, ...stamp});
        // A queued start begins after the rollback; here it is cancelled.
        if (state.release?.next) go({type: 'rollback', release: state.release.next.release, ...stamp});
        for (const {id: step} of state.release?.steps.filter(
          one => one.run === 'rollback' && !hasEnded(one),
        ) ?? []) {
          go({type: 'begin-step', release: id, step, deadlineMs: 1000, ...stamp});
          go({type: 'end-step', release: id, step, outcome: 'failed', ...stamp});
        }
        go({type: 'start', release: 'r-last', version: 'v-last', plan: fourPhases(), ...stamp});
        expect(state.release).toMatchObject({id: 'r-last', state: 'rolling'});
      }),
      {numRuns: RUNS},
    );
  });
});
