/** A service with the SDK inside, in a process of its own: answers which side its user got. Needs PORT, STORE and FEATURE. */
import {createServer} from 'node:http';
import {connect} from '../../../source/sdk/index.ts';

const [port = '0', store = '', feature = ''] = process.argv.slice(2);
const deck = await connect({store, instance: 'service', stateFolder: false});
const pay = deck.feature(feature);
const decided = pay.middleware({user: ({headers}) => String(headers['x-user-id'])});
const server = createServer((request, response) => {
  decided(request, response, () => response.end(pay.decisionOf(request)?.side));
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listens\n'));
