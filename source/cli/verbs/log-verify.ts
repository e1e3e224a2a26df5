import {plainText} from '../../text/plain-text.ts';
import {verifyLog, type Verification} from '../../controller/verify-log.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {openLook, using} from '../session/session.ts';
import {quote} from '../../text/quote.ts';

/** `log verify [VERSION:ID]`: compares the id of each commit with its content. @throws Failure exit codes 1 and 2 */
export const run: Run = async call => {
  const expected = readHead(call.args[0]);
  return await using(openLook(call), async ({feature}) => {
    const found = await verifyLog(feature.log, expected);
    const failure = failureOf(found, expected);
    if (call.out.isJson)
      call.out.json({schema: 'graydeck.verification/1', feature: feature.feature, ...found});
    else if (failure === null) for (const line of linesOf(found)) call.out.data(line);
    if (failure === null) return EXIT.done;
    // One document is on stdout already.
    if (call.out.isJson) return EXIT.fault;
    throw failure;
  });
};

/** @throws Failure exit code 2 */
function readHead(typed: string | undefined): {version: number; id: string} | null {
  if (typed === undefined) return null;
  const [, version, id] = /^(\d{1,15}):([\da-z]{6,64})$/u.exec(typed) ?? [];
  if (version !== undefined && id !== undefined) return {version: Number(version), id};
  throw usage(
    `${quote(typed)} is not the head of a log`,
    'a version and an id, as notices and reports show them: graydeck log verify 218:3f9c0b7a51de',
    'bad-head',
  );
}

function failureOf(
  {changed, holdsExpected}: Verification,
  expected: {version: number} | null,
): Failure | null {
  if (changed !== null) {
    const {version, why} = changed;
    return new Failure(
      EXIT.fault,
      'log-changed',
      `version ${version} of the log was changed: ${plainText(why, 200)}`,
      'find out who may write to the store: graydeck acl; a rollback works all the same',
    );
  }
  if (holdsExpected !== false) return null;
  return new Failure(
    EXIT.fault,
    'log-changed',
    `the log holds no commit with this id at version ${expected?.version ?? 0}: it was rewritten or cut off`,
    'find out who may write to the store: graydeck acl; a rollback works all the same',
  );
}

function linesOf({commits, chainedFrom, head, holdsExpected}: Verification): string[] {
  if (head === null) return ['the log is empty'];
  const older = (chainedFrom ?? commits + 1) - 1;
  return [
    `${commits} commits, no change found${holdsExpected === true ? '; the commit you named is there' : ''}`,
    ...(older === 0
      ? []
      : [`the ids of versions 1 to ${older} cover no content: an older Graydeck wrote them`]),
    `head: ${head.version}:${plainText(head.id, 64)}`,
  ];
}
