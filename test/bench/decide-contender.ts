/**
 * One contender of `decide.ts`, in a process of its own: decides for many users over and over, and prints what one
 * decision took, the share that got gray, and what the decisions left on the heap.
 */
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {parseArgs} from 'node:util';
import {GrowthBookClient} from '@growthbook/growthbook';
import {FlagdCore} from '@openfeature/flagd-core';
import {Unleash, type UnleashConfig} from 'unleash-client';
import type {Rule} from '../../source/release/plan.ts';
import {Routing} from '../../source/router/routing.ts';
import {Batches} from '../../source/sdk/batches.ts';
import {Feature} from '../../source/sdk/feature.ts';
import {FeedbackQueue} from '../../source/sdk/feedback-queue.ts';
import {splitNamed} from '../audience/conformance.ts';

const {values} = parseArgs({
  options: {
    who: {type: 'string', default: 'ours'},
    case: {type: 'string', default: 'A'},
    seconds: {type: 'string', default: '1.5'},
  },
});

const USERS = 100_000;
const TYPES = ['admin', 'lawyer', 'tester', 'partner'];
const COUNTRIES = ['CN', 'DE', 'FR', 'IT', 'ES', 'PL', 'NL', 'BE', 'AT', 'CH', 'SE', 'NO'];
const LISTED = Array.from({length: 1000}, (_, n) => `u-${n * 97}`);
const people = Array.from({length: USERS}, (_, n) => ({
  id: `u-${n}`,
  user_type: [...TYPES, 'user', 'user'][n % 6] ?? '',
  country: [...COUNTRIES, 'US', 'BR', 'IN', 'JP'][n % 16] ?? '',
}));

function ours(): (index: number) => boolean {
  const isOneOf = (attribute: string, among: string[]): Rule => ({
    attribute,
    test: {op: 'in', values: among},
  });
  const audience = {all: [isOneOf('user_type', TYPES), isOneOf('country', COUNTRIES)]};
  const split =
    values.case === 'A'
      ? splitNamed('ten-percent')
      : {
          ...splitNamed('ten-percent'),
          percent: 20,
          tiers: [{audience, percent: 20}],
          include: {users: LISTED, rules: []},
        };
  const routing = new Routing('new_payment', {}, () => Date.now());
  routing.setStale(false);
  routing.apply({version: 1, id: 'c-1', split});
  const batches = new Batches({
    instance: 'bench',
    kinds: {distributions: new Set(), gauges: new Set()},
    feature: 'bench',
    split: () => ({version: 1, split: null}),
  });
  const feature = new Feature({
    name: 'new_payment',
    routing,
    batches,
    feedback: new FeedbackQueue(),
    options: {},
    away: () => null,
    ready: Promise.resolve(),
  });
  return index => feature.decide(people[index]!).side === 'gray';
}

function flagd(): (index: number) => boolean {
  const share = (on: number) => ({
    fractional: [{cat: [{var: '$flagd.flagKey'}, {var: 'targetingKey'}]}, ['on', on], ['off', 100 - on]],
  });
  const isOneOf = (attribute: string, among: string[]) => ({in: [{var: attribute}, among]});
  const isMeant = {and: [isOneOf('user_type', TYPES), isOneOf('country', COUNTRIES)]};
  const either = [isOneOf('targetingKey', LISTED), 'on', isMeant, share(20), 'off'];
  const targeting = values.case === 'A' ? share(10) : {if: either};
  const core = new FlagdCore();
  const flag = {state: 'ENABLED', variants: {on: true, off: false}, defaultVariant: 'off', targeting};
  core.setConfigurations(JSON.stringify({flags: {new_payment: flag}}));
  const contexts = people.map(({id, ...attributes}) => ({targetingKey: id, ...attributes}));
  return index => core.resolveBooleanEvaluation('new_payment', false, contexts[index]).value;
}

function growthbook(): (index: number) => boolean {
  const listed = {condition: {id: {$in: LISTED}}, force: true};
  const meant = {
    condition: {user_type: {$in: TYPES}, country: {$in: COUNTRIES}},
    force: true,
    coverage: 0.2,
    hashAttribute: 'id',
  };
  const rules = values.case === 'A' ? [{force: true, coverage: 0.1, hashAttribute: 'id'}] : [listed, meant];
  const client = new GrowthBookClient().initSync({
    payload: {features: {new_payment: {defaultValue: false, rules}}},
  });
  const contexts = people.map(attributes => ({attributes}));
  return index => client.isOn('new_payment', contexts[index]!);
}

async function unleash(): Promise<(index: number) => boolean> {
  const among = (contextName: string, names: readonly string[]) => ({
    contextName,
    operator: 'IN',
    values: [...names],
  });
  const share = (rollout: string, constraints: object[]) => ({
    name: 'flexibleRollout',
    parameters: {rollout, stickiness: 'userId', groupId: 'new_payment'},
    constraints,
  });
  const meant = [among('user_type', TYPES), among('country', COUNTRIES)];
  const strategies =
    values.case === 'A' ? [share('10', [])] : [share('100', [among('userId', LISTED)]), share('20', meant)];
  const feature = {
    name: 'new_payment',
    type: 'release',
    enabled: true,
    stale: false,
    impressionData: false,
    strategies,
  };
  const client = new Unleash({
    appName: 'bench',
    // Nothing answers there, and nothing has to: the flag is given.
    url: 'http://127.0.0.1:9/api',
    disableMetrics: true,
    refreshInterval: 0,
    skipInstanceCountWarning: true,
    bootstrap: {data: [feature]},
    storageProvider: {set: async () => {}, get: async () => undefined},
  } as unknown as UnleashConfig);
  client.on('error', () => {});
  client.on('warn', () => {});
  await new Promise(resolve => client.once('ready', resolve));
  const contexts = people.map(({id, ...properties}) => ({userId: id, properties}));
  return index => client.isEnabled('new_payment', contexts[index]);
}

const CONTENDERS: Readonly<
  Record<string, () => ((index: number) => boolean) | Promise<(index: number) => boolean>>
> = {
  ours,
  flagd,
  growthbook,
  unleash,
};
const contender = CONTENDERS[values.who];
if (contender === undefined) throw new Error(`--who ${Object.keys(CONTENDERS).join('|')}`);
const decide = await contender();
let gray = 0;
for (let index = 0; index < USERS; index++) gray += decide(index) ? 1 : 0;
const share = gray / USERS;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
collect();
const before = process.memoryUsage().heapUsed;
const until = performance.now() + Number(values.seconds) * 1000;
const began = performance.now();
let decisions = 0;
while (performance.now() < until) {
  for (let index = 0; index < 10_000; index++) gray += decide((decisions + index) % USERS) ? 1 : 0;
  decisions += 10_000;
}
const nanoseconds = ((performance.now() - began) * 1e6) / decisions;
collect();
const kept = process.memoryUsage().heapUsed - before;
console.log(JSON.stringify({nanoseconds, share, decisions, keptBytes: kept, gray: gray > 0}));
process.exit(0);
