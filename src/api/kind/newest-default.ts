import type { KubeObject } from './definition.js'
import { timeMs } from '../../lang/go/time.js'

/**
 * Returns the newest of the classes that are marked as default; of equally old ones, the first by name. A
 * class is marked if one of `annotations` has the value `true`. Source: storageutil GetDefaultClass,
 * defaultingressclass getDefaultClass.
 */
export function newestDefault<T extends KubeObject>(
  classes: readonly T[],
  annotations: readonly string[],
): T | undefined {
  const marked = classes.filter(({ metadata }) =>
    annotations.some((name) => metadata.annotations?.[name] === 'true'),
  )
  const age = ({ metadata }: T): number => timeMs(metadata.creationTimestamp) ?? 0
  // classes are sorted by name
  return marked.reduce<T | undefined>(
    (best, next) => (best === undefined || age(next) > age(best) ? next : best),
    undefined,
  )
}
