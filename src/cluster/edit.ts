import { produce } from 'immer'
import type { Draft } from '../api/draft.js'
import { isApiError } from '../client/api-error.js'
import type { Client, ObjectKey } from '../client/client.js'
import type { ObjectOf, ResourceName } from '../client/resources.js'

const MAX_CONFLICTS = 5

/**
 * Reads an object, changes a draft of it and writes it back; reads again when someone else was faster, as
 * `kubectl edit` users do by hand.
 */
export function editObject<R extends ResourceName>(
  client: Client,
  resource: R,
  key: ObjectKey,
  recipe: (draft: Draft<ObjectOf<R>>) => void,
): ObjectOf<R> {
  for (let conflicts = 0; ; conflicts++) {
    const current = client.get(resource, key)
    const next = produce(current, (draft) => recipe(draft as Draft<ObjectOf<R>>))
    try {
      return next === current ? current : client.update(resource, next)
    } catch (error) {
      if (!isApiError(error, 'Conflict') || conflicts >= MAX_CONFLICTS) throw error
    }
  }
}
