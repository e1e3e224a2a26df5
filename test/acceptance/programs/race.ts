/**
 * Commands a release as fast as it can, once it is told to: `race.ts ADDRESS FEATURE NAME COUNT PERCENT PERCENT`.
 * Prints `ready`, then the version that each command was written as.
 */
import {once} from 'node:events';
import {openController} from '../../../source/controller/controller.ts';
import {openStore} from '../../../source/store/open.ts';

const [address = '', name = '', by = '', count = '', ...percents] = process.argv.slice(2);
const store = await openStore(address, 'operator');
const controller = openController({
  feature: name,
  log: store.feature(name).log,
  now: () => store.now(),
});
await controller.ready();
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const release = controller.snapshot().state.release?.id ?? '';
for (let n = 0; n < Number(count); n++) {
  const percent = Number(percents[n % percents.length]);
  const outcome = await controller.execute({type: 'set', release, percent}, {by: {name: by, kind: 'person'}});
  process.stdout.write(`${outcome.kind === 'done' ? outcome.version : outcome.kind}\n`);
}
await controller.close();
await store.close();
process.stdin.destroy();
