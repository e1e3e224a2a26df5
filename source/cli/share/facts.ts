import {milliseconds, clockwork} from '../../text/format.ts';
import {say, type Line, type Piece} from '../../console/present/line.ts';
import {STATE_MARKS} from '../../console/present/marks.ts';
import {routersAgainst} from '../../console/present/routers.ts';
import {stateLine} from '../../console/present/state-line.ts';
import type {ViewModel} from '../../console/present/view-model.ts';

/** Wide enough for the longest form of the line. */
const WIDE = 400;
/** Blanks that set two facts apart in the line of the console. */
const GAP = /^ {2,}$/u;

/** Phase, percents, and how long the phase goes on: the second row of the console, a fact each. */
export function stateFacts(scene: ViewModel): Line[] {
  const {release} = scene.reading.snapshot.state;
  const state = release?.state ?? 'idle';
  const badge = `${STATE_MARKS[state].mark} ${scene.t.states[state]}`;
  const facts: Piece[][] = [[]];
  for (const piece of stateLine(scene, WIDE)) {
    if (piece.text.trim() === badge) continue;
    if (GAP.test(piece.text)) facts.push([]);
    else facts.at(-1)?.push(piece);
  }
  return facts.filter(pieces => pieces.some(({text}) => text.trim() !== ''));
}

/** How everything is doing that the release depends on: store, guard, routers, Prometheus. */
export function lightsOf({reading, t, clean}: ViewModel): Line[] {
  const {store, snapshot, guardSilentMs, sources} = reading;
  const {guard} = snapshot.state;
  const kind = clean.name(store.kind);
  const light = (isOn: boolean, text: string): Line => [
    say(isOn ? '● ' : '○ ', isOn ? 'good' : 'quiet'),
    say(text, 'quiet'),
  ];
  const trouble = (text: string): Line => [say(`▲ ${text}`, 'warn')];
  const {live, total} = routersAgainst(reading);
  return [
    store.health.state === 'away'
      ? trouble(t.lights.away(kind, clockwork(store.health.sinceMs)))
      : light(true, `${kind} ${milliseconds(store.health.pingMs)}`),
    ...sources.map(({name, state, ageMs}) => {
      const age = ageMs === null ? '' : t.age(ageMs);
      if (state === 'away') return trouble(t.lights.away(clean.name(name, 16), age));
      return light(state === 'up', `${clean.name(name, 16)} ${age}`.trimEnd());
    }),
    guard === null || guard.left
      ? light(false, t.lights.noGuard)
      : guardSilentMs === null
        ? light(true, clean.who(guard.name))
        : trouble(t.lights.guardSilent(t.age(guardSilentMs))),
    total === 0
      ? light(false, t.lights.noRouters)
      : live.length < total
        ? trouble(`${t.lights.routers} ${live.length}/${total}`)
        : light(true, `${t.lights.routers} ${live.length}/${total}`),
  ];
}
