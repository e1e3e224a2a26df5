import {once} from 'node:events';
import {plainText} from '../../text/plain-text.ts';
import type {Call, Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {LineSplitter, LONGEST_LINE} from '../../replay/read.ts';
import {Recordings, type JudgeBy} from '../../protocol/recordings.ts';
import {readPlanFile} from '../commands/plan-source.ts';
import {loadSettings} from '../session/settings.ts';

/** Bad lines that are told one by one. */
const MOST_TOLD = 100;

/**
 * `judge [--plan FILE]`: recordings on stdin, one line a tick on stdout. A line that cannot be used is told on stderr
 * with its number and changes nothing; the exit code is 2 in the end. Otherwise 5 when the last word on any recording
 * was pause or rollback.
 */
export const run: Run = async call => {
  const {out} = call;
  const by = await judgeBy(call);
  const recordings = new Recordings(by);
  const splitter = new LineSplitter();
  let number = 0;
  let wrong = 0;
  let answers = '';
  const read = (text: string | null) => {
    number++;
    // Some shells begin what they pass on with a mark of its encoding.
    const line = number === 1 && text !== null ? text.replace(/^\uFEFF/u, '') : text;
    if (line?.trim() === '') return;
    const reply =
      line === null
        ? {answer: null, wrong: `longer than ${LONGEST_LINE / 1024 / 1024} MiB`}
        : recordings.read(line);
    if (reply.answer !== null) answers += `${reply.answer}\n`;
    if (reply.wrong === null) return;
    wrong++;
    if (wrong <= MOST_TOLD) tellWrong(call, number, reply.wrong);
  };

  if (process.stdin.isTTY) out.say('reading ticks from the terminal; Ctrl+D ends it');
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    splitter.push(chunk, read);
    await write(call, answers);
    answers = '';
    if (out.closed.aborted) return EXIT.done;
  }
  splitter.end(read);
  await write(call, answers);
  if (wrong > 0)
    throw new Failure(
      EXIT.usage,
      'bad-lines',
      `${wrong === 1 ? 'one line' : `${wrong} lines`} of ${number} could not be used`,
      'graydeck judge --help shows what a line looks like',
    );
  return recordings.isAgainst ? EXIT.against : EXIT.done;
};

async function judgeBy(call: Call): Promise<JudgeBy> {
  const {flags, out} = call;
  if (flags.plan === '-')
    throw usage('the plan cannot come from stdin: recordings do', 'graydeck judge --plan FILE');
  const [{metricBook}, {createEvaluator}] = await Promise.all([
    import('../../config/condition/metric-book.ts'),
    import('../../analysis/evidence/evidence.ts'),
  ]);
  if (flags.plan === undefined) return {plan: null, traits: metricBook().find, declared: {}, createEvaluator};
  const {config, declared} = await loadSettings(call);
  const metrics = config?.value.metrics ?? {};
  const plan = await readPlanFile(flags.plan, out.say, metrics);
  return {plan, traits: metricBook(metrics).find, declared, createEvaluator};
}

/** Waits until the reader has taken the text. Otherwise a slow reader would fill the memory. */
async function write({out}: Call, text: string): Promise<void> {
  if (text === '' || out.closed.aborted || process.stdout.write(text)) return;
  await once(process.stdout, 'drain', {signal: out.closed}).catch(() => undefined);
}

function tellWrong({out}: Call, line: number, why: string): void {
  const message = plainText(why, 200);
  if (out.isJson) out.say(JSON.stringify({schema: 'graydeck.error/1', code: 'bad-line', message, line}));
  else out.say(`line ${line}: ${message}`);
}
