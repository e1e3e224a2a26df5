import type {Call, Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {sentences} from '../output/log-lines.ts';
import {usage} from '../output/failure.ts';
import {readReport} from '../../replay/read-report.ts';
import {REPORT_FORMATS, writtenReport, type ReportFormat} from '../report/write-report.ts';
import {openLook, using} from '../session/session.ts';
import {languageOf} from '../../text/language.ts';

/** `report [--format md|json|html] [--release ID]`: what a release was like, running or over. */
export const run: Run = async call => {
  const {out, flags} = call;
  const format = formatOf(call);
  return await using(openLook(call), async ({feature, view, settings: {declared}}) => {
    const lang = languageOf(flags.lang, process.env);
    const report = await readReport(feature, view, flags.release ?? null, {
      sentence: sentences(lang),
      declared,
    });
    if (report === null) {
      throw usage(
        flags.release === undefined
          ? `nothing was ever released under ${feature.feature}`
          : `the log of ${feature.feature} knows no release ${flags.release}`,
        `graydeck log --feature ${feature.feature}`,
        'no-release',
      );
    }
    if (format === 'json') {
      out.json({...report});
      return EXIT.done;
    }
    out.data(writtenReport(report, format, lang).trimEnd());
    return EXIT.done;
  });
};

/** @throws Failure exit code 2 */
function formatOf({flags, out}: Call): ReportFormat {
  const wanted = flags.format ?? (out.isJson ? 'json' : 'md');
  const format = REPORT_FORMATS.find(known => known === wanted);
  if (format !== undefined && (format === 'json' || !out.isJson)) return format;
  throw usage(
    out.isJson
      ? '--json and --format say two things'
      : `${JSON.stringify(wanted)} is no format of a report: ${REPORT_FORMATS.join(', ')}`,
    'graydeck report --format html',
    'bad-format',
  );
}
