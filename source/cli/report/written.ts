import type {Language} from '../../console/messages/catalogue.ts';
import {composeReport} from '../../report/compose.ts';
import {writeHtml} from '../../report/html/page.ts';
import {writeMarkdown} from '../../report/markdown.ts';
import {momentsIn} from '../../report/moments.ts';
import type {ReleaseReport} from '../../report/report.ts';
import {inWords} from './in-words.ts';
import {reportWordsOf} from '../../report/words/words-of.ts';

export const REPORT_FORMATS = ['md', 'json', 'html'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** A report as a text, its moments in the time zone of this machine. */
export function writtenReport(report: ReleaseReport, format: ReportFormat, lang: Language): string {
  if (format === 'json') return JSON.stringify(report);
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const document = composeReport(inWords(report, lang), reportWordsOf(lang), zone);
  return format === 'html' ? writeHtml(document, momentsIn(zone)) : writeMarkdown(document);
}
