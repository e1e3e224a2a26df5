/**
 * The rooms of `source/` and what each may import: the only place where the walls are written down.
 * `.oxlintrc.json`, the table in `source/ARCHITECTURE.md` and the tests of the walls follow from it (`generate.ts`).
 */
export interface Room {
  /** Folder below `source/`. */
  readonly name: string;
  /** What the room holds, for the table in ARCHITECTURE.md (Markdown). */
  readonly holds: string;
  /** A pure room has no I/O, no clock, no chance and no globals of Node. */
  readonly pure?: true;
  /**
   * Rooms it may import. `store/port` is the store without its adapters, `store/router` is the same for rooms that
   * see the store as a router does; `store` is all of it. Not given: the room may import everything (only `cli`).
   */
  readonly mayImport?: readonly string[];
  /** Packages it may not import, beyond those that no pure room may. */
  readonly notPackages?: readonly string[];
}

export const rooms: readonly Room[] = [
  {
    name: 'release',
    holds: 'the core: state, commands, events, `decide/`, `evolve/`, the split',
    pure: true,
    mayImport: [],
  },
  {
    name: 'audience',
    holds: 'bucket, rules, who gets gray, how far routers are',
    pure: true,
    mayImport: ['release'],
  },
  {
    name: 'text',
    holds: 'text for people: the languages, numbers and times, quoted and plain text, the nearest word',
    pure: true,
    mayImport: ['release'],
  },
  {
    name: 'analysis',
    holds:
      '`people/` who is new, once a release; `sketches/`, `windows/` and roll-ups, numbers of a side; `judge/` conditions, guardrails, the verdict; `evidence/`; `bounds.ts` limits of shares, means and quantiles; `power.ts` what a phase can show',
    pure: true,
    mayImport: ['release', 'text', 'audience'],
  },
  {
    name: 'report',
    holds:
      'the report of a release from its log and roll-ups; `compose.ts` makes one document, Markdown and HTML write it',
    pure: true,
    mayImport: ['release', 'text', 'audience', 'analysis'],
  },
  {
    name: 'config',
    holds:
      'YAML → plan and project by one tree of schemas each, every mistake with line and column: `yaml/` the text and the walk over a tree, `condition/`, `plan/`, `seeds/` the older forms, `project/` the keys of `graydeck.yaml`; `json-schema.ts` for editors; `describe/` a plan in words',
    pure: true,
    mayImport: ['release', 'text', 'audience', 'analysis'],
  },
  {
    name: 'store',
    holds: '`port.ts` (who may do what with a store) and two adapters, `sqlite/` and `redis/`',
    mayImport: ['release'],
  },
  {
    name: 'http',
    holds:
      'requests to other systems: proxies of the environment, certificates, secrets that are read again each time',
    mayImport: ['release'],
  },
  {
    name: 'metrics',
    holds:
      'sample codec, the follower that feeds windows; `prometheus/`: client, poller, state of each number; `feedback.ts`: what people say, as numbers of both sides',
    mayImport: ['release', 'text', 'analysis', 'http'],
  },
  {
    name: 'controller',
    holds: 'load → decide → append → compare with the head; the only caller of `decide`',
    mayImport: ['release', 'audience', 'analysis', 'store/port'],
  },
  {
    name: 'steps',
    holds: 'the journal of effects and who runs them: hooks, operators’ commands, waiting for routers',
    mayImport: ['release', 'audience', 'controller'],
  },
  {
    name: 'notify',
    holds: 'the outbox of notifications, one file a channel',
    mayImport: ['release', 'text', 'controller', 'http'],
  },
  {
    name: 'router',
    holds:
      'a router: follows the newest split, reports, becomes stale, keeps the last split and the latch of an offline rollback on its disk',
    mayImport: ['release', 'audience', 'store/port'],
  },
  {
    name: 'nginx',
    holds:
      'nginx as a router: `render.ts` the include file, `driver.ts` brings an nginx to it, `watchdog.ts` outlives the agent',
    mayImport: ['release', 'audience', 'router', 'store/port'],
  },
  {
    name: 'sdk',
    holds: 'inside an application: `decide`, `record`, middleware, OpenFeature',
    mayImport: ['release', 'audience', 'analysis', 'metrics', 'router', 'store/open'],
    notPackages: ['ink', 'react', 'zod', 'yaml', 'string-width'],
  },
  {
    name: 'monitor',
    holds:
      'one live feature: log view, windows with Prometheus and feedback, routers, lease, store and the judgement of each second, handed out as one snapshot; the document of `status`',
    mayImport: ['release', 'text', 'audience', 'analysis', 'config', 'metrics', 'controller', 'store/port'],
  },
  {
    name: 'replay',
    holds:
      'the past of a feature: recordings line by line, the clock of the viewer, a monitor of the past, and the report as the store still holds it',
    mayImport: [
      'release',
      'text',
      'audience',
      'analysis',
      'report',
      'config',
      'metrics',
      'controller',
      'monitor',
      'store/port',
    ],
  },
  {
    name: 'guard',
    holds: 'lease and epoch, orders from the judgement of each second; runs no step itself',
    mayImport: ['release', 'text', 'audience', 'analysis', 'controller', 'monitor', 'store/port'],
  },
  {
    name: 'protocol',
    holds:
      'the protocol of `graydeck judge` line by line, and recordings judged again, also under another plan',
    mayImport: ['release', 'text', 'audience', 'analysis', 'config', 'controller', 'replay', 'monitor'],
  },
  {
    name: 'server',
    holds:
      'HTTP: tokens and scopes, limits, status, the log as events, feedback, samples, decisions by OFREP, `/metrics`, the OpenAPI document; `page/` what a link or a wall screen shows, as HTML and for terminals',
    mayImport: ['release', 'text', 'audience', 'analysis', 'report', 'metrics', 'controller', 'store/port'],
  },
  {
    name: 'element',
    holds: 'the web component `<graydeck-feedback>`, plain JavaScript for browsers, without dependencies',
    mayImport: [],
  },
  {
    name: 'remote',
    holds:
      'a `graydeck serve` in place of a store: the store as a viewer reads it, and a controller whose commands the server decides',
    mayImport: ['release', 'analysis', 'controller', 'http', 'store/port'],
  },
  {
    name: 'demo',
    holds: 'a simulated service: a client of the store with the rights of an app, which measures by the SDK',
    mayImport: ['release', 'text', 'audience', 'analysis', 'sdk', 'store/port'],
  },
  {
    name: 'console',
    holds:
      'Ink: `input/` (what a terminal sends → whole keys and pastes), `output/` (frames → the cells that differ; a full terminal is never waited for), `keys/` (the key map as data), `present/` (state → rows, pure), `panels/`, `dialogs/`, `messages/`',
    mayImport: ['release', 'text', 'audience', 'analysis', 'config', 'metrics', 'controller', 'monitor'],
  },
  {
    name: 'cli',
    holds:
      'the only room that chooses adapters and wires them: `command-line/` arguments, `verbs/` one file a verb, `commands/` what verbs that act share, `session/` stores, features and the deck, `output/` what is printed',
  },
];

/** Files that stand beside the rooms: the public entries of the package and what each may import. */
export const entries: Readonly<Record<string, readonly string[]>> = {
  'index.ts': ['release', 'audience'],
  'control.ts': ['release', 'audience', 'controller', 'store'],
};

/** Files of the store that are no adapter, as a room that may import `store/port` sees them. */
export const portFiles: readonly string[] = ['port.ts', 'fault.ts', 'chain.ts', 'feature-name.ts'];
