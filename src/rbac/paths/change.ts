import type { AccessQuestion } from '../evaluate.js'
import type { CallStep } from './path.js'
import { prefixOf } from './path.js'
import type { World } from './world.js'

/** An object, which may not exist yet. */
export interface Place {
  /** `apps/v1`, `v1`. */
  readonly groupVersion: string
  readonly resource: string
  readonly subresource?: string
  /** '' for a cluster-scoped object. */
  readonly namespace: string
  readonly name: string
}

/** Returns the query for a verb on the object. */
export function asking(
  verb: string,
  { groupVersion, resource, subresource, namespace, name }: Place,
): AccessQuestion {
  const [group = '', version] = groupVersion.split('/')
  return {
    verb,
    apiGroup: version === undefined ? '' : group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(verb === 'create' && subresource === undefined ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
  }
}

/** Returns the path of a request for the object. */
export function pathOf({ groupVersion, resource, subresource, namespace, name }: Place): string {
  return (
    `${prefixOf(groupVersion, namespace)}${resource}/` +
    `${name}${subresource === undefined ? '' : `/${subresource}`}`
  )
}

/** Returns the step that creates the object; undefined if the subject is not allowed to. */
export function creation(world: World, place: Place, body: object): CallStep | undefined {
  const needs = asking('create', place)
  if (!world.may(needs)) return undefined
  const { groupVersion, resource, subresource, namespace, name } = place
  const path = subresource === undefined ? `${prefixOf(groupVersion, namespace)}${resource}` : pathOf(place)
  return {
    step: 'call',
    by: 'self',
    does: `create ${resource}${subresource === undefined ? '' : `/${subresource}`} ${name}`,
    needs: [needs],
    method: 'POST',
    path,
    body,
  }
}

/**
 * Returns the steps that merge fields into an existing object, by PATCH, or by GET and PUT; undefined if the
 * subject is allowed neither. `at` is the number of preceding steps.
 */
export function change(
  world: World,
  place: Place,
  body: object,
  at: number,
): readonly CallStep[] | undefined {
  const { subresource: _subresource, ...whole } = place
  const [patch, update, get] = [asking('patch', place), asking('update', place), asking('get', whole)]
  const does =
    `change ${place.resource}${place.subresource === undefined ? '' : `/${place.subresource}`} ` +
    `${place.name}`
  const path = pathOf(place)
  if (world.may(patch))
    return [{ step: 'call', by: 'self', does, needs: [patch], method: 'PATCH', path, body }]
  if (!world.may(update, get)) return undefined
  return [
    {
      step: 'call',
      by: 'self',
      does: `read ${place.resource} ${place.name}`,
      needs: [get],
      method: 'GET',
      path: pathOf(whole),
    },
    { step: 'call', by: 'self', does, needs: [update], method: 'PUT', path, body, onto: at },
  ]
}

/**
 * Returns the step that reads the object, directly or from a list that contains only it; undefined if the
 * subject is allowed neither.
 */
export function reading(world: World, place: Place): CallStep | undefined {
  const needs = asking('get', place)
  return world.may(needs)
    ? {
        step: 'call',
        by: 'self',
        does: `read ${place.resource} ${place.name}`,
        needs: [needs],
        method: 'GET',
        path: pathOf(place),
      }
    : undefined
}
