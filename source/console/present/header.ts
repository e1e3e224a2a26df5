import type {ConsoleMode, Sharing} from '../deck.ts';
import {join, say, spreadFirst, type Line, type Piece} from './line.ts';
import {routersAgainst} from './routers.ts';
import type {ViewModel} from './view-model.ts';
import {clockwork, milliseconds} from '../../text/format.ts';
import {dayAndTime, timeOfDay} from './moment.ts';

/** How much a light says: all, name and figure, or the figure alone; `lean` and `bare` leave out what is not there. */
type Detail = 'full' | 'medium' | 'lean' | 'short' | 'bare';

function light(mark: string, name: string, figure: string, detail: Detail, isOn: boolean): Line {
  const dot = say(`${mark} `, isOn ? 'good' : 'quiet');
  const words = figure === '' ? name : detail === 'short' || detail === 'bare' ? figure : `${name} ${figure}`;
  return [dot, say(words, 'quiet')];
}

function trouble(text: string): Line {
  return [say(` ▲ ${text} `, 'caution')];
}

function storeLight({reading: {store, snapshot}, t, clean}: ViewModel, detail: Detail): Line {
  const {health} = store;
  if (health.state === 'away') {
    return [say(` ✖ ${t.lights.away(clean.name(store.kind), clockwork(health.sinceMs))} `, 'alarm')];
  }
  if (snapshot.link.state === 'opening') return light('◌', clean.name(store.kind), '…', detail, false);
  return light('●', clean.name(store.kind), milliseconds(health.pingMs), detail, true);
}

function sourceLights({reading: {sources}, t, clean}: ViewModel, detail: Detail): Line[] {
  if (sources.length === 0) return [light('○', t.lights.prometheus, t.lights.absent, 'full', false)];
  return sources.map(source => {
    const name = clean.name(source.name, 16);
    const age = source.ageMs === null ? '' : t.age(source.ageMs);
    if (source.state === 'away') return trouble(t.lights.away(name, age));
    if (source.state === 'absent') return light('○', name, t.lights.absent, detail, false);
    if (source.state === 'opening') return light('◌', name, '…', detail, false);
    return light('●', name, age, detail, true);
  });
}

function guardLight({reading: {snapshot, guardSilentMs}, t, clean}: ViewModel, detail: Detail): Line {
  const {guard} = snapshot.state;
  if (guard === null || guard.left) return light('○', t.lights.noGuard, '', detail, false);
  // Killed or cut off: the log still names the guard, but it does not judge.
  if (guardSilentMs !== null) return trouble(t.lights.guardSilent(t.age(guardSilentMs)));
  return light('●', detail === 'full' ? clean.who(guard.name) : t.lights.guard, '', detail, true);
}

function routersLight({reading, t}: ViewModel, detail: Detail): Line {
  const {live, total} = routersAgainst(reading);
  const figure = `${live.length}/${total}`;
  if (total === 0) return light('○', t.lights.noRouters, '', detail, false);
  return live.length < total
    ? trouble(`${t.lights.routers} ${figure}`)
    : light('●', t.lights.routers, figure, detail, true);
}

function lights(scene: ViewModel, detail: Detail): Line {
  const all = [
    storeLight(scene, detail),
    // What was never there can be left out first.
    ...((detail === 'bare' || detail === 'lean') && scene.reading.sources.length === 0
      ? []
      : sourceLights(scene, detail)),
    guardLight(scene, detail),
    routersLight(scene, detail),
  ];
  const clock: Piece = say(timeOfDay(scene.reading.at), 'strong');
  return [...join(all, say('  ')), say('  '), clock, say(' ')];
}

function badges(mode: ConsoleMode, {t, reading}: ViewModel): Line {
  const pieces: Piece[] = [];
  if (mode.share) pieces.push(say(` ${t.badges.share} `, 'caution'), say(' '));
  else if (mode.readOnly) pieces.push(say(` ${t.badges.readOnly} `, 'caution'), say(' '));
  const {time, at} = reading;
  if (time !== null)
    pieces.push(say(` ${t.past(dayAndTime(at), time.speed, time.isRunning)} `, 'caution'), say(' '));
  if (mode.demo) pieces.push(say(` ${t.badges.demo} `, 'picked'), say(' '));
  return pieces;
}

/** Who else is here: viewers by a link, and other consoles that may act. */
function others({link, viewers, acting}: Sharing, {t, clean}: ViewModel, isNamed: boolean): Line {
  const pieces: Piece[] = [];
  if (link !== null || viewers > 0)
    pieces.push(say('◉ ', viewers > 0 ? 'good' : 'quiet'), say(t.share.badge(viewers), 'quiet'), say('  '));
  const names = isNamed ? acting.map(name => clean.who(name)) : [];
  if (acting.length > 1) pieces.push(say(t.share.acting(acting.length, names), 'quiet'), say('  '));
  return pieces;
}

const ALONE: Sharing = {link: null, viewers: 0, acting: []};

/**
 * The first row: what and which version, how everything it depends on is doing, and the store's clock.
 * @param position of this feature among all, or nothing
 * @param sharing who else is here
 */
export function headerLine(
  scene: ViewModel,
  mode: ConsoleMode,
  position: string,
  width: number,
  sharing = ALONE,
): Line {
  const {reading, t, clean} = scene;
  const {release, prodVersion} = reading.snapshot.state;
  const brand = say(' GRAYDECK ', 'brand');
  const feature = [
    say(` ${clean.name(reading.feature)}`, 'strong'),
    say(position === '' ? '  ' : ` ${position}  `, 'quiet'),
  ];
  const over = release?.over ?? (release === null ? prodVersion : null);
  const version = release === null ? [] : [say(clean.name(release.version, 20), 'gray')];
  const under =
    over === null
      ? []
      : [say(release === null ? '' : ` ${t.over} `, 'quiet'), say(clean.name(over, 20), 'prod')];
  const end = say(version.length + under.length > 0 ? '  ' : '');
  const badge = [...badges(mode, scene), ...others(sharing, scene, false)];
  const named = [...badges(mode, scene), ...others(sharing, scene, true)];
  const fullest = [brand, ...feature, ...version, ...under, end, ...named];
  const full = [brand, ...feature, ...version, ...under, end, ...badge];
  const short = [brand, ...feature, ...version, say(' '), ...badge];
  const initial = say(' G ', 'brand');
  const narrow = [initial, ...feature, ...version, say(' '), ...badge];
  const bare = [initial, ...feature, ...badge];
  return spreadFirst(
    [
      [fullest, lights(scene, 'full')],
      [full, lights(scene, 'full')],
      [full, lights(scene, 'medium')],
      [full, lights(scene, 'lean')],
      [short, lights(scene, 'lean')],
      [full, lights(scene, 'short')],
      [short, lights(scene, 'short')],
      [short, lights(scene, 'bare')],
      [narrow, lights(scene, 'bare')],
      [bare, lights(scene, 'bare')],
    ],
    width,
  );
}
