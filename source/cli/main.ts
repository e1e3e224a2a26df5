import type {ExitCode} from './output/exit.ts';
import {EXIT} from './output/exit.ts';
import {Failure, failureOf} from './output/failure.ts';
import {checkUse, findVerb, groupOf} from './command-line/find-verb.ts';
import {load} from './load.ts';
import {openOutput, type Output} from './output/output.ts';
import {parseArguments, type Parsed} from './command-line/parse.ts';
import {Signals, version} from './process.ts';
import {languageOf} from '../text/language.ts';

const NEXT_AFTER_LOSS = 'whatever was to be changed is changed: graydeck log';
const signals = new Signals();

async function main(argv: readonly string[]): Promise<void> {
  // Before anything is understood: how an error about the command line itself is to be told.
  let out = openOutput({json: argv.includes('--json'), color: !argv.includes('--no-color')});
  let code: ExitCode;
  try {
    const parsed = await parseArguments(argv, process.env);
    const {json, color} = parsed.flags;
    if (json !== out.isJson) out = openOutput({json, color});
    code = await dispatch(parsed, out);
  } catch (error) {
    const failure = failureOf(error);
    code = failure.exit;
    // Interrupted while something was under way: what it then said of itself is not the reason.
    if (signals.code === null || failure.code === 'interrupted')
      out.fail(out.isJson ? failure : await inWords(failure, argv));
    if (process.env['GRAYDECK_TRACE'] && failure.cause instanceof Error) {
      for (const line of String(failure.cause.stack).split('\n')) out.say(line);
    }
  }
  await out.flushed();
  if (out.lost !== null) {
    // Beside what went wrong before this is not worth another code.
    if (code === EXIT.done) code = EXIT.fault;
    out.fail(
      new Failure(EXIT.fault, 'no-output', `stdout could not be written: ${out.lost}`, NEXT_AFTER_LOSS),
    );
    await out.flushed();
  }
  process.exit(signals.code ?? code);
}

/** In the language that was asked for, also where the command line could not be read; English needs nothing loaded. */
async function inWords(failure: Failure, argv: readonly string[]): Promise<Failure> {
  const after = argv[argv.indexOf('--lang') + 1];
  const wanted = argv.includes('--lang') ? after : argv.find(one => one.startsWith('--lang='))?.slice(7);
  const language = languageOf(wanted, process.env);
  if (language === 'en') return failure;
  const {inLanguage} = await import('./output/in-language.ts');
  return inLanguage(failure, language);
}

async function dispatch(parsed: Parsed, out: Output): Promise<ExitCode> {
  const {words, flags, unknown} = parsed;
  if (flags.version) {
    if (flags.json) out.json({schema: 'graydeck.version/1', version});
    else out.data(version);
    return EXIT.done;
  }
  if (flags.help && words.length > 0) return await help(words, out);
  if (words.length === 0 && unknown !== null && !flags.help) throw unknown;
  const found = findVerb(flags.help ? ['help'] : words);
  if (!flags.help) checkUse(found, parsed);
  const {verb, args} = found;
  // A script reads one document, or one error; who goes on is watched meanwhile.
  if (flags.json && verb.isLasting !== true && !flags.watch && !flags.follow) out.hush();
  const run = await load(verb.file);
  return await run({verb, args, flags, out, interrupted: options => signals.take(options)});
}

/** `--help` of a verb, or of the verbs that begin with one word. */
async function help(words: readonly string[], out: Output): Promise<ExitCode> {
  const {helpOf, helpOfVerb} = await import('./command-line/help.ts');
  const [first = ''] = words;
  const isGroup = words.length === 1 && groupOf(first).length > 0;
  const lines = isGroup ? helpOf(first, out.paint) : helpOfVerb(findVerb(words).verb, out.paint);
  for (const line of lines) out.data(line);
  return EXIT.done;
}

await main(process.argv.slice(2));
