/**
 * `racer.ts ADDRESS FEATURE COUNT`: prints `ready`, waits for a line on stdin, then executes COUNT commands
 * that each change something. For each it prints its VERSION, or `-` if it was not written.
 */
import {once} from 'node:events';
import {openController} from '../../../source/controller/controller.ts';
import type {Actor} from '../../../source/release/command.ts';
import {openStore} from '../../../source/store/open.ts';

const [address = '', feature = '', count = '0'] = process.argv.slice(2);
const by: Actor = {name: `racer ${process.pid}`, kind: 'person'};
const store = await openStore(address, 'operator', {env: {}});
const controller = openController({feature, log: store.feature(feature).log, now: () => store.now()});
await controller.ready();
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
for (let n = 0; n < Number(count); n++) {
  // Each command raises an alert of its own, so no other command can make it void.
  const alert = `a-${process.pid}-${n}`;
  const outcome = await controller.execute({type: 'alert', alert, level: 'info', message: alert}, {by});
  process.stdout.write(`${outcome.kind === 'done' ? outcome.version : '-'}\n`);
}
await controller.close();
await store.close();
