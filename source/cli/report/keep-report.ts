import {mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {languageOf} from '../command-line/language.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {FeatureStore} from '../../store/port.ts';
import type {Settings} from '../session/settings.ts';
import {sentences} from '../output/event-text.ts';
import {REPORT_STEP, readReport} from '../../replay/read-report.ts';
import {REPORT_FORMATS, writtenReport} from './written.ts';
import {toJson} from '../../release/well-formed.ts';

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
