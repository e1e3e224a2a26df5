/** Where an edge finds something about a request: a variable of nginx, a header, or a cookie. */
export type EdgeSource = {variable: string} | {header: string} | {cookie: string};

/** Which upstream each side of a feature is, by the names the site gives them. */
export interface EdgeFeature {
  prod: string;
  gray: string;
  /** What the variables of this feature end with; null: the feature's name, with _ for -. */
  variable: string | null;
}

/** What an edge knows of its users and its upstreams: all that rendering needs beside the splits. */
export interface EdgeSite {
  /** Whose value is the user's id; where it is empty, the client's address stands for it. */
  user: EdgeSource;
  /** Attributes that rules may name, each from a trusted source. */
  attributes: Readonly<Record<string, EdgeSource>>;
  features: Readonly<Record<string, EdgeFeature>>;
  /** Where the edge tells, on this host only, which file it works by. */
  probe: {host: string; port: number};
}
