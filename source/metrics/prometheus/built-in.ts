/** A query that is known without configuration. */
export interface BuiltInQuery {
  /** With placeholders; see `readTemplate`. */
  query: string;
  unit: 'percent' | 'count';
  better: 'lower' | 'higher';
  /** Whether each side has a value of its own, or both share one. */
  per: 'side' | 'service';
}

/**
 * The metrics Prometheus is asked for unless the configuration has other queries, from the usual exporters:
 * `cpu` the mean load of a side's machines, `memory` that of its fullest machine (node_exporter), `db_connections` of
 * the busiest database (postgres_exporter), `redis_memory` of the fullest Redis against its limit or, where it has
 * none, its machine's memory (redis_exporter), `availability` the share of a side's targets that answered the last scrape:
 * conditions take the mean over their window, and what looks back by itself would go on being bad after it is over.
 */
export const BUILT_IN: Readonly<Record<string, BuiltInQuery>> = {
  cpu: {
    query: '100 * (1 - avg(rate(node_cpu_seconds_total{mode="idle",{{match}}}[{{window}}])))',
    unit: 'percent',
    better: 'lower',
    per: 'side',
  },
  memory: {
    query: '100 * max(1 - node_memory_MemAvailable_bytes{{{match}}} / node_memory_MemTotal_bytes{{{match}}})',
    unit: 'percent',
    better: 'lower',
    per: 'side',
  },
  db_connections: {
    query: 'max(sum by (instance) (pg_stat_activity_count{{{match}}}))',
    unit: 'count',
    better: 'lower',
    per: 'service',
  },
  redis_memory: {
    query:
      '100 * max(redis_memory_used_bytes{{{match}}} / ' +
      '((redis_memory_max_bytes{{{match}}} > 0) or redis_total_system_memory_bytes{{{match}}}))',
    unit: 'percent',
    better: 'lower',
    per: 'service',
  },
  availability: {
    query: '100 * avg(up{{{match}}})',
    unit: 'percent',
    better: 'higher',
    per: 'side',
  },
};
