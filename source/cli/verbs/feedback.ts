import {aboutNow} from '../../analysis/feedback/about.ts';
import {
  FEEDBACK_TYPES,
  LONGEST_FEEDBACK_NAME,
  LONGEST_MESSAGE,
  RATINGS,
  type Feedback,
} from '../../analysis/feedback/feedback.ts';
import {selectFeedback} from '../../analysis/feedback/stats.ts';
import {plainText} from '../../text/plain-text.ts';
import type {State} from '../../release/state.ts';
import type {Call, Run} from '../call.ts';
import {readTypedDuration} from '../command-line/typed-values.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {mustExist} from '../session/feature.ts';
import {reportDocument, statsDocument, type FeedbackQuestion} from '../../analysis/feedback/documents.ts';
import {readAllFeedback} from '../../monitor/feedback.ts';
import {reportLines, statsLines} from '../feedback/words.ts';
import {openLook, openSession, using} from '../session/session.ts';

/** Words of each phase and version that are shown to a person, and all that a document holds. */
const MOST_SHOWN = 20;
const MOST_IN_DOCUMENT = 1000;

/** `feedback submit TYPE MESSAGE`, `feedback stats`, `feedback report`. */
export const run: Run = async call =>
  call.verb.name === 'feedback submit' ? await submit(call) : await tell(call);

async function submit(call: Call): Promise<ExitCode> {
  const {flags, out} = call;
  const said = readSaid(call);
  return await using(openSession(call), async ({store, feature, controller, giveFeedback}) => {
    await mustExist(store, feature.feature);
    const feedback = withRelease(said, controller.snapshot().state);
    if (!flags.dryRun) await giveFeedback(feedback);
    const {type, rating, phase, version, user, message} = feedback;
    if (out.isJson)
      out.json({
        schema: 'graydeck.feedback/1',
        feature: feature.feature,
        dryRun: flags.dryRun,
        type,
        rating,
        deployment_phase: phase,
        deployment_version: version,
        user_id: user,
        message,
      });
    else {
      const of = [phase, version].flatMap(name => (name === null ? [] : [plainText(name, 60)])).join(' ');
      const head = flags.dryRun ? `${out.paint('yellow', 'would write')}  ` : '';
      const stars = rating === null ? 'no rating' : `${rating} of 5`;
      out.data(
        `${head}${out.paint('bold', feature.feature)}  ${type}, ${stars}${of === '' ? '' : `, on ${of}`}`,
      );
    }
    return EXIT.done;
  });
}

/** Type and words as typed. @throws Failure exit code 2 */
function readSaid({args, flags}: Call): Feedback {
  const [type, message = ''] = args;
  const known = FEEDBACK_TYPES.find(one => one === type);
  const rating = RATINGS.find(one => String(one) === flags.rating) ?? null;
  if (known === undefined) throw usage(`TYPE is one of ${FEEDBACK_TYPES.join(', ')}`);
  if (message.trim() === '')
    throw usage('the message is empty', 'graydeck feedback submit bug "what happened"');
  if (message.length > LONGEST_MESSAGE)
    throw usage(
      `the message has ${message.length} characters`,
      `at most ${LONGEST_MESSAGE}: say the most important`,
      'too-long',
    );
  return {
    type: known,
    message,
    rating,
    phase: readName('--deployment-phase', flags.deploymentPhase),
    version: readName('--deployment-version', flags.deploymentVersion),
    user: readName('--user', flags.user),
  };
}

function readName(flag: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (text.trim() !== '' && text.length <= LONGEST_FEEDBACK_NAME) return text;
  throw usage(`${flag} is empty or longer than ${LONGEST_FEEDBACK_NAME} characters`, `${flag} beta`);
}

/** What is not said is about what runs now. */
function withRelease(said: Feedback, state: State): Feedback {
  return said.phase !== null || said.version !== null ? said : {...said, ...aboutNow(state)};
}

async function tell(call: Call): Promise<ExitCode> {
  const {flags, out, verb} = call;
  const windowMs = flags.window === undefined ? null : readTypedDuration('--window', flags.window);
  const {deploymentPhase: phase, deploymentVersion: version} = flags;
  return await using(openLook(call), async ({store, feature, view}) => {
    await mustExist(store, feature.feature);
    const from = windowMs === null ? null : view.now() - windowMs;
    const {given, junk} = await readAllFeedback(feature.feedback, from ?? 0);
    const question: FeedbackQuestion = {
      feature: feature.feature,
      ...(phase === undefined ? {} : {phase}),
      ...(version === undefined ? {} : {version}),
      ...(from === null ? {} : {from}),
    };
    const selected = selectFeedback(given, question);
    const isReport = verb.name === 'feedback report';
    if (out.isJson)
      out.json(
        isReport ? reportDocument(question, selected, MOST_IN_DOCUMENT) : statsDocument(question, selected),
      );
    else if (selected.length === 0)
      out.say(`no feedback on ${feature.feature}${given.length > 0 ? ' of this kind' : ''} yet`);
    else {
      for (const line of statsLines(selected, out.paint)) out.data(line);
      if (isReport) for (const line of reportLines(selected, MOST_SHOWN, out.paint)) out.data(line);
    }
    if (junk > 0 && !out.isJson) out.say(`${junk} entries are no feedback and were passed over`);
    return EXIT.done;
  });
}
