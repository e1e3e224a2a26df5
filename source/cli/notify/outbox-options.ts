import {plainText} from '../../text/plain-text.ts';
import {DEFAULT_ALERTS} from '../../config/project/alerts.ts';
import {newAlertId} from '../../controller/ids.ts';
import type {Reason} from '../../release/state.ts';
import type {Controller, ExecuteOptions} from '../../controller/outcome.ts';
import type {OutboxOptions} from '../../notify/outbox.ts';
import type {Actor} from '../../release/command.ts';
import {nameHere} from '../commands/actor.ts';
import type {Settings} from '../session/settings.ts';
import {channelSpecs} from './notify-meanwhile.ts';
import type {Language} from '../../text/language.ts';

/** Who tells people from this process, and when it is its part to. */
export interface Notifier {
  by: Actor;
  isOnDuty(): boolean;
  /** Asked right before anything is begun; absent: it always may be. */
  isMeant?(): boolean;
}

/** Says what the judge found in a language, as the screen does. */
async function sayIn(lang: Language): Promise<(cause: Reason) => string> {
  // English is what the log has.
  if (lang === 'en') return ({text}) => text;
  const [{messagesOf}, {OPEN}, {reasonText}] = await Promise.all([
    import('../../console/messages/catalogue.ts'),
    import('../../console/present/clean.ts'),
    import('../../console/present/verdict/reason-text.ts'),
  ]);
  const scene = {t: messagesOf(lang), clean: OPEN};
  return cause => reasonText(cause, scene);
}

/** Outboxes of this process so far. */
let opened = 0;

/** By what means this process tells people of a feature. Loads what that takes only now. */
export async function outboxOptions(
  controller: Controller,
  settings: Pick<Settings, 'config'>,
  {by, isOnDuty, isMeant}: Notifier,
): Promise<OutboxOptions> {
  const {openChannel} = await import('../../notify/open-channel.ts');
  // Two in one process must not take each other's messages for their own either.
  opened += 1;
  const actor = `${nameHere(by.name)}.${opened}`;
  const options: ExecuteOptions = isMeant === undefined ? {} : {isMeant};
  const {escalateAfterMs, lang} = settings.config?.value.alerts ?? DEFAULT_ALERTS;
  return {
    log: {
      state: () => controller.snapshot().state,
      subscribe: listener => controller.subscribe(listener),
      now: () => controller.now(),
      execute(intent) {
        // The outcome of a message is written even if another process is the guard by now. Intents are this guard's alone.
        if (intent.type === 'end-delivery') return controller.execute(intent, {by: {...by, name: actor}});
        const name = intent.type === 'begin-delivery' ? actor : by.name;
        return controller.execute(intent, {by: {...by, name}}, options);
      },
    },
    actor,
    channels: channelSpecs(settings).map(openChannel),
    isOnDuty,
    escalateAfterMs,
    lang,
    say: await sayIn(lang),
    contacts: settings.config?.value.contacts ?? {},
    clean: plainText,
    newAlertId,
    random: Math.random,
  };
}
