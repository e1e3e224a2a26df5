import {plainText} from '../../text/plain-text.ts';
import type {ViewStore} from '../../store/port.ts';
import {resolveTarget, type StoreAddress} from '../../store/open.ts';
import type {RedisFacts} from '../../store/redis/inspect.ts';
import {doubt, fine, wrong, type Finding} from './finding.ts';

const CHECK = 'store';
/** Of its memory limit: above it there is little left for a long release. */
const FULL_SHARE = 0.9;

/** Whether the store answers, and keeps what is written. `address`: as it was opened. */
export async function checkStore(
  store: Pick<ViewStore, 'health' | 'kind' | 'label'>,
  address: string | StoreAddress | null,
): Promise<Finding[]> {
  const health = await store.health();
  if (health.state === 'away') return [wrong(CHECK, plainText(health.why, 240), 'graydeck status')];
  const label = plainText(store.label, 120);
  const answers = fine(CHECK, `${label} answers in ${health.pingMs.toFixed(1)} ms`);
  if (store.kind === 'sqlite') return [answers];
  const target = await resolveTarget(address, process.env);
  if (target.kind !== 'redis') return [answers];
  const {inspectRedis} = await import('../../store/redis/inspect.ts');
  try {
    return [answers, ...findingsOf(await inspectRedis(target), label)];
  } catch {
    const remedy = 'the rights that graydeck acl operator prints hold INFO';
    return [answers, doubt(CHECK, `${label} does not say whether it keeps what is written`, remedy)];
  }
}

/** What speaks against keeping a log on such a server. */
function findingsOf(facts: RedisFacts, label: string): Finding[] {
  const {appendOnly, evictionPolicy, maxMemory, usedMemory} = facts;
  const findings: Finding[] = [];
  if (!appendOnly) {
    findings.push(
      doubt(
        CHECK,
        `${label} may forget the newest commits when it is restarted: appendonly is off`,
        'redis-cli CONFIG SET appendonly yes, and in redis.conf',
      ),
    );
  }
  if (evictionPolicy.startsWith('allkeys')) {
    const mend = 'redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf';
    const policy = plainText(evictionPolicy, 40);
    findings.push(
      maxMemory === null
        ? doubt(CHECK, `${label} would throw logs away if it had a memory limit: ${policy}`, mend)
        : wrong(CHECK, `${label} throws logs away when its memory runs out: ${policy}`, mend),
    );
  }
  if (maxMemory !== null && usedMemory > FULL_SHARE * maxMemory) {
    const used = Math.round((usedMemory / maxMemory) * 100);
    findings.push(
      doubt(CHECK, `${label} uses ${used} % of its memory`, 'redis-cli CONFIG SET maxmemory BYTES'),
    );
  }
  return findings;
}
