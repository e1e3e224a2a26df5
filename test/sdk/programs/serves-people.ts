/**
 * An application process. It waits for a split of VERSION, serves each user from FROM to TO once, fails users
 * whose number is divisible by FAILING, and prints what it did: `serves-people.ts URL VERSION FROM TO
 * FAILING`.
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
