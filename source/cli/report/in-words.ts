import {messagesOf, type Language} from '../../console/messages/catalogue.ts';
import {OPEN} from '../../console/present/clean.ts';
import {reasonText} from '../../console/present/verdict/reason-text.ts';
import type {ReleaseReport} from '../../report/report.ts';

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
