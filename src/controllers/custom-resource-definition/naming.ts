import { quote } from '../../lang/go/quote.js'
import type { NewCondition } from '../../api/apiextensions/conditions.js'
import { isConditionTrue, withCondition } from '../../api/apiextensions/conditions.js'
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
} from '../../api/apiextensions/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { UserInfo } from '../../client/client.js'
import type { Component, ComponentHost } from '../../client/component.js'

const CRDS = 'customresourcedefinitions'
/** The user of the controllers that run inside the apiserver. */
export const APISERVER: UserInfo = { name: 'system:apiserver', groups: ['system:masters'] }

/**
 * Creates the controller that accepts the names of CRDs unless another CRD uses them, reports this in their
 * conditions, and then establishes them. Source: apiextensions pkg/controller/status/naming_controller.go and
 * pkg/controller/establish.
 */
export function createCrdNamingController(): Component {
  return { name: 'kube-apiserver/crd-naming-condition-controller', identity: APISERVER, setup: setUp }
}

function setUp(host: ComponentHost): void {
  const { client, clock } = host
  const informer = host.informer<string>(CRDS)
  const read = (name: string): CustomResourceDefinition | undefined =>
    ignoreNotFound(() => client.get<string>(CRDS, { name })) as CustomResourceDefinition | undefined
  const write = (
    crd: CustomResourceDefinition,
    status: Partial<CustomResourceDefinition['status']>,
  ): void => {
    client.updateStatus<string>(CRDS, {
      ...crd,
      status: { ...crd.status, ...status },
    } as CustomResourceDefinition)
  }
  const naming = host.workQueue('names', (name) => {
    const crd = read(name)
    if (crd === undefined) return
    const others = (informer.list() as readonly CustomResourceDefinition[]).filter(
      ({ metadata, spec }) => metadata.name !== name && spec.group === crd.spec.group,
    )
    const { accepted, conditions } = namesOf(crd, others)
    const next = conditions.reduce(
      (list, condition) => withCondition(list, condition, clock.now()),
      crd.status.conditions ?? [],
    )
    if (semanticEqual(accepted, crd.status.acceptedNames) && semanticEqual(next, crd.status.conditions))
      return
    write(crd, { acceptedNames: accepted, conditions: next })
    for (const { metadata } of others) naming.add(metadata.name ?? '')
  })
  const establishing = host.workQueue('establish', (name) => {
    const crd = read(name)
    if (crd === undefined || !isConditionTrue(crd, 'NamesAccepted') || isConditionTrue(crd, 'Established'))
      return
    const established: NewCondition = {
      type: 'Established',
      status: 'True',
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    }
    write(crd, { conditions: withCondition(crd.status.conditions ?? [], established, clock.now()) })
  })
  informer.onChange(({ type, object }) => {
    const crd = object as CustomResourceDefinition
    const name = crd.metadata.name ?? ''
    if (type === 'DELETED') {
      // other CRDs of the group may wait for the names that are now free
      for (const other of informer.list() as readonly CustomResourceDefinition[]) {
        if (other.spec.group === crd.spec.group) naming.add(other.metadata.name ?? '')
      }
      return
    }
    naming.add(name)
    if (isConditionTrue(crd, 'NamesAccepted') && !isConditionTrue(crd, 'Established')) establishing.add(name)
  })
}

/** Returns the accepted names and the conditions of a CRD. Source: calculateNamesAndConditions. */
function namesOf(
  { spec: { names }, status }: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
): { readonly accepted: CustomResourceDefinitionNames; readonly conditions: readonly NewCondition[] } {
  const taken = others.map((other) => other.status.acceptedNames)
  const resources = new Set(
    taken.flatMap(({ plural, singular = '', shortNames = [] }) => [plural, singular, ...shortNames]),
  )
  const kinds = new Set(taken.flatMap(({ kind, listKind = '' }) => [kind, listKind]))
  const old = status.acceptedNames
  const accepted: Record<string, unknown> = { ...old }
  let fault: NewCondition | undefined
  const accept = (
    name: 'plural' | 'singular' | 'kind' | 'listKind',
    reason: string,
    used: ReadonlySet<string>,
  ): void => {
    const wanted = names[name]
    if (wanted !== undefined && wanted !== old[name] && used.has(wanted))
      fault = conflictOf(reason, `${quote(wanted)} is already in use`)
    else if (wanted !== undefined) accepted[name] = wanted
  }
  accept('plural', 'PluralConflict', resources)
  accept('singular', 'SingularConflict', resources)
  const shortNames = names.shortNames ?? []
  const oldNames = new Set(old.shortNames)
  const bad = shortNames.filter((name) => !oldNames.has(name) && resources.has(name))
  if (bad.length > 0) {
    const texts = [...new Set(bad.map((name) => `${quote(name)} is already in use`))]
    fault = conflictOf('ShortNamesConflict', texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`)
  } else if (shortNames.length > 0) accepted['shortNames'] = shortNames
  else delete accepted['shortNames']
  accept('kind', 'KindConflict', kinds)
  accept('listKind', 'ListKindConflict', kinds)
  if (names.categories === undefined) delete accepted['categories']
  else accepted['categories'] = names.categories
  return {
    accepted: accepted as unknown as CustomResourceDefinitionNames,
    conditions: conditionsOf(status, fault),
  }
}

const conflictOf = (reason: string, message: string): NewCondition => ({
  type: 'NamesAccepted',
  status: 'False',
  reason,
  message,
})

function conditionsOf(
  { conditions }: CustomResourceDefinition['status'],
  fault: NewCondition | undefined,
): readonly NewCondition[] {
  const names: NewCondition = fault ?? {
    type: 'NamesAccepted',
    status: 'True',
    reason: 'NoConflicts',
    message: 'no conflicts found',
  }
  const established = conditions?.find(({ type }) => type === 'Established')
  if (established?.status === 'True') return [names]
  if (fault === undefined) {
    return [
      names,
      {
        type: 'Established',
        status: 'False',
        reason: 'Installing',
        message: 'the initial names have been accepted',
      },
    ]
  }
  if (established !== undefined) return [names]
  return [
    names,
    { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
  ]
}
