import {Box} from 'ink';
import type {ReactNode} from 'react';
import {pickedFeature} from '../keys/press-fleet.ts';
import {fleetColumns, fleetCounts, fleetRow} from '../present/fleet.ts';
import {fit, join, say, spreadFirst, type Line} from '../present/line.ts';
import type {ViewModel} from '../present/view-model.ts';
import type {Fleet} from '../use-fleet.ts';
import type {Ui} from '../ui.ts';
import {NoteRow} from './Bottom.tsx';
import {Lines, LineView} from './LineView.tsx';
import {timeOfDay} from '../present/moment.ts';

/** Rows that the list leaves to header, note and footer. */
const OTHER_ROWS = 4;

/** All features of the store, a row each, the worst first. */
export function FleetScreen(props: {
  fleet: Fleet;
  scene: ViewModel;
  ui: Ui;
  columns: number;
  rows: number;
  dialog: ReactNode;
}): ReactNode {
  const {fleet, scene, ui, columns, rows, dialog} = props;
  const {t, clean, reading} = scene;
  const now = reading.at;
  const picked = pickedFeature(
    ui,
    fleet.shown.map(({feature}) => feature),
  );
  const room = Math.max(1, rows - OTHER_ROWS);
  const index = Math.max(
    0,
    fleet.shown.findIndex(({feature}) => feature === picked),
  );
  const first = Math.max(0, Math.min(index - Math.floor(room / 2), fleet.shown.length - room));
  const places = fleetColumns(fleet.all, columns, {t, clean});
  const lines: Line[] = fleet.shown
    .slice(first, first + room)
    .map(one => fleetRow(one, {now, columns: places, isPicked: one.feature === picked, t, clean}));
  if (lines.length === 0 && fleet.all.length > 0) lines.push([say(`  ${t.fleet.nothing}`, 'quiet')]);
  while (lines.length < room) lines.push(fit([], columns));
  const trouble: Line = fleet.away === null ? [] : [say(` ${clean.free(fleet.away)} `, 'alarm'), say('  ')];
  const {freeze} = fleet;
  const heads = [false, true].map((isShort): Line => [
    say(' GRAYDECK ', 'brand'),
    say(' '),
    ...fleetCounts(fleet.all, now, {t, clean, freeze, isShort}),
  ]);
  const more = fleet.shown.length > room ? `${first + lines.length}/${fleet.shown.length}  ` : '';
  const end: Line = [...trouble, say(more, 'quiet'), say(timeOfDay(now), 'strong'), say(' ')];
  const keys = t.fleet.footer.map((entry): Line => {
    const [key = '', ...words] = entry.split(' ');
    return [say(key, 'key'), say(` ${words.join(' ')}`, 'quiet')];
  });
  return (
    <Box width={columns} height={rows} flexDirection="column" overflowY="hidden">
      <LineView
        line={spreadFirst(
          heads.map((head): [Line, Line] => [head, end]),
          columns,
        )}
      />
      <LineView line={fit([], columns)} />
      <Lines lines={lines} />
      <NoteRow note={ui.note} now={now} width={columns} />
      <LineView line={fit([say(' '), ...join(keys, say('  ·  ', 'quiet'))], columns)} />
      {dialog}
    </Box>
  );
}
