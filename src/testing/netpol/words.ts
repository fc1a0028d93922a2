import type { Arbitrary } from 'fast-check'
import type { Labels } from '../../api/selectors/labels.js'
import type { FastCheck } from '../rbac/arbitraries.js'
import type { NetpolVocabulary } from './vocabulary.js'

/** Removes undefined fields, as JSON would. */
export function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, each]) => each !== undefined)) as T
}

/** The building blocks of all arbitraries for network policy. */
export interface Words {
  readonly fc: FastCheck
  readonly vocabulary: NetpolVocabulary
  readonly some: <T>(items: readonly T[]) => Arbitrary<T>
  readonly maybe: <T>(arbitrary: Arbitrary<T>) => Arbitrary<T | undefined>
  readonly labels: Arbitrary<Labels>
  /** A LabelSelector, often empty. */
  readonly selector: Arbitrary<object>
  /** An entry without a known field, if those are included. */
  readonly unknown: (entry: object) => readonly Arbitrary<object>[]
}

/** Creates the basic arbitraries of a vocabulary. */
export function wordsOf(fc: FastCheck, vocabulary: NetpolVocabulary, hasUnknown: boolean): Words {
  const { keys, selectorKeys, values } = vocabulary
  const some = <T>(items: readonly T[]): Arbitrary<T> => fc.constantFrom(...items)
  const key = some([...keys, ...selectorKeys])
  const value = some(values)
  const expression = fc.oneof(
    fc.record({
      key,
      operator: some(['In', 'NotIn']),
      values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ key, operator: some(['Exists', 'DoesNotExist']) }),
  )
  return {
    fc,
    vocabulary,
    some,
    maybe: (arbitrary) => fc.option(arbitrary, { nil: undefined }),
    labels: fc.dictionary(some(keys), value, { maxKeys: keys.length }),
    selector: fc.oneof(
      { weight: 1, arbitrary: fc.constant({}) },
      {
        weight: 3,
        arbitrary: fc.record({ matchLabels: fc.dictionary(key, value, { minKeys: 1, maxKeys: 1 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }) }),
      },
    ),
    unknown: (entry) => (hasUnknown ? [fc.constant(entry)] : []),
  }
}
