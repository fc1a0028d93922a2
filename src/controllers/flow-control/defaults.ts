import {
  defaultFlowControl,
  isDefaultName,
  mandatoryLevel,
  mandatorySchema,
} from '../../api/flowcontrol/default-objects.js'
import type { FlowSchema, PriorityLevelConfiguration } from '../../api/flowcontrol/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'

const MANAGER = 'api-priority-and-fairness-config-producer-v1'
const ANNOTATION = 'apf.kubernetes.io/autoupdate-spec'

/** An object of flow control. */
export type Configured = FlowSchema | PriorityLevelConfiguration
type Kind = 'flowschemas' | 'prioritylevelconfigurations'

/** Whether a change of an object leaves what the defaults must be: the creation of a default object. */
export const isAsDefault = (type: string, { metadata: { name = '', annotations } }: Configured): boolean =>
  type === 'ADDED' && annotations?.[ANNOTATION] === 'true' && isDefaultName(name)

/**
 * Creates the default objects of a kind that have been deleted, restores those that have been changed, unless
 * their annotation `apf.kubernetes.io/autoupdate-spec` is `false`, and deletes others whose annotation is
 * `true`. Source: pkg/registry/flowcontrol/rest/storage_flowcontrol.go, pkg/registry/flowcontrol/ensurer.
 */
export function ensureDefaults(
  { client, clock }: ComponentHost,
  resource: Kind,
  present: readonly Configured[],
): void {
  const kind = resource === 'flowschemas' ? 'FlowSchema' : 'PriorityLevelConfiguration'
  const all = defaultFlowControl(clock.now()) as readonly Configured[]
  const wanted = all.filter((object) => object.kind === kind)
  const options = { fieldManager: MANAGER }
  for (const { apiVersion: _version, status: _status, ...object } of wanted) {
    const found = present.find(({ metadata }) => metadata.name === object.metadata.name)
    if (found === undefined) client.create(resource, object, options)
    else {
      const next = restored(found, object)
      if (next !== undefined) client.update(resource, next, options)
    }
  }
  const names = new Set(wanted.map(({ metadata }) => metadata.name))
  for (const { metadata } of present)
    if (metadata.annotations?.[ANNOTATION] === 'true' && !names.has(metadata.name))
      ignoreNotFound(() => client.delete(resource, { name: metadata.name ?? '' }))
}

/** Returns what a default object must become; undefined if it may stay as it is. */
function restored(found: Configured, { spec: given }: Pick<Configured, 'spec'>): Configured | undefined {
  const fixed = fixedSpec(found)
  const spec = fixed ?? given
  const value = found.metadata.annotations?.[ANNOTATION]
  const isOurs =
    fixed !== undefined || value === 'true' || (value !== 'false' && (found.metadata.generation ?? 1) === 1)
  const isEqual = !isOurs || semanticEqual(found.spec, spec)
  if (isEqual && value === String(isOurs)) return undefined
  const annotations = { ...found.metadata.annotations, [ANNOTATION]: String(isOurs) }
  const metadata = { ...found.metadata, annotations }
  return { ...found, metadata, spec: isOurs ? spec : found.spec } as Configured
}

/** The spec of a mandatory object, which is restored whatever its annotation says. */
function fixedSpec({ metadata: { name = '' }, spec }: Configured): Configured['spec'] | undefined {
  return 'matchingPrecedence' in spec ? mandatorySchema(name) : mandatoryLevel(name, spec)
}
