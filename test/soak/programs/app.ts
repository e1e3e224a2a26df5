/**
 * An application process with the SDK: decides for the same users again and again and prints each release that it
 * served gray of, with the time. `app.ts STORE FEATURE NAME`.
 */
import {connect} from '../../../source/sdk/index.ts';

const [store = '', feature = '', instance = ''] = process.argv.slice(2);
const USERS = Array.from({length: 200}, (_, n) => ({id: `user-${n}`}));
const EVERY_MS = 50;

const deck = await connect({store, instance, stateFolder: false});
const served = deck.feature(feature);
setInterval(() => {
  const at = Date.now();
  let gray = 0;
  for (const user of USERS) {
    const decision = served.decide(user);
    if (decision.side === 'gray') gray += 1;
    served.record(decision, {requests: 1, errors: 0, response_time: 20, user: user.id});
  }
  const {release} = served.health();
  if (gray > 0 && release !== null) process.stdout.write(`${JSON.stringify({at, release, gray})}\n`);
}, EVERY_MS);
