import type { KindDefinition, KubeObject, Strategy, StoredAs } from './definition.js'
import type { Draft } from './draft.js'
import { erase } from './served-as.js'

/**
 * The conversions between a version of another shape and the stored version. Results are fresh objects that
 * may share frozen parts.
 */
export interface Conversion<T extends KubeObject, S extends KubeObject> {
  readonly group: string
  readonly version: string
  readonly encode: (object: T) => S
  readonly decode: (stored: S) => T
  readonly setDefaults?: (draft: Draft<T>) => void
  /** The stored version in releases that lack the original's: same group, same shape. */
  readonly fallback?: string
}

/**
 * Defines a kind in a group version of another shape. Validation, strategy and columns are those of the
 * stored version, on converted objects (upstream's internal types have the names of the newest version).
 */
export function convertedAs<T extends KubeObject, S extends KubeObject>(
  original: KindDefinition<S>,
  { group, version, encode, decode, setDefaults, fallback }: Conversion<T, S>,
): KindDefinition {
  const { setDefaults: _, validate, validateUpdate, stored: __, ...rest } = original
  const stored: StoredAs<T> = {
    group: original.group,
    version: original.version,
    encode,
    decode: (object) => decode(object as S),
    ...(fallback === undefined
      ? {}
      : {
          fallback: {
            group: original.group,
            version: fallback,
            encode: (object) => ({ ...encode(object), apiVersion: `${original.group}/${fallback}` }),
            decode: (object) => decode(object as S),
          },
        }),
  }
  return erase<T>({
    ...(rest as unknown as KindDefinition<T>),
    group,
    version,
    stored,
    subresources: original.subresources.map((sub) =>
      sub.kind === original.kind ? { ...sub, group, version } : sub,
    ),
    ...(setDefaults === undefined ? {} : { setDefaults }),
    ...(validate === undefined ? {} : { validate: (object: T) => validate(encode(object)) }),
    ...(validateUpdate === undefined
      ? {}
      : { validateUpdate: (next: T, old: T) => validateUpdate(encode(next), encode(old)) }),
    strategy: convertedStrategy(original.strategy, encode, decode),
    columns: original.columns.map(({ cell, ...column }) => ({
      ...column,
      cell: (object: T, now: number) => cell(encode(object), now),
    })),
    selectableFields: Object.fromEntries(
      Object.entries(original.selectableFields).map(([name, value]) => [
        name,
        (object: T) => value(encode(object)),
      ]),
    ),
  })
}

function convertedStrategy<T extends KubeObject, S extends KubeObject>(
  strategy: Strategy<S>,
  encode: (object: T) => S,
  decode: (stored: S) => T,
): Strategy<T> {
  const {
    prepareForCreate,
    prepareForUpdate,
    prepareForStatusUpdate,
    validateStatusUpdate,
    validateInNamespace,
    generationChanged,
    gracePeriod,
    warnings,
    ...rest
  } = strategy
  const through = (draft: Draft<T>, prepare: (stored: Draft<S>) => void): void => {
    const stored = encode(draft as T) as Draft<S>
    prepare(stored)
    for (const key of Object.keys(draft)) delete (draft as Record<string, unknown>)[key]
    Object.assign(draft, decode(stored as S))
  }
  return {
    ...rest,
    ...(prepareForCreate === undefined
      ? {}
      : { prepareForCreate: (draft) => through(draft, prepareForCreate) }),
    ...(prepareForUpdate === undefined
      ? {}
      : {
          prepareForUpdate: (draft, old, now) =>
            through(draft, (stored) => prepareForUpdate(stored, encode(old), now)),
        }),
    ...(prepareForStatusUpdate === undefined
      ? {}
      : {
          prepareForStatusUpdate: (draft, old, now) =>
            through(draft, (stored) => prepareForStatusUpdate(stored, encode(old), now)),
        }),
    ...(validateInNamespace === undefined
      ? {}
      : {
          validateInNamespace: (next, labels, old) =>
            validateInNamespace(encode(next), labels, old && encode(old)),
        }),
    ...(validateStatusUpdate === undefined
      ? {}
      : { validateStatusUpdate: (next, old) => validateStatusUpdate(encode(next), encode(old)) }),
    ...(generationChanged === undefined
      ? {}
      : { generationChanged: (next, old) => generationChanged(encode(next), encode(old)) }),
    ...(gracePeriod === undefined
      ? {}
      : { gracePeriod: (object, requested) => gracePeriod(encode(object), requested) }),
    ...(warnings === undefined
      ? {}
      : { warnings: (next, old) => warnings(encode(next), old === undefined ? undefined : encode(old)) }),
  }
}
