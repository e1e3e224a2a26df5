import type {Call, Run} from '../call.ts';
import {findVerb, groupOf} from '../command-line/find-verb.ts';
import {helpOf, helpOfVerb, type ManualTopic} from '../command-line/help.ts';
import {VERBS} from '../command-line/verbs.ts';
import {listTopics, readPage} from '../manual/pages.ts';
import {EXIT} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {nearest, quote} from '../../text/quote.ts';

/** `help`: verbs and topics. `help TOPIC`: a page of the manual. `help VERB`: the same as `VERB --help`. */
export const run: Run = async ({args, out}) => {
  const topics = await listTopics();
  const topic = args.length === 1 ? topicOf(args[0] ?? '', topics) : undefined;
  if (topic !== undefined) return await showPage(topic, out);
  if (out.isJson) out.json({schema: 'graydeck.help/1', topics, verbs: VERBS.map(({name}) => name)});
  else for (const line of linesFor(args, topics, out)) out.data(line);
  return EXIT.done;
};

/** The topic of this name. A word that is neither a topic nor a verb may be another name of a topic. */
function topicOf(typed: string, topics: readonly ManualTopic[]): ManualTopic | undefined {
  const word = typed.toLowerCase();
  const named = topics.find(({name}) => name === word);
  if (named !== undefined || isVerb(word)) return named;
  return topics.find(({name}) => Object.hasOwn(OTHER_WORDS, word) && name === OTHER_WORDS[word]);
}

const isVerb = (word: string) => groupOf(word).length > 0 || VERBS.some(({name}) => name === word);

async function showPage({name, title}: ManualTopic, out: Call['out']) {
  const text = await readPage(name);
  if (out.isJson) out.json({schema: 'graydeck.help/1', topic: name, title, text});
  else {
    const {renderPage} = await import('../manual/render.ts');
    const columns = process.stdout.columns ?? (Number(process.env['COLUMNS']) || 80);
    for (const line of renderPage(text, columns, out.paint)) out.data(line);
    if (isVerb(name))
      for (const line of ['', `The verb of this name: graydeck ${name} --help`]) out.data(line);
  }
  return EXIT.done;
}

/** @throws Failure exit code 2 if the words name neither a verb nor a topic. */
function linesFor(args: readonly string[], topics: readonly ManualTopic[], {paint}: Call['out']): string[] {
  const [first] = args;
  if (first === undefined) return helpOf(null, paint, topics);
  if (args.length === 1 && groupOf(first).length > 0) return helpOf(first, paint);
  if (args.length > 1 || isVerb(first)) return helpOfVerb(findVerb(args).verb, paint);
  const near = nearest(
    first,
    [...topics, ...VERBS].map(({name}) => name),
  );
  throw usage(
    `the manual has no topic ${quote(first)}`,
    near === null ? 'graydeck help lists the topics' : `did you mean graydeck help ${near}?`,
    'unknown-topic',
  );
}

/** Words that readers look for, and the topic that answers them. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  quickstart: 'begin',
  install: 'begin',
  tutorial: 'begin',
  words: 'glossary',
  metrics: 'conditions',
  criteria: 'conditions',
  guardrails: 'conditions',
  openfeature: 'sdk',
  middleware: 'sdk',
  node: 'sdk',
  ofrep: 'languages',
  python: 'languages',
  php: 'languages',
  java: 'languages',
  api: 'http',
  rest: 'http',
  tokens: 'http',
  keys: 'commands',
  keyboard: 'commands',
  verbs: 'commands',
  config: 'project',
  configuration: 'project',
  graydeck: 'project',
  store: 'redis',
  acl: 'redis',
  tls: 'redis',
  slack: 'notifications',
  alerts: 'notifications',
  mail: 'notifications',
  backup: 'operations',
  upgrade: 'operations',
  systemd: 'operations',
  kubernetes: 'operations',
  docker: 'operations',
  errors: 'troubleshooting',
  faq: 'troubleshooting',
  argo: 'comparison',
  flagger: 'comparison',
  unleash: 'comparison',
  launchdarkly: 'comparison',
  statistics: 'evidence',
};
