import type {ReactNode} from 'react';
import type {ConsoleLink, Sharing} from '../deck.ts';
import type {Messages} from '../messages/catalogue.ts';
import type {Cleaner} from '../present/clean.ts';
import {columnsOf, padEnd, say, wrapped, type Line} from '../present/line.ts';
import {LINK_LASTS_MS, type Dialog} from '../ui.ts';
import {DialogFrame, dialogWidth, type Area} from './DialogFrame.tsx';
import {dayAndTime, isSameDay, timeOfDay} from '../present/moment.ts';

function wrong(error: string | null): Line[] {
  return error === null ? [] : [[], [say('✖ ', 'bad'), say(error, 'bad')]];
}

/** Asks how long a link is to last and what it shows. */
export function ShareDialog(props: {
  dialog: Extract<Dialog, {kind: 'share'}>;
  area: Area;
  t: Messages;
}): ReactNode {
  const {dialog, area, t} = props;
  const words = t.share;
  const width = dialogWidth(area) - 4;
  const column = Math.max(columnsOf(words.lasts), columnsOf(words.shows)) + 3;
  const rows: Line[] = [
    [say(words.what)],
    [],
    [
      say(padEnd(words.lasts, column), 'quiet'),
      say('‹ ', 'key'),
      say(padEnd(t.share.span(LINK_LASTS_MS[dialog.lasts] ?? 0), 8), 'strong'),
      say(' ›', 'key'),
    ],
    [
      say(padEnd(words.shows, column), 'quiet'),
      say(dialog.isMasked ? words.masked : words.everything, dialog.isMasked ? 'strong' : 'plain'),
    ],
    ...(dialog.isSent ? [[], [say(words.beginning, 'quiet')]] : wrong(dialog.error)),
  ];
  return (
    <DialogFrame
      area={area}
      title={words.title}
      tone="strong"
      rows={rows.flatMap(line => wrapped(line, width))}
    />
  );
}

/** The link that runs: its address, until when, how many watch, and how others reach it. */
export function LinkDialog(props: {
  dialog: Extract<Dialog, {kind: 'link'}>;
  area: Area;
  t: Messages;
  clean: Cleaner;
  sharing: Sharing;
  now: number;
}): ReactNode {
  const {dialog, area, t, clean, sharing, now} = props;
  const words = t.share;
  const {link} = sharing;
  if (link === null)
    return <DialogFrame area={area} title={words.linkTitle} tone="strong" rows={[[say(words.gone)]]} />;
  // A link that is broken over two rows cannot be clicked.
  const width = dialogWidth(area, Math.max(76, columnsOf(link.link) + 4));
  const until = isSameDay(link.until, now) ? timeOfDay(link.until) : dayAndTime(link.until);
  const rows: Line[] = [
    [say(link.link, 'strong')],
    [],
    [say(`${words.watching(sharing.viewers)}, ${words.until(until, link.isMasked)}`)],
    [say(link.isServedHere ? words.served : words.servedElsewhere, 'quiet')],
    ...(sharing.acting.length < 2
      ? []
      : [
          [],
          [
            say(
              words.acting(
                sharing.acting.length,
                sharing.acting.map(name => clean.who(name)),
              ),
            ),
          ],
        ]),
    ...reachOf(link, t),
    ...wrong(dialog.error),
  ];
  return (
    <DialogFrame
      area={area}
      title={words.linkTitle}
      tone="strong"
      rows={rows.flatMap(line => wrapped(line, width - 4))}
      width={width}
    />
  );
}

function reachOf({tunnel}: ConsoleLink, t: Messages): Line[] {
  return tunnel === null ? [] : [[], [say(t.share.onlyHere, 'quiet')], [say(`  ${tunnel}`)]];
}
