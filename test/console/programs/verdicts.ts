import type {Judgement} from '../../../source/analysis/judge/judge.ts';
import {readCondition} from '../../../source/config/condition/condition.ts';
import {metricBook} from '../../../source/config/condition/metric-book.ts';
import {snapshotOf} from '../../../source/metrics/prometheus/snapshot.ts';
import type {Condition, Guardrail, Phase, Plan} from '../../../source/release/plan.ts';
import {HOUR, MINUTE, PLAN, rolling, routers, SECOND, WELL, type Course, type Scene} from './rolling.ts';

/** As quick as prod: evidence would see the difference of the other scenes. */
const GRAY_WELL = {...WELL, requests: 40};
const GUARD = {name: 'guard on ops-1', kind: 'guard', epoch: 1} as const;

function condition(text: string): Condition {
  const reading = readCondition(text, metricBook());
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.value;
}

function guardrail(
  text: string,
  forMs: number,
  then: Guardrail['then'],
  level: Guardrail['level'] = 'critical',
): Guardrail {
  return {when: condition(text), forMs, then, level};
}

const LIMITS: Guardrail[] = [
  guardrail('error_rate > 5 %', 5 * MINUTE, 'rollback'),
  guardrail('response_time_p95 > 2x prod', 5 * MINUTE, 'pause', 'warning'),
  guardrail('availability < 99 %', 5 * MINUTE, 'rollback'),
];

/** The plan of the payment release, with criteria in its second phase and evidence on. */
function plan(change: Partial<Plan> = {}, beta: Partial<Phase> = {}): Plan {
  return {
    ...PLAN,
    guardrails: LIMITS,
    evidence: {falseAlarms: 0.01, margin: 0, then: 'rollback'},
    phases: PLAN.phases.map((phase, index) =>
      index === 1
        ? {
            ...phase,
            criteria: ['error_rate < 1 %', 'response_time_p95 < 1.5x prod'].map(text => ({
              condition: condition(text),
              dryRun: false,
            })),
            ...beta,
          }
        : phase,
    ),
    ...change,
  };
}

const criteria = (...texts: string[]): Pick<Phase, 'criteria'> => ({
  criteria: texts.map(text => ({condition: condition(text), dryRun: false})),
});
const without = {evidence: null};

/** Well until `age` seconds ago, then as given. */
function turned(age: number, gray: Partial<typeof WELL> | null, prod: Partial<typeof WELL> = {}): Course {
  return {
    prod: at => (at > age ? WELL : {...WELL, ...prod}),
    gray: at => (at > 14 * 60 ? null : at > age ? GRAY_WELL : gray === null ? null : {...GRAY_WELL, ...gray}),
  };
}
const WELL_ALL = turned(0, {});

interface Telling {
  course?: Course;
  plan?: Plan;
  /** A guard is there and has written its verdict; `own`: this console is it. */
  guard?: 'there' | 'own' | 'none';
  prepare?(scene: Scene): void | Promise<void>;
}

function told({course = WELL_ALL, plan: planned = plan(), guard = 'there', prepare}: Telling) {
  return async (now: () => number): Promise<Scene> => {
    const scene = await rolling(now, course, planned);
    const {world} = scene;
    await prepare?.(scene);
    if (guard !== 'none') await world.act({type: 'take-guard'}, GUARD);
    if (guard === 'own') world.ownEpoch = 1;
    world.beginJudging(6 * MINUTE);
    const {judged} = world;
    if (guard !== 'none' && judged !== null) {
      const {action, reasons} = judged.judgement.verdict;
      const moment = now();
      world.clock(() => moment - sinceOf(judged.judgement));
      await world.act({type: 'verdict', release: judged.release, action, reasons}, GUARD);
      world.clock(now);
    }
    return scene;
  };
}

/** How long ago the guard would have written it. */
function sinceOf({guardrails}: Judgement): number {
  const held = guardrails.flatMap(({heldMs}) => heldMs ?? []);
  return held.length === 0 ? 40 * SECOND : Math.max(...held);
}

/** Every verdict an operator may meet, judged for real. */
export const VERDICTS: Record<string, (now: () => number) => Promise<Scene>> = {
  'verdict-calm': told({}),
  'verdict-advance': told({plan: plan({}, {durationMs: MINUTE})}),
  'verdict-rollback': told({
    course: turned(200, {errors: 0.085}),
    plan: plan({
      ...without,
      guardrails: [guardrail('error_rate > 5 % over 1m', 2 * MINUTE, 'rollback'), ...LIMITS.slice(1)],
    }),
  }),
  'verdict-nobody-acts': told({
    course: turned(200, {errors: 0.085}),
    plan: plan({
      ...without,
      guardrails: [guardrail('error_rate > 5 % over 1m', 2 * MINUTE, 'rollback'), ...LIMITS.slice(1)],
    }),
    guard: 'none',
  }),
  'verdict-evidence': told({course: turned(40, {errors: 0.05}), guard: 'own'}),
  'verdict-evidence-slow': told({course: turned(220, {medianMs: 300})}),
  'verdict-pause': told({
    course: turned(150, {medianMs: 260}),
    plan: plan({
      ...without,
      guardrails: [
        guardrail('response_time_p95 > 2x prod over 1m', MINUTE, 'pause', 'warning'),
        ...LIMITS.slice(0, 1),
      ],
    }),
  }),
  'verdict-holds': told({
    course: turned(75, {errors: 0.085}),
    plan: plan({
      ...without,
      guardrails: [guardrail('error_rate > 5 % over 1m', 5 * MINUTE, 'rollback'), ...LIMITS.slice(1)],
    }),
  }),
  'verdict-overruled': told({
    course: turned(200, {errors: 0.085}),
    plan: plan({...without, guardrails: [guardrail('error_rate > 5 % over 1m', MINUTE, 'pause')]}),
    prepare: async ({world}) => {
      const release = 'r-7';
      const moment = world.now();
      world.clock(() => moment - MINUTE);
      const because = [{kind: 'guardrail', key: 'pause error_rate > 5 % over 1m for 60000'}] as const;
      await world.act({type: 'take-guard'}, GUARD);
      await world.act({type: 'pause', release, because: [...because]}, GUARD);
      await world.act({type: 'resume', release});
      world.clock(() => moment);
    },
  }),
  'verdict-both-sides': told({
    course: turned(200, {errors: 0.09}, {errors: 0.08}),
    plan: plan({
      guardrails: [guardrail('error_rate > 5 % over 1m', 2 * MINUTE, 'rollback'), ...LIMITS.slice(1)],
    }),
  }),
  'verdict-ratio': told({
    course: {prod: () => WELL, gray: age => (age < 14 * 60 ? {...GRAY_WELL, requests: 92} : null)},
  }),
  'verdict-no-data': told({course: turned(75, null)}),
  'verdict-not-applied': told({
    prepare: ({world}) => {
      world.routers = world.routers.map((router, index) =>
        index === 1 ? {...router, percent: 5, version: 1} : router,
      );
    },
  }),
  'verdict-criterion': told({
    plan: plan(
      {},
      {durationMs: MINUTE, ...criteria('conversion_rate improvement > 1 %', 'error_rate < 1 %')},
    ),
  }),
  'verdict-undecided': told({
    plan: plan(
      {},
      {
        durationMs: MINUTE,
        ...criteria('conversion_rate improvement > 1 % over 1h min 60000 requests', 'error_rate < 1 %'),
      },
    ),
  }),
  'verdict-forecast': told({course: turned(75, {errors: 0.02})}),
  'verdict-unmeasured': told({
    plan: plan({guardrails: [...LIMITS, guardrail('cpu > 80 %', MINUTE, 'pause', 'warning')]}),
    prepare: ({world}) => {
      const away = {
        value: null,
        state: 'unreachable',
        ageMs: 75 * SECOND,
        why: 'prometheus at 127.0.0.1:9090 does not answer',
      } as const;
      world.sources = [{name: 'prometheus', state: 'away', ageMs: 75 * SECOND, why: away.why}];
      world.external = {
        read: name =>
          name === 'cpu'
            ? {prod: null, gray: null, ageMs: 75 * SECOND, state: 'away', source: 'prometheus'}
            : null,
      };
      world.externals = [
        snapshotOf({name: 'cpu', unit: 'percent', better: 'lower', isWanted: true}, away, away, []),
      ];
    },
  }),
  'verdict-silent-guard': told({
    course: turned(75, {errors: 0.085}),
    prepare: ({world}) => {
      world.guardSilentMs = 42 * SECOND;
    },
  }),
  'verdict-rolled-back': async now => {
    const scene = await told({course: turned(40, {errors: 0.05})})(now);
    const {world} = scene;
    const {reasons} = world.judged!.judgement.verdict;
    await world.act({type: 'rollback', release: 'r-7'}, GUARD, reasons.map(({text}) => text).join('; '));
    const facts = {routers: 3, confirmed: 3, silent: 0, grayRequestsAfter: 41, ms: 212};
    for (const [name, more] of [
      ['traffic', {facts}],
      ['stop', {}],
    ] as const) {
      await world.act({type: 'begin-step', release: 'r-7', step: `rollback.${name}`, deadlineMs: 60_000});
      await world.act({type: 'end-step', release: 'r-7', step: `rollback.${name}`, outcome: 'done', ...more});
    }
    routers(world, 'r-7', 0, false);
    return scene;
  },
  'verdict-last-phase': told({
    plan: plan({
      complete: 'manual',
      phases: PLAN.phases
        .slice(0, 2)
        .map((phase, index) => ({...phase, durationMs: index === 1 ? 2 * HOUR : phase.durationMs})),
    }),
  }),
};
