import { strictly } from './strict-writes.js'
import { synchronous } from '../lang/synchronous.js'
import { produce } from 'immer'
import type { Draft } from '../api/kind/draft.js'
import type { KubeObject } from '../api/kind/definition.js'
import { isApiError } from '../client/api-error.js'
import type { Client, ObjectKey } from '../client/client.js'
import type { ResourceInputs, ResourceTypes } from '../client/built-in-kinds.js'
import type { BuiltInName, BuiltInResource, PluralOf, ResourceName } from '../client/resources.js'

const MAX_CONFLICTS = 5

type RequiredKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T]

/**
 * What `edit` gives to its recipe: the object as clients may send it, so that new parts need no defaults. The
 * top level has what every returned object has (`draft.spec` is there even where a client may leave it out).
 */
export type EditDraft<R extends BuiltInName> = DraftOf<PluralOf<R>>

type DraftOf<R extends BuiltInResource> = Draft<
  Omit<ResourceInputs[R], RequiredKeys<ResourceTypes[R]>> & {
    [K in RequiredKeys<ResourceTypes[R]> & keyof ResourceInputs[R]]-?: NonNullable<ResourceInputs[R][K]>
  }
>

/**
 * Reads an object, changes a draft of it and writes it back. After a conflict it reads again and repeats, up
 * to five times.
 */
export function editObject(
  client: Client,
  resource: ResourceName,
  key: ObjectKey,
  recipe: (draft: Draft<KubeObject>) => void,
): KubeObject {
  for (let conflicts = 0; ; conflicts++) {
    const current = client.get<string>(resource, key)
    const next = produce(current, (draft) =>
      synchronous(recipe(draft as Draft<KubeObject>), 'edit(): the recipe'),
    )
    try {
      return next === current ? current : client.update<string>(resource, next, strictly())
    } catch (error) {
      if (!isApiError(error, 'Conflict') || conflicts >= MAX_CONFLICTS) throw error
    }
  }
}
