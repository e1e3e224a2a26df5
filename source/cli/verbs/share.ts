import {endedIn, linksIn, nameOfLink} from '../../server/page/links.ts';
import {openStore} from '../../store/open.ts';
import type {OperatorStore} from '../../store/port.ts';
import {readStamp} from '../commands/actor.ts';
import type {Call, Run} from '../call.ts';
import {readTypedDuration} from '../command-line/typed-values.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {openMonitor} from '../../monitor/monitor.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {chooseFeature, mustExist} from '../session/feature.ts';
import {openToLook, sayCaution} from '../session/session.ts';
import {loadSettings, type Settings} from '../session/settings.ts';
import {userAtHost} from '../share/console-links.ts';
import {beginLink, linkPlace, tokenIn} from '../share/shared-link.ts';
import {shareWords} from '../share/verb-words.ts';
import {languageOf} from '../../text/language.ts';

const LASTS_MS = 2 * 3_600_000;
const LASTS_AT_MOST_MS = 30 * 24 * 3_600_000;

/** `share`: a link to watch by, served until it ends; `share revoke`: ends links. */
export const run: Run = async call => {
  const settings = await loadSettings(call);
  const forMs = lastsFor(call);
  const store = await openStore(settings.store, 'operator');
  sayCaution(call, store);
  try {
    const name = await chooseFeature(settings.feature, 'share', () => store.features());
    await mustExist(store, name);
    return call.verb.name === 'share revoke'
      ? await revoke(call, store, name)
      : await share(call, store, {name, forMs, settings});
  } finally {
    await store.close();
  }
};

function lastsFor({flags}: Call): number {
  const forMs = flags.for === undefined ? LASTS_MS : readTypedDuration('--for', flags.for);
  if (forMs > 0 && forMs <= LASTS_AT_MOST_MS) return forMs;
  throw usage('--for takes up to 30 days', '--for 2h', 'bad-duration');
}

async function revoke(call: Call, store: OperatorStore, feature: string): Promise<ExitCode> {
  const {out, flags, args} = call;
  const words = shareWords(languageOf(flags.lang, process.env));
  const {shares} = store.feature(feature);
  const records = await shares.read();
  const [given] = args;
  const token = given === undefined ? null : tokenIn(given);
  const running = linksIn(records).filter(({until}) => until > store.now());
  const meant = token === null ? running : running.filter(({id}) => token.startsWith(id));
  if (token !== null && meant.length === 0)
    throw usage(words.noSuchLink(feature), 'graydeck share revoke', 'no-link');
  if (!flags.dryRun)
    await shares.remove([...meant.map(({id}) => nameOfLink(id)), ...endedIn(records, store.now())]);
  const document = {schema: 'graydeck.share/1', feature, revoked: meant.length, dryRun: flags.dryRun};
  if (out.isJson) out.json(document);
  else out.data(flags.dryRun ? words.wouldRevoke(meant.length) : words.revoked(meant.length));
  return EXIT.done;
}

async function share(
  call: Call,
  store: OperatorStore,
  {name, forMs, settings}: {name: string; forMs: number; settings: Settings},
): Promise<ExitCode> {
  const {out, flags} = call;
  const place = linkPlace(flags.listen, settings.config?.value.share);
  const signal = call.interrupted({isOrderly: true});
  const lang = languageOf(flags.lang, process.env);
  const words = shareWords(lang);
  // What is shown is read with the rights of a viewer.
  const looking = await openToLook(call, settings);
  const monitor = await openMonitor(looking, looking.feature(name), await monitorSettings(settings));
  try {
    if (place.address !== null) {
      monitor.start();
      monitor.judge();
      await monitor.view.ready();
    }
    const {shares} = store.feature(name);
    const by = readStamp(flags).by.name;
    const about = {feature: name, monitor, store: looking, shares, lang, place, forMs, by};
    const shared = await beginLink({...about, mask: flags.mask, onFault: out.say});
    const {link, until, loopbackPort} = shared;
    if (out.isJson) out.json({schema: 'graydeck.share/1', feature: name, link, until, mask: flags.mask});
    else out.data(link);
    out.say(words.holds(name, until, flags.mask));
    if (loopbackPort !== null)
      for (const line of words.onlyHere(loopbackPort, userAtHost(), tokenIn(link))) out.say(line);
    // A `graydeck serve` shows it from here on.
    if (!shared.isServedHere) {
      await shared.leave();
      return EXIT.done;
    }
    signal.addEventListener('abort', () => void shared.end().catch(() => undefined));
    if (signal.aborted) await shared.end();
    out.say(words.ended[await shared.ended]);
    return EXIT.done;
  } finally {
    await monitor.close();
    await looking.close();
  }
}
