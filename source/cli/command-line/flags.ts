/** A flag of the program, as data: parsing, help and completions are made from it. */
export interface FlagEntry {
  /** What stands for the value in the help; absent: a switch. */
  value?: string;
  help: string;
  /** It may be given more than once. */
  isMany?: true;
  /** Switches that are on unless `--no-NAME` is given. */
  isOn?: true;
  /** Environment variable that is read where the flag is not given. */
  env?: string;
  choices?: readonly string[];
}

const FLAGS = {
  feature: {
    value: 'NAME',
    help: 'the feature; may be left out where the store has one',
    env: 'GRAYDECK_FEATURE',
  },
  store: {
    value: 'URL',
    help: 'sqlite:PATH, redis://host:port/db, …; else GRAYDECK_STORE, else a file of your own',
  },
  server: {
    value: 'URL',
    help: 'a graydeck serve in place of a store, with its token in GRAYDECK_TOKEN',
    env: 'GRAYDECK_SERVER',
  },
  config: {value: 'FILE', help: 'configuration, graydeck.yaml unless named', env: 'GRAYDECK_CONFIG'},
  prometheus: {value: 'URL', help: 'where Prometheus answers', env: 'GRAYDECK_PROMETHEUS'},
  readOnly: {help: 'only look: every verb that changes something is refused, exit code 2'},
  json: {help: 'one JSON document on stdout, errors as JSON on stderr'},
  yes: {help: 'do not ask'},
  by: {value: 'NAME', help: 'who does it, for the log; else USER on HOSTNAME', env: 'GRAYDECK_BY'},
  reason: {value: 'TEXT', help: 'why, for the log'},
  lang: {value: 'LANG', help: 'language of the screen: en or zh; else by LANG', choices: ['en', 'zh']},
  color: {help: 'plain text, as with NO_COLOR', isOn: true},
  dryRun: {help: 'show what would be written, write nothing'},
  help: {help: 'examples and flags'},
  version: {help: 'the version of this program'},
  plan: {value: 'FILE', help: 'the plan; - reads stdin'},
  over: {value: 'VERSION', help: 'the version prod serves meanwhile'},
  speed: {
    value: 'N',
    help: "a rehearsal: the plan's durations, windows (not below 10 s) and guardrail times divided by N",
  },
  checked: {value: 'ITEM', isMany: true, help: 'this item of the checklist is done; once for each'},
  skipPreflight: {help: 'start whatever is found wrong before; the log says so'},
  supersede: {help: 'roll back the release that is live, then start'},
  confirm: {
    value: 'VERSION',
    help: 'where gray would reach everyone: its version, because --yes is not enough',
  },
  wait: {help: 'return once traffic is set, without waiting for the steps', isOn: true},
  offline: {help: 'roll back without the store'},
  release: {value: 'ID', help: 'only if this is still the release at hand'},
  watch: {help: 'a line for each change, until the release ends'},
  sendTest: {help: 'send every channel a message that says it is a test'},
  repairSamples: {help: 'let streams of samples and feedback go on that are ahead of the store’s clock'},
  repairLog: {help: 'write on after the last commit that holds; what stands in the way is kept aside'},
  acceptUnknown: {
    help: 'answer for an event that this version does not know, with --reason: it is passed over',
  },
  until: {value: 'T', help: 'the end of the freeze: 18h from now, 08:00, or a whole date'},
  from: {
    value: 'T',
    help: 'a moment: 10m before the end, 14:02, or a whole date; of plan new and init: seed-four, seed-five or ramp',
  },
  router: {
    value: 'KIND',
    help: 'what moves users: the SDK, an nginx, or something else',
    choices: ['sdk', 'nginx', 'other'],
  },
  traffic: {
    value: 'RATE',
    help: 'what to expect of the traffic: 200/s, or with the error rate of prod 200/s,0.5%',
  },
  window: {value: 'D', help: 'how far the numbers look back: 30s, 5m, 1h; 5m unless named'},
  follow: {help: 'go on with what comes'},
  output: {value: 'STEP', help: 'what this step printed: deploy.backup, rollback.snapshot'},
  for: {value: 'X', help: 'the state to wait for, how long to be silent, or how long a link holds'},
  format: {value: 'FORMAT', help: 'format of the output; the help of the verb lists the formats'},
  attr: {value: 'NAME=VALUE', isMany: true, help: 'an attribute of the user; once for each'},
  header: {value: 'NAME=VALUE', isMany: true, help: 'a header of the request; once for each'},
  cookie: {value: 'NAME=VALUE', isMany: true, help: 'a cookie of the request; once for each'},
  address: {value: 'IP', help: "the client's address, for a user without id"},
  timeout: {value: 'D', help: 'give up after this time: 30s, 10m'},
  listen: {value: 'ADDRESS', help: 'host and port to listen on, 127.0.0.1:8080 unless named'},
  tokens: {value: 'FILE', help: 'who may ask: lines NAME SCOPE[,SCOPE…] TOKEN, readable by its owner only'},
  allowOrigin: {value: 'URLS', help: 'origins of pages that may ask, set apart by commas'},
  trustProxy: {
    value: 'ADDRESSES',
    help: 'proxies in front whose X-Forwarded-For is believed: 10.0.0.0/8,::1',
  },
  rating: {value: 'N', help: 'from 1, worst, to 5, best', choices: ['1', '2', '3', '4', '5']},
  deploymentPhase: {value: 'NAME', help: 'the phase it is about'},
  deploymentVersion: {value: 'VERSION', help: 'the version it is about'},
  user: {value: 'ID', help: 'who said it'},
  guard: {help: 'guard the feature on the screen as well: judge, act, roll back by itself'},
  mask: {help: 'hide user ids, hosts, names of people and free text from who watches'},
  share: {help: 'read-only, with names, ids and free text masked'},
} as const satisfies Record<string, FlagEntry>;

export type FlagName = keyof typeof FLAGS;
type ManyFlag = {[F in FlagName]: (typeof FLAGS)[F] extends {isMany: true} ? F : never}[FlagName];
type TextFlag = Exclude<
  {[F in FlagName]: (typeof FLAGS)[F] extends {value: string} ? F : never}[FlagName],
  ManyFlag
>;
type Switch = Exclude<FlagName, TextFlag | ManyFlag>;

/**
 * What the command line says. Texts that are not given are absent, switches have their default; of what may be given more
 * than once there is none.
 */
export type Flags = {[F in TextFlag]?: string} & {[F in ManyFlag]: readonly string[]} & {
  [F in Switch]: boolean;
};

/** Flags that every verb takes. */
export const EVERYWHERE: readonly FlagName[] = [
  'feature',
  'store',
  'server',
  'config',
  'prometheus',
  'readOnly',
  'json',
  'yes',
  'by',
  'reason',
  'lang',
  'color',
  'help',
  'version',
];

export const FLAG_NAMES = Object.keys(FLAGS) as readonly FlagName[];

export function entryOf(name: FlagName): FlagEntry {
  return FLAGS[name];
}

/** `readOnly` as it is typed: `--read-only`; a switch that is on: `--no-wait`. */
export function written(name: FlagName): string {
  const kebab = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  return entryOf(name).isOn === true ? `--no-${kebab}` : `--${kebab}`;
}
