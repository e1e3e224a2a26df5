import type {AlertLevel} from './plan.ts';

/** Where a secret stands: never in a configuration, a log or a message. */
export type SecretSource = {from: 'env'; name: string} | {from: 'file'; path: string};

/** What a channel is told: from which level up, and of which features. */
export interface ChannelRoute {
  /** As the log and the screen name it: `slack`, `sms-2`. */
  name: string;
  level: AlertLevel;
  /** Null: of every feature. */
  features: string[] | null;
}

/** Shapes that gateways for short messages commonly ask for. */
export type SmsShape = 'json' | 'form' | 'twilio' | 'vonage';

export interface SlackSpec extends ChannelRoute {
  kind: 'slack';
  /** The address of an incoming webhook; whoever knows it may write, so it is a secret itself. */
  url: SecretSource;
}

export interface MailSpec extends ChannelRoute {
  kind: 'mail';
  /** `smtps://user@host:465`, or `smtp://user@host:587`, which is made secure before anything is said. No password in it. */
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
  /** One number: each is a channel of its own, so that nobody gets it twice because another did not. */
  to: string;
  /** `twilio`: the account; `vonage`: the key; else the user, where a password is asked for and no token. */
  user: string | null;
  token: SecretSource | null;
  /** Fields of the body, with `{{to}}`, `{{from}}` and `{{text}}` in their values; null: as the shape has them. */
  fields: Record<string, string> | null;
  /** What the gateway's answer holds where it took the message; null: as the shape has it, else any answer of 2xx. */
  expect: string | null;
}

export interface WebhookSpec extends ChannelRoute {
  kind: 'webhook';
  url: string | SecretSource;
  /** What the signature is made with. */
  secret: SecretSource;
}

/** A way to tell people, as the configuration describes it. */
export type ChannelSpec = SlackSpec | MailSpec | SmsSpec | WebhookSpec;
