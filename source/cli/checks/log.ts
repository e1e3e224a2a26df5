import {plainText} from '../../text/plain-text.ts';
import type {Snapshot} from '../../controller/outcome.ts';
import type {Rehearsal, Verification} from '../../controller/verify-log.ts';
import {StoreFault} from '../../store/fault.ts';
import {doubt, fine, wrong, type Finding} from './finding.ts';

const CHECK = 'log';

/** Whether every commit follows from the one before, and can be understood. Pure. */
export function checkLog({head, lastBreak, link, state}: Snapshot): Finding[] {
  if (link.state === 'away')
    return [wrong(CHECK, `it cannot be read: ${plainText(link.why, 160)}`, 'graydeck status')];
  const findings: Finding[] = [];
  if (lastBreak !== null) {
    const why = plainText(lastBreak.why, 160);
    findings.push(wrong(CHECK, `its chain does not hold: ${why}`, 'graydeck doctor --repair-log'));
  }
  if (state.unknownEvent !== null) {
    const event = plainText(state.unknownEvent, 80);
    const text = `it holds what this version does not know (${event}): nothing but a rollback can be written`;
    findings.push(
      wrong(
        CHECK,
        text,
        'npm install --global graydeck@latest, or answer for it: graydeck doctor --accept-unknown --reason TEXT',
      ),
    );
  }
  if (findings.length > 0) return findings;
  if (head === null) return [doubt(CHECK, 'nothing was ever written', 'graydeck start VERSION')];
  return [fine(CHECK, `${head.version} commits, each follows from the one before`)];
}

/**
 * Whether each commit still has the content that its id stands for. An entry that is no commit has no content: the check of the
 * chain has named it. Pure.
 */
export function checkChain({changed}: Verification): Finding[] {
  if (changed === null || changed.id === null) return [];
  const text = `version ${changed.version} was changed after it was written: ${plainText(changed.why, 160)}`;
  return [wrong(CHECK, text, 'find out who may write to the store: graydeck acl')];
}

/** What came of trying to write a commit: a rehearsal's result, or the fault it ended with. Pure. */
export function checkAppend(tried: Rehearsal | StoreFault): Finding[] {
  if (tried instanceof StoreFault) {
    const {code, message, hint} = tried;
    const text = `a rollback cannot be written from here: ${plainText(message, 240)}`;
    return [code === 'store-no-rights' ? doubt(CHECK, text, hint) : wrong(CHECK, text, hint)];
  }
  switch (tried) {
    case 'free':
      return [fine(CHECK, 'a rollback can be written: it was tried up to the end, and nothing was changed')];
    case 'in-the-way':
      return [
        doubt(CHECK, 'an entry is in the way: a rollback puts it aside', 'graydeck doctor --repair-log'),
      ];
    case 'refused':
      return [wrong(CHECK, 'the log takes no commit after the newest one', 'graydeck doctor --repair-log')];
  }
}
