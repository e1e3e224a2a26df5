/**
 * Whether nginx and the SDK send the same users to the same side: 10 000 keys (numbers, names, uuids, non-ASCII, long
 * ones) at seven percentages, asked of a real nginx. `node test/bench/agreement.ts`; exit code 1 on a mismatch.
 */
import {createHash} from 'node:crypto';
import {decider} from '../../source/audience/decide.ts';
import {renderEdge} from '../../source/nginx/render.ts';
import {siteOf, splitOf, splitsOf, wire} from '../nginx/site.ts';
import {askMany, startNginx} from '../servers/nginx.ts';
import {freePort} from '../servers/ports.ts';

const PERCENTAGES = [0.01, 1, 10, 33.33, 50, 99.99, 100];
const LETTERS = ['用户', 'ключ', '🙂', 'é', 'المستخدم', '사용자'];

function keyOf(n: number): string {
  const digest = createHash('sha256').update(String(n)).digest('hex');
  if (n % 5 === 0)
    return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(12, 15)}-a000-${digest.slice(15, 27)}`;
  if (n % 5 === 1) return String(n * 7919);
  if (n % 5 === 2)
    return `${LETTERS[n % LETTERS.length] ?? ''}-${n}-${LETTERS[(n + 1) % LETTERS.length] ?? ''}`;
  if (n % 100 === 3) return digest.repeat(20);
  return `user.${n}@example.com`;
}

const keys = Array.from({length: 10_000}, (_, n) => keyOf(n));
const features = PERCENTAGES.map((_, index) => `share_${index}`);
const splits = features.map((feature, index) => {
  const percent = PERCENTAGES[index] ?? 0;
  return splitOf(feature, {percent, tiers: [{audience: null, percent}]});
});
const [port, probe] = [await freePort(), await freePort()];
const file = renderEdge(splitsOf(...splits), siteOf(features, {probe: {host: '127.0.0.1', port: probe}}));
const answer = features.map(name => `$gray_side_${name}`).join(' ');
const nginx = await startNginx({
  http: `include FOLDER/graydeck.conf; server { listen 127.0.0.1:${port}; return 200 "${answer}"; }`,
  files: {'graydeck.conf': file.text},
});
try {
  const bodies = await askMany(
    port,
    keys.map(key => ({headers: {'x-user-id': wire(key)}})),
  );
  const deciders = splits.map(split => decider({split, version: 1}));
  let wrong = 0;
  const gray = PERCENTAGES.map(() => 0);
  for (const [at, key] of keys.entries()) {
    const sides = bodies[at]?.split(' ') ?? [];
    for (const [index, decide] of deciders.entries()) {
      const {side} = decide({id: key}, 0);
      if (side === 'gray') gray[index] = (gray[index] ?? 0) + 1;
      if (side !== sides[index]) wrong++;
    }
  }
  const shares = gray.map((count, index) => `${PERCENTAGES[index] ?? 0} %: ${count}`).join(', ');
  process.stdout.write(`${keys.length} keys, ${wrong} mismatches; on gray at ${shares}\n`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  await nginx.dispose();
}
