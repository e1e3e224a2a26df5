/**
 * A real HTTP service in a process of its own: `service.ts STORE FEATURES sdk|xadd SEED`. Each request names its person in
 * `x-user-id`. The SDK decides the side. With `sdk` its middleware measures; with `xadd` the service writes one entry for
 * each request and names no person, as an application without SDK does.
 */
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {Redis} from 'ioredis';
import {bucketOf} from '../../../source/audience/bucket.ts';
import {normal, seeded} from '../../../source/demo/behaviour.ts';
import {connect, type Feature} from '../../../source/sdk/index.ts';
import {FAILING_PATH, WELL, type RuleMessage, type ServiceMessage, type ServiceRule} from '../rule.ts';

const [store = '', names = '', mode = 'sdk', seed = '1'] = process.argv.slice(2);
const random = seeded(Number(seed));
/** Of an unlucky person's requests this share fails. */
const UNLUCKY_FAILS = 1 / 3;
const SPREAD = 0.5;

const deck = await connect({store, stateFolder: false, instance: `web-${seed}`});
const writer = mode === 'xadd' ? new Redis(store) : null;
const rules = new Map<string, ServiceRule>();
const watched = new Set<string>();
const tell = (message: ServiceMessage) => process.send?.(message);

interface Member {
  feature: Feature;
  measured: ReturnType<Feature['middleware']>;
}
const members = new Map<string, Member>();
for (const name of names.split(',')) {
  const feature = deck.feature(name);
  const user = ({headers}: IncomingMessage) => headers['x-user-id'] as string | undefined;
  members.set(name, {feature, measured: feature.middleware({user})});
}
await Promise.all([...members.values()].map(({feature}) => feature.ready(20_000)));

function isUnlucky(feature: string, id: string, share: number): boolean {
  // Other people than those whom the deck gives gray.
  return share > 0 && bucketOf(`unlucky ${feature}:`, id) / 0xffffffff < share;
}

/** Answers as the rule says, after the time that the rule says. */
function answer(
  name: string,
  path: string,
  side: 'prod' | 'gray',
  id: string,
  response: ServerResponse,
): void {
  const rule = rules.get(name);
  const {errors, unlucky, medianMs} = rule?.[side] ?? WELL;
  const began = performance.now();
  const isBad = random() < errors || (isUnlucky(name, id, unlucky) && random() < UNLUCKY_FAILS);
  const fails = path === FAILING_PATH || isBad;
  setTimeout(
    () => {
      response.statusCode = fails ? 500 : 200;
      response.setHeader('x-side', side);
      response.end(fails ? 'failed' : 'done');
      if (isBad && side === 'gray' && watched.delete(name))
        tell({type: 'failed', feature: name, at: Date.now()});
      if (writer === null) return;
      const time = String(Math.max(1, Math.round(performance.now() - began)));
      const fields = ['side', side, 'requests', '1', 'errors', fails ? '1' : '0', 'response_time', time];
      void writer.xadd(`graydeck:{${name}}:metrics`, '*', ...fields).catch(() => undefined);
    },
    medianMs * Math.exp(SPREAD * normal(random)),
  );
}

const server = createServer((request, response) => {
  const [, name = '', path = ''] = (request.url ?? '').split('/');
  const member = members.get(name);
  const id = String(request.headers['x-user-id']);
  if (member === undefined) {
    response.statusCode = 404;
    response.end();
    return;
  }
  const {feature, measured} = member;
  if (writer !== null) return answer(name, path, feature.decide({id}).side, id, response);
  measured(request, response, () =>
    answer(name, path, feature.decisionOf(request)?.side ?? 'prod', id, response),
  );
});
server.keepAliveTimeout = 120_000;
process.on('message', ({feature, rule}: RuleMessage) => {
  rules.set(feature, rule);
  if (rule.isWatched) watched.add(feature);
  else watched.delete(feature);
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => tell({type: 'listens', port: (server.address() as AddressInfo).port}));
