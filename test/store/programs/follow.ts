/**
 * `follow.ts ADDRESS FEATURE`: follows the log and prints `VERSION NANOSECONDS` for each commit, on the monotonic
 * clock that all processes of the machine share; prints `ready` first.
 */
import {openStore} from '../../../source/store/open.ts';

const [address = '', feature = ''] = process.argv.slice(2);
const store = await openStore(address, 'viewer');
const stopped = new AbortController();
process.once('SIGTERM', () => stopped.abort());
const following = store.feature(feature).log.follow(
  null,
  news => {
    const now = process.hrtime.bigint();
    if (news.type === 'commit') process.stdout.write(`${news.commit.version} ${now}\n`);
  },
  stopped.signal,
);
process.stdout.write('ready\n');
await following;
await store.close();
