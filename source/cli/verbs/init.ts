import {existsSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {basename} from 'node:path';
import {planTemplate, TEMPLATE_NAMES, type TemplateName} from '../../config/plan/templates.ts';
import {readConfig} from '../../config/project/config-file.ts';
import {projectTemplate, type ProjectAnswers} from '../../config/project/template.ts';
import {isFeatureName} from '../../release/name.ts';
import type {Call, Run} from '../call.ts';
import {failureOfMistakes} from '../commands/plan-source.ts';
import type {InitQuestion} from '../init/Questions.tsx';
import {WORDS} from '../init/words.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {type Language, languageOf} from '../../text/language.ts';
import {quote} from '../../text/quote.ts';

const PROJECT = 'graydeck.yaml';
const PLAN = 'plan.yaml';
const ROUTERS = ['sdk', 'nginx', 'other'] as const;

interface Answers extends ProjectAnswers {
  template: TemplateName;
}

/**
 * `init`: asks five questions and writes a project file and a plan into this folder. Flags suggest the answers; without a
 * terminal, and with `--yes`, they are the answers. A file that exists is never overwritten.
 */
export const run: Run = async call => {
  const {flags, out} = call;
  const lang = languageOf(flags.lang, process.env);
  refuseExisting();
  const answers = await answersOf(call, lang);
  const texts = {[PROJECT]: projectTemplate(answers, lang), [PLAN]: planTemplate(answers.template, lang)};
  const read = readConfig(texts[PROJECT] ?? '', PROJECT);
  if (!read.ok) throw failureOfMistakes(PROJECT, read.mistakes, 'answer otherwise: graydeck init --help');
  if (flags.dryRun) {
    for (const [name, text] of Object.entries(texts)) out.data(`# ${name}\n${text}`);
    return EXIT.done;
  }
  await writeBoth(texts);
  if (out.isJson) out.json({schema: 'graydeck.init/1', files: Object.keys(texts), answers});
  else {
    out.data(WORDS[lang].written(Object.keys(texts).join(', ')));
    out.say(WORDS[lang].next);
  }
  return EXIT.done;
};

function refuseExisting(): void {
  const there = [PROJECT, PLAN].filter(name => existsSync(name));
  if (there.length > 0)
    throw usage(
      `${there.join(' and ')} ${there.length === 1 ? 'exists' : 'exist'} in this folder; nothing was written`,
      'run it in another folder, or move the file away',
      'file-exists',
    );
}

async function answersOf({flags, out}: Call, lang: Language): Promise<Answers> {
  const template = TEMPLATE_NAMES.find(name => name === (flags.from ?? 'seed-four'));
  if (template === undefined)
    throw usage(
      `there is no plan ${quote(flags.from ?? '')} to begin with`,
      `--from ${TEMPLATE_NAMES.join('|')}`,
    );
  const suggested = [
    flags.feature ?? featureOfFolder(),
    flags.store ?? (process.env['GRAYDECK_STORE'] || 'sqlite:graydeck.db'),
    template,
    flags.router ?? 'sdk',
    flags.prometheus ?? '',
  ];
  const questions = questionsOf(suggested, lang);
  const isAsked = !flags.yes && !out.isJson && process.stdin.isTTY && process.stderr.isTTY;
  const answers = isAsked
    ? await import('../init/Questions.tsx').then(({askQuestions}) => askQuestions(questions))
    : suggested;
  if (answers === null) throw new Failure(EXIT.interrupted, 'interrupted', 'nothing was written', '');
  for (const [index, {mistakeOf}] of questions.entries()) {
    const mistake = mistakeOf(answers[index] ?? '');
    if (mistake !== null) throw usage(mistake, 'graydeck init --help');
  }
  const [feature = '', store = '', from, router, prometheus = ''] = answers;
  return {
    feature,
    store,
    template: TEMPLATE_NAMES.find(name => name === from) ?? template,
    router: ROUTERS.find(name => name === router) ?? 'other',
    prometheus,
    plan: PLAN,
  };
}

function questionsOf(suggested: readonly string[], lang: Language): InitQuestion[] {
  const words = WORDS[lang];
  const [feature = '', store = '', plan = '', router = '', prometheus = ''] = suggested;
  return [
    {
      text: words.feature,
      suggested: feature,
      mistakeOf: answer =>
        isFeatureName(answer)
          ? null
          : `${quote(answer)} cannot be the name of a feature: small letters, digits, _ and -, at most 64`,
    },
    {text: words.store, suggested: store, mistakeOf: answer => mistakeAt('store', answer)},
    {
      text: words.plan,
      suggested: plan,
      choices: choicesOf(TEMPLATE_NAMES, words.plans, plan),
      mistakeOf: () => null,
    },
    {
      text: words.router,
      suggested: router,
      choices: choicesOf(ROUTERS, words.routers, router),
      mistakeOf: () => null,
    },
    {
      text: words.prometheus,
      suggested: prometheus,
      mistakeOf: answer => (answer === '' ? null : mistakeAt('prometheus', answer)),
    },
  ];
}

/** The suggested one comes first: Enter takes it. */
const choicesOf = <N extends string>(names: readonly N[], labels: Record<N, string>, suggested: string) =>
  names
    .toSorted((one, other) => Number(other === suggested) - Number(one === suggested))
    .map(value => ({value, label: `${value}: ${labels[value]}`}));

/** What the reader of project files says of this value; null: it takes it. */
function mistakeAt(key: 'store' | 'prometheus', value: string): string | null {
  const read = readConfig(`${key}: ${JSON.stringify(value)}\n`, PROJECT);
  return read.ok ? null : (read.mistakes[0]?.message ?? null);
}

/** The name of this folder as the name of a feature. */
function featureOfFolder(): string {
  const name = basename(process.cwd())
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/gu, '_');
  return isFeatureName(name) ? name : 'new_feature';
}

/** Both files or none. Another process may have written one of them meanwhile, which is kept. */
async function writeBoth(texts: Record<string, string>): Promise<void> {
  const written: string[] = [];
  try {
    for (const [name, text] of Object.entries(texts)) {
      await writeFile(name, text, {flag: 'wx', mode: 0o644});
      written.push(name);
    }
  } catch (error) {
    await Promise.all(written.map(name => rm(name, {force: true})));
    const {code, message} = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') refuseExisting();
    throw usage(`the files cannot be written: ${message}`, 'check that you may write to this folder');
  }
}
