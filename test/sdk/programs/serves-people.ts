/**
 * An application process. Waits for a split of this version, serves each user of a range once, fails those whose number is
 * divisible by `failing`, and says what it did: `serves-people.ts URL VERSION FROM TO FAILING`.
 */
import {connect} from '../../../source/sdk/index.ts';

const [store = '', version = '', from = '', to = '', failing = ''] = process.argv.slice(2);
const deck = await connect({store, stateFolder: false});
const pay = deck.feature('new_payment');
await pay.ready(10_000);
while (pay.health().version < Number(version)) await new Promise(resolve => setTimeout(resolve, 10));
const done: {id: string; side: string; failed: boolean}[] = [];
for (let n = Number(from); n < Number(to); n++) {
  const id = `u-${n}`;
  const decision = pay.decide({id});
  const failed = n % Number(failing) === 0;
  const errors = failed ? 1 : 0;
  pay.record(decision, {requests: 1, errors, response_time: failed ? 900 : 90, user: id});
  done.push({id, side: decision.side, failed});
}
await deck.close();
process.stdout.write(JSON.stringify(done));
