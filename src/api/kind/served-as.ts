import type { Deprecation, KindDefinition, KubeObject, ServedSpan } from './definition.js'
import type { Draft } from './draft.js'

/** Erases the type of a kind, for collections of definitions. */
export function erase<T extends KubeObject>(definition: KindDefinition<T>): KindDefinition {
  return definition as unknown as KindDefinition
}

/** Defines a kind in another group version of the same shape. The original's version is the stored one. */
export function servedAs<T extends KubeObject>(
  original: KindDefinition<T>,
  group: string,
  version: string,
  setOwnDefaults?: (draft: Draft<T>) => void,
): KindDefinition {
  const apiVersion = group === '' ? version : `${group}/${version}`
  const storedVersion = original.group === '' ? original.version : `${original.group}/${original.version}`
  return erase<T>({
    ...original,
    group,
    version,
    stored: {
      group: original.group,
      version: original.version,
      encode: (object) => ({ ...object, apiVersion: storedVersion }),
      decode: (object) => ({ ...(object as T), apiVersion }),
    },
    ...(setOwnDefaults === undefined
      ? {}
      : {
          setDefaults: (draft: Draft<T>) => {
            setOwnDefaults(draft)
            original.setDefaults?.(draft)
          },
        }),
  })
}

/** What the releases say of one version of a kind. */
export interface VersionFacts extends ServedSpan {
  readonly deprecated?: Deprecation
}

/** Returns the definition with what the releases say of it. Default: all serve it. */
export function served<T extends KubeObject>(
  definition: KindDefinition<T>,
  { since, until, deprecated }: VersionFacts = {},
): KindDefinition {
  const span = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) }
  return erase({ ...definition, served: span, ...(deprecated !== undefined && { deprecated }) })
}
