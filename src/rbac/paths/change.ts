import { parseApiVersion } from '../../api/api-version.js'
import type { AccessAction } from '../evaluate.js'
import type { CallStep } from './path.js'
import { prefixOf } from './path.js'
import type { SubjectView } from './subject-view.js'

/** An object, which may not exist yet. */
export interface ObjectPlace {
  /** `apps/v1`, `v1`. */
  readonly groupVersion: string
  readonly resource: string
  readonly subresource?: string
  /** '' for a cluster-scoped object. */
  readonly namespace: string
  readonly name: string
}

/** Returns the query for a verb on the object. */
export function queryFor(
  verb: string,
  { groupVersion, resource, subresource, namespace, name }: ObjectPlace,
): AccessAction {
  return {
    verb,
    apiGroup: parseApiVersion(groupVersion).group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(verb === 'create' && subresource === undefined ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
  }
}

/** Returns the path of a request for the object. */
export function pathOf({ groupVersion, resource, subresource, namespace, name }: ObjectPlace): string {
  return (
    `${prefixOf(groupVersion, namespace)}${resource}/` +
    `${name}${subresource === undefined ? '' : `/${subresource}`}`
  )
}

/** Returns the step that creates the object; undefined if the subject is not allowed to. */
export function creation(view: SubjectView, place: ObjectPlace, body: object): CallStep | undefined {
  const needs = queryFor('create', place)
  if (!view.may(needs)) return undefined
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
  view: SubjectView,
  place: ObjectPlace,
  body: object,
  at: number,
): readonly CallStep[] | undefined {
  const { subresource: _subresource, ...whole } = place
  const [patch, update, get] = [queryFor('patch', place), queryFor('update', place), queryFor('get', whole)]
  const does =
    `change ${place.resource}${place.subresource === undefined ? '' : `/${place.subresource}`} ` +
    `${place.name}`
  const path = pathOf(place)
  if (view.may(patch))
    return [{ step: 'call', by: 'self', does, needs: [patch], method: 'PATCH', path, body }]
  if (!view.may(update, get)) return undefined
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
export function reading(view: SubjectView, place: ObjectPlace): CallStep | undefined {
  const needs = queryFor('get', place)
  return view.may(needs)
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
