import { byName } from './order.js'

/** The media type of {@link expositionOf}. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'

/** The labels of a series. */
export type MetricLabels = Readonly<Record<string, string>>

/** A metric with its present values. */
export interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** Labels and value of each series, in order. Without any, the metric is not shown. */
  readonly series: readonly (readonly [labels: MetricLabels, value: number])[]
  /** Milliseconds since the epoch at which the values were measured. Default: no time is written. */
  readonly at?: number
}

/**
 * Returns metrics in the text format of Prometheus, sorted by name. Source: prometheus/common expfmt
 * MetricFamilyToText.
 */
export function expositionOf(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ series }) => series.length > 0)
    .toSorted(byName)
    .map(textOf)
    .join('')
}

function textOf({ name, help, type, series, at }: Metric): string {
  const time = at === undefined ? '' : ` ${at}`
  const lines = series.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${escaped(text)}`)
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}${time}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

/** Only these three characters are escaped; others, such as tabs, stand as they are. */
const escaped = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
