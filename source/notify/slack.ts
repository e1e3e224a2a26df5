import type {SlackSpec} from '../release/channel.ts';
import {failed, type Channel} from './channel.ts';
import type {Message} from './message.ts';
import {isRecord} from '../release/shape.ts';
import {isPrivate, jsonOf, plainNo, post, warmHttp, type No} from './post.ts';
import {readSecret, secretsIn} from '../http/secret.ts';

/** Slack's incoming webhook: one message a second is what it allows. */
export function slackChannel({name, level, features, url}: SlackSpec): Channel {
  return {
    name,
    level,
    features,
    timeoutMs: 8000,
    perMinute: 30,
    warm: warmHttp,
    async send(message, signal) {
      const address = await readSecret(url);
      if (!URL.canParse(address)) return failed('its address is none', {isFinal: true});
      if (!isPrivate(address)) return failed('its address is not https', {isFinal: true});
      const body = JSON.stringify({text: slackText(message)});
      const headers = {'content-type': 'application/json; charset=utf-8'};
      return await post({url: address, headers, body, secrets: secretsIn(address), noOf: slackNo}, signal);
    },
  };
}

/** Slack says `ok`; what speaks as Slack does says so in JSON. Everything else was not taken. */
function slackNo(answer: string): No | null {
  if (answer.trim().toLowerCase() === 'ok') return null;
  const document = jsonOf(answer);
  if (isRecord(document) && (document['ok'] === true || document['success'] === true)) return null;
  return (
    plainNo(answer) ?? {why: `it does not say ok: ${answer.trim() || 'it says nothing'}`, isFinal: false}
  );
}

/** The message in Slack's own marks; nothing from outside can be a link, a mention or a mark. */
function slackText(message: Message): string {
  const {word, feature, text, lines, contacts} = message;
  return [
    `*${word}*  *${escaped(feature)}*  ${escaped(text)}`,
    ...lines.map(escaped),
    ...Object.entries(contacts).map(([who, how]) => `${escaped(who)}: ${escaped(how)}`),
    ...(message.repeat === null ? [] : [`_${message.repeat.long}_`]),
  ].join('\n');
}

/** A mark counts only where a word begins or ends; within one, as in `new_payment`, it has to stay to be copied. */
const MARK = /(?<![\p{L}\p{N}])[*_~`]|[*_~`](?![\p{L}\p{N}])/gu;

/** `<!channel>` and `*` of a text from outside are letters. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(MARK, mark => `\u200B${mark}`);
}
