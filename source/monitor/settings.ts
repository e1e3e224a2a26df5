import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import type {Config} from '../config/project/config-file.ts';
import type {Credentials} from '../metrics/prometheus/client.ts';

/** Where Prometheus is, and as whom it is asked. */
export interface PrometheusAccess {
  /** Address of its HTTP API. */
  url: string;
  /** Null: requests carry no credentials. */
  credentials: Credentials | null;
}

/** What a monitor needs of the project's configuration. */
export interface MonitorSettings {
  /** Kinds of metrics whose names do not say what they are. */
  declared: DeclaredMetrics;
  /** Null: the project has no configuration. */
  config: {value: Config} | null;
  /** Null: no address is known, so only samples and feedback are read. */
  prometheus: PrometheusAccess | null;
}
