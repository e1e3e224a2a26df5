import {messagesOf} from '../../console/messages/catalogue.ts';
import type {Done} from '../commands/execute.ts';
import type {Call} from '../call.ts';
import type {Session} from '../session/session.ts';
import {EventText} from './log-lines.ts';
import {languageOf} from '../../text/language.ts';

const NOTICES = {
  'already-so': 'nothing to do: it is so already',
  'already-rolling-back': 'already rolling back',
  'already-rolled-back': 'already rolled back',
} as const;

/** Tells what a command did: its events in words, or one document with all of it. `more`: what only this verb knows. */
export function reportCommand(
  call: Call,
  session: Session,
  done: Done,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const {out, flags, verb} = call;
  const {release} = done.state;
  if (out.isJson) {
    out.json({
      schema: 'graydeck.command/1',
      command: verb.name,
      feature: session.feature.feature,
      outcome: done.kind,
      notice: done.kind === 'nothing' ? done.notice : null,
      dryRun: done.isDryRun,
      release: release?.id ?? null,
      version: release?.version ?? null,
      state: release?.state ?? 'idle',
      percent: {before: done.before.release?.percent ?? 0, after: release?.percent ?? 0},
      // The entry of the log that this wrote, or would have.
      head: done.kind === 'done' ? done.version : null,
      events: done.kind === 'done' ? done.events : [],
      ...more,
    });
    return;
  }
  const label = out.paint('bold', session.feature.feature);
  if (done.kind === 'nothing') {
    out.data(`${label}  ${NOTICES[done.notice]}`);
    return;
  }
  const texts = new EventText(messagesOf(languageOf(flags.lang, process.env)), done.before);
  const prefix = done.isDryRun ? `${out.paint('yellow', 'would write')}  ` : '';
  for (const event of done.events) {
    out.data(`${prefix}${label}  ${texts.sentence(event, session.stamp.reason ?? null)}`);
  }
}
