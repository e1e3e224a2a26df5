import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import type {Config} from '../config/project/config-file.ts';
import type {PrometheusClientOptions} from '../metrics/prometheus/client.ts';

/** Where Prometheus is, and how it is asked: credentials, headers and certificates. */
export type PrometheusAccess = Omit<PrometheusClientOptions, 'timeoutMs'>;

/** What a monitor needs of the project's configuration. */
export interface MonitorSettings {
  /** Kinds of metrics whose names do not say what they are. */
  declared: DeclaredMetrics;
  /** Null: the project has no configuration. */
  config: {value: Config} | null;
  /** Null: no address is known, so only samples and feedback are read. */
  prometheus: PrometheusAccess | null;
}
