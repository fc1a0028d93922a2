import { InputError } from '../../lang/input-error.js'
import { nearest } from '../../lang/text/nearest.js'

/** What the option `disable` switches off. */
export interface Disabled {
  /** Names of components and processes. */
  readonly components: readonly string[]
  /** API versions: `batch/v1`, `v1`. */
  readonly apis: readonly string[]
  /** Admission plugins. */
  readonly plugins: readonly string[]
  readonly events: boolean
  readonly managedFields: boolean
  readonly networkPolicy: boolean
}

/** What is neither a component, nor an API version, nor an admission plugin. */
const FEATURES: readonly string[] = ['events', 'managedFields', 'NetworkPolicy']
const API_VERSION = /^(?:[a-z\d.-]+\/)?v\d+(?:(?:alpha|beta)\d+)?$/
/** Admission plugins have names like NodeRestriction, components like kube-scheduler. */
const PLUGIN = /^[A-Z]/

/** Sorts what is switched off by its kind. Whether it exists is known to who switches it off. */
export function disabledOf(names: readonly string[] = []): Disabled {
  const others = names.filter((name) => !FEATURES.includes(name))
  const apis = others.filter((name) => API_VERSION.test(name))
  const plugins = others.filter((name) => PLUGIN.test(name))
  return {
    apis,
    plugins,
    components: others.filter((name) => !apis.includes(name) && !plugins.includes(name)),
    events: names.includes('events'),
    managedFields: names.includes('managedFields'),
    networkPolicy: names.includes('NetworkPolicy'),
  }
}

/** Returns the error of a name in `disable` that stands for nothing. `known` are the names of its kind. */
export function unknownName(name: string, known: readonly string[]): InputError {
  const meant =
    nearest(name, [...known, ...FEATURES]) ??
    known.find((each) => each.endsWith(`/${name}`) || each.startsWith(`${name}/`))
  const hint =
    meant === undefined
      ? `there are: ${[...known, ...FEATURES].join(', ')}`
      : `did you mean ${JSON.stringify(meant)}?`
  return new InputError(
    `new SimCluster(): disable: there is no ${JSON.stringify(name)} (${hint}). ` +
      "Write for example: { disable: ['kube-scheduler', 'batch/v1', 'NodeRestriction'] }",
  )
}
