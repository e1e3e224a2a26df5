/** `open.ts ADDRESS ROLE`: opens a store and prints `open`, or the code of the fault. A router also begins to follow. */
import {StoreFault} from '../../../source/store/fault.ts';
import {openStore} from '../../../source/store/open.ts';

const [address = '', role = ''] = process.argv.slice(2);
try {
  if (role === 'router') {
    const store = await openStore(address, role);
    // Not awaited: an application that has nothing more to do ends, whatever its SDK follows.
    void store.feature('new_payment').follow(null, () => {}, new AbortController().signal);
  } else {
    await (await openStore(address, role === 'viewer' ? role : 'operator')).close();
  }
  process.stdout.write('open\n');
} catch (error) {
  process.stdout.write(`${error instanceof StoreFault ? error.code : String(error)}\n`);
}
