import {mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {messagesOf} from '../../console/messages/catalogue.ts';
import {OPEN} from '../../console/present/clean.ts';
import {reasonText} from '../../console/present/verdict/reason-text.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import {toJson} from '../../release/well-formed.ts';
import {REPORT_STEP, readReport} from '../../replay/read-report.ts';
import {composeReport} from '../../report/compose.ts';
import {writeHtml} from '../../report/html/page.ts';
import {writeMarkdown} from '../../report/markdown.ts';
import {momentsIn} from '../../report/moments.ts';
import type {ReleaseReport} from '../../report/report.ts';
import {reportWordsOf} from '../../report/words/words-of.ts';
import type {FeatureStore} from '../../store/port.ts';
import {sentences} from '../output/log-lines.ts';
import type {Settings} from '../session/settings.ts';
import {type Language, languageOf} from '../../text/language.ts';

/** Whose reports are kept; the folder that the configuration names gets them as files, too. */
export interface ReportKeeping {
  feature: FeatureStore;
  view: ControllerView;
  settings: Pick<Settings, 'config' | 'declared'>;
}

/** Keeps the report of one release unless another process has. @returns whether it is kept. @throws StoreFault, Error of the folder */
export async function keepReport({feature, view, settings}: ReportKeeping, id: string): Promise<boolean> {
  const {config, declared} = settings;
  const reports = config?.value.reports ?? null;
  const folder = config === null || reports === null ? null : resolve(dirname(config.path), reports);
  const lang = languageOf(undefined, process.env);
  const before = await feature.outputs.read();
  const isNew = !before.some(({release, step}) => release === id && step === REPORT_STEP);
  if (!isNew && folder === null) return true;
  const report = await readReport(feature, view, id, {sentence: sentences(lang), declared});
  if (report === null) return false;
  if (isNew) {
    const text = toJson(report);
    await feature.outputs.write({release: id, step: REPORT_STEP, attempt: 1, text, result: null});
  }
  if (folder === null) return true;
  await mkdir(folder, {recursive: true});
  for (const format of REPORT_FORMATS) {
    const path = join(folder, `${feature.feature}-${id}.${format}`);
    // What stands there is taken away, never written to: a link of another user would lead elsewhere.
    await rm(`${path}.new`, {force: true});
    await writeFile(`${path}.new`, writtenReport(report, format, lang), {flag: 'wx'});
    await rename(`${path}.new`, path);
  }
  return true;
}

export const REPORT_FORMATS = ['md', 'json', 'html'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** A report as a text, its moments in the time zone of this machine. */
export function writtenReport(report: ReleaseReport, format: ReportFormat, lang: Language): string {
  if (format === 'json') return JSON.stringify(report);
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const document = composeReport(inWords(report, lang), reportWordsOf(lang), zone);
  return format === 'html' ? writeHtml(document, momentsIn(zone)) : writeMarkdown(document);
}

/**
 * A report with its reasons in the words of a language: the log has them in the language of the guard. What a rollback says
 * is changed where a verdict gave the same reason; what people wrote stays.
 */
export function inWords(report: ReleaseReport, lang: Language): ReleaseReport {
  const scene = {t: messagesOf(lang), clean: OPEN};
  const words = new Map<string, string>();
  const verdicts = report.verdicts.map(verdict => ({
    ...verdict,
    reasons: verdict.reasons.map(reason => {
      const text = reasonText(reason, scene);
      words.set(reason.text, text);
      return {...reason, text};
    }),
  }));
  const said = (text: string) => words.get(text) ?? text;
  const {rollback} = report;
  const why = rollback?.reason ?? null;
  return {
    ...report,
    verdicts,
    alerts: report.alerts.map(alert => ({
      ...alert,
      message: alert.cause === undefined ? said(alert.message) : reasonText(alert.cause, scene),
    })),
    rollback: rollback === null || why === null ? rollback : {...rollback, reason: said(why)},
  };
}
