import {readTypedDuration} from '../command-line/typed-values.ts';
import {newAlertId, newSilenceId} from '../../controller/ids.ts';
import type {Intent} from '../../release/command.ts';
import type {AlertLevel} from '../../release/plan.ts';
import {execute} from '../commands/execute.ts';
import type {Call, Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {mustExist} from '../session/feature.ts';
import {notifyMeanwhile} from '../notify/notify-meanwhile.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using} from '../session/session.ts';

/** `alert LEVEL MESSAGE`, `alert ack ID`, `alert silence MATCH --for D`. */
export const run: Run = async call => {
  const intent = intentOf(call);
  return await using(openSession(call), async session => {
    await mustExist(session.store, session.feature.feature);
    const work = () => execute(call, session, intent);
    const done = call.flags.dryRun ? await work() : await notifyMeanwhile(session, call.interrupted(), work);
    reportCommand(call, session, done, {
      alert: 'alert' in intent ? intent.alert : null,
      silence: 'silence' in intent ? intent.silence : null,
    });
    return EXIT.done;
  });
};

function intentOf({verb, args, flags}: Call): Intent {
  const [first = '', second = ''] = args;
  if (verb.name === 'alert ack') return {type: 'acknowledge', alert: first};
  if (verb.name === 'alert') {
    return {type: 'alert', alert: newAlertId(), level: first as AlertLevel, message: second};
  }
  if (flags.for === undefined)
    throw usage('a silence needs to end', 'graydeck alert silence MATCH --for 30m');
  return {
    type: 'silence',
    silence: newSilenceId(),
    match: first,
    forMs: readTypedDuration('--for', flags.for),
  };
}
