import {causeRows} from '../../console/present/cause.ts';
import {say, type Line} from '../../console/present/line.ts';
import type {ViewModel} from '../../console/present/view-model.ts';
import type {Page} from '../../server/page/model.ts';
import {pageLine} from './lines.ts';
import type {pageWords} from './words.ts';
import {timeOfDay} from '../../console/present/moment.ts';

/** Wide enough that no row is broken; the page breaks lines by itself. */
const WIDE = 600;

/** Why a release was rolled back, by the lines of the console, and who did it. Null while nothing was rolled back. */
export function causeBlock(scene: ViewModel, {cause: words}: ReturnType<typeof pageWords>): Page['cause'] {
  const {reading, clean} = scene;
  const {release} = reading.snapshot.state;
  if (release === null || release.rollback === null) return null;
  const {at, by, reason} = release.rollback;
  const known = causeRows(release, scene, WIDE);
  const own = known === null && reason !== null ? `: ${clean.free(reason)}` : '';
  const rows: Line[] = [
    ...(known ?? [[say(words.unknown)]]),
    [say(`${words.by(clean.who(by), timeOfDay(at))}${own}`, 'quiet')],
  ];
  return {title: words.title, rows: rows.map(pageLine)};
}
