import * as z from 'zod/mini'
import { argumentsCheck } from '../api/checked-input.js'
import type { CustomName, TypedName } from './resources.js'

const check = argumentsCheck('resourceName()', "resourceName<Widget>('widgets.example.com')", () => ({
  name: z.string().check(z.regex(/^[^.]+\..+$/, 'must be a plural and its group: widgets.example.com')),
}))

/**
 * Gives the name of a custom resource the type of its objects, for informers, controllers and clients. `T`
 * are the fields that its objects have besides `apiVersion`, `kind` and `metadata`.
 * @throws InputError for a name without a group
 * @example
 * ```ts
 * const widgets = resourceName<{ spec: { size: number } }>('widgets.example.com')
 * const spec = cluster.client.get(widgets, { namespace: 'default', name: 'w' }).spec // { size: number }
 * // in defineController: informers: { widgets: { resource: widgets } }
 * ```
 */
export function resourceName<T>(name: CustomName): TypedName<T> {
  check([name])
  return name as TypedName<T>
}
