import type {AlertLevel} from './plan.ts';

/** Where a secret is read from. The secret itself never stands in a configuration, a log or a message. */
export type SecretSource = {from: 'env'; name: string} | {from: 'file'; path: string};

/** Which notifications a channel gets: from which level up, and of which features. */
export interface ChannelRoute {
  /** Name in the log and on the screen, for example `slack` or `sms-2`. */
  name: string;
  level: AlertLevel;
  /** Names of features; null for every feature. */
  features: string[] | null;
}

/** Request formats that SMS gateways commonly take. */
export type SmsShape = 'json' | 'form' | 'twilio' | 'vonage';

export interface SlackSpec extends ChannelRoute {
  kind: 'slack';
  /** Address of an incoming webhook. It is a secret, because it grants the right to write. */
  url: SecretSource;
}

export interface MailSpec extends ChannelRoute {
  kind: 'mail';
  /**
   * `smtps://user@host:465`, or `smtp://user@host:587`, which must upgrade to TLS before the login. Holds no
   * password.
   */
  server: string;
  password: SecretSource | null;
  from: string;
  to: string[];
}

export interface SmsSpec extends ChannelRoute {
  kind: 'sms';
  shape: SmsShape;
  url: string;
  from: string | null;
  /**
   * One number. Each number is a channel of its own, so that a retry for one number does not repeat the
   * message to another.
   */
  to: string;
  /**
   * `twilio`: the account. `vonage`: the key. Otherwise the user name, if the gateway asks for a password and
   * no token.
   */
  user: string | null;
  token: SecretSource | null;
  /**
   * Fields of the body, with `{{to}}`, `{{from}}` and `{{text}}` in their values; null for those of the
   * shape.
   */
  fields: Record<string, string> | null;
  /**
   * Text that the gateway's answer holds if it took the message; null for that of the shape, else any 2xx
   * answer counts.
   */
  expect: string | null;
}

export interface WebhookSpec extends ChannelRoute {
  kind: 'webhook';
  url: string | SecretSource;
  /** Key of the signature. */
  secret: SecretSource;
}

/** A notification channel as the configuration describes it. */
export type ChannelSpec = SlackSpec | MailSpec | SmsSpec | WebhookSpec;
