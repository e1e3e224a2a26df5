import {createHash} from 'node:crypto';
import {VISITOR_S} from '../audience/forced.ts';
import type {EdgeSite} from '../audience/latch.ts';
import type {Split} from '../release/split.ts';
import {variableOf} from './people.ts';
import {prodText, renderFeature} from './render-feature.ts';
import {DOLLAR_BLOCK, type EdgeRefusal} from './words.ts';

/** The include file of an edge. */
export interface EdgeFile {
  text: string;
  /** What the edge answers when it works by this file. The same for the same routing. */
  hash: string;
  /** What all features share; each part of a file means the same whatever stands beside it. */
  shared: string;
  /** The part of each feature, by its name. */
  parts: ReadonlyMap<string, string>;
  /** Features that nginx cannot do as asked: in this file they have prod for everyone. */
  refusals: EdgeRefusal[];
}

/**
 * Renders the one file that a site includes in its `http` block: pure, the same text for the same input. `splits`: those
 * known so far; every other feature of the site has prod for everyone. What nginx cannot express is refused by name.
 * @throws Error where the site itself names what nginx has no variable for; `config/` lets none of it through
 */
export function renderEdge(splits: ReadonlyMap<string, Split>, site: EdgeSite): EdgeFile {
  const refusals: EdgeRefusal[] = [];
  const features = Object.entries(site.features).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const parts = new Map<string, string>();
  for (const [feature, edge] of features) {
    const split = splits.get(feature);
    const rendered = split === undefined ? null : renderFeature({...split, feature}, edge, site);
    if (rendered?.ok === false) refusals.push(rendered.refusal);
    parts.set(feature, rendered?.ok === true ? rendered.text : prodText(feature, edge));
  }
  const shared = [HEAD, userBlock(site), DOLLAR_BLOCK].join('\n');
  const blocks = [shared, ...parts.values()];
  const hash = createHash('sha256').update(blocks.join('\n')).digest('hex').slice(0, 16);
  return {text: [...blocks, probeBlock(site, hash)].join('\n'), hash, shared, parts, refusals};
}

/** What an edge that works by this file answers; null: it is no file of ours. */
export function hashOf(text: string): string | null {
  return /return 200 "graydeck (?<hash>[0-9a-f]{16}) /.exec(text)?.groups?.['hash'] ?? null;
}

const HEAD = `# Written by graydeck agent; what is changed here is put right again.
# Where a location's regular expression captures ($1), read the variable before it:
# "set $upstream $gray_upstream_NAME;" beside server_name.
`;

/** Users without an id go by their address. */
function userBlock({user, visitor}: EdgeSite): string {
  const variable = variableOf(user);
  if (visitor !== undefined) return visitorBlock(variable, visitor);
  return `map ${variable} $gray_user {\n  default ${variable};\n  "" $remote_addr;\n}\n`;
}

/**
 * Users without an id go by a cookie. A user who sends none gets one, which the site adds to its answer: `$gray_set_cookie`. The first
 * request is placed by the value that the cookie will have.
 */
function visitorBlock(user: string, visitor: string): string {
  const cookie = variableOf({cookie: visitor});
  const both = [user, cookie].map(variable => `\${${variable.slice(1)}}`).join('');
  return `map ${cookie} $gray_visitor {\n  default ${cookie};\n  "" $request_id;\n}
map ${user} $gray_user {\n  default ${user};\n  "" $gray_visitor;\n}
map $scheme $gray_secure {\n  default "";\n  https "; Secure";\n}
map "${both}" $gray_set_cookie {\n  default "";\n  "" "${visitor}=\${request_id}; Path=/; Max-Age=${VISITOR_S}; HttpOnly; SameSite=Lax\${gray_secure}";\n}
`;
}

/** Tells which file this very worker goes by. A connection for each answer, so that none is held by an old worker. */
function probeBlock({probe}: EdgeSite, hash: string): string {
  return `server {
  listen ${probe.host}:${probe.port};
  server_name graydeck;
  access_log off;
  keepalive_timeout 0;
  default_type text/plain;
  location / {
    return 404;
  }
  location = /graydeck {
    return 200 "graydeck ${hash} $pid\\n";
  }
}
`;
}
