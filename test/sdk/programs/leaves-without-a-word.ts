/** An application that asks once and does not close its deck. */
import {connect} from '../../../source/sdk/index.ts';

const deck = await connect({stateFolder: false});
const pay = deck.feature('new_payment');
await pay.ready(500);
const {side} = pay.decide({id: 'u-1'});
pay.record(pay.decide({id: 'u-1'}), {requests: 1});
process.stdout.write(`${side}\n`);
