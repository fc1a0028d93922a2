import type { KubeObject } from '../api/kind/definition.js'
import { trackApply, trackUpdate } from './apply/field-manager.js'
import type { Managers } from './apply/managers.js'
import { fieldFilter } from './apply/owned-fields.js'
import { creatorsOf, trackedKind } from './registry/managed-fields.js'
import type { Resource, Resources } from './registry/resources.js'

/** Who fills which part of the objects of a kind after their creation. */
interface Filler {
  readonly part: 'rules' | 'status'
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
}

const APISERVER = 'kube-apiserver'
const FLOW_PRODUCER = 'api-priority-and-fairness-config-producer-v1'
const FLOW_CONSUMER = 'api-priority-and-fairness-config-consumer-v1'

/** Who creates the objects of a kind, if not {@link APISERVER}. */
const CREATORS: Readonly<Record<string, string>> = {
  flowschemas: FLOW_PRODUCER,
  prioritylevelconfigurations: FLOW_PRODUCER,
}

const FILLERS: Readonly<Record<string, Filler>> = {
  clusterroles: { part: 'rules', manager: 'clusterrole-aggregation-controller', operation: 'Apply' },
  flowschemas: { part: 'status', manager: FLOW_CONSUMER, operation: 'Apply' },
  apiservices: { part: 'status', manager: APISERVER, operation: 'Update' },
}

/** Before v1.24 the status of FlowSchemas was patched, not applied. */
function fillerOf(name: string, { release }: Resources): Filler | undefined {
  const filler = FILLERS[name]
  return name === 'flowschemas' && filler !== undefined && !release.has('flowStatusApplied')
    ? { ...filler, operation: 'Update' }
    : filler
}

type Template = KubeObject & {
  readonly rules?: unknown
  readonly status?: unknown
  readonly aggregationRule?: unknown
}

/**
 * Returns the managers that an object of a new cluster has when everybody who makes it has done so, at a time
 * (RFC 3339). `creator` is by default the apiserver, or its part that has the kind. Source: the managers of
 * kube-apiserver's post-start hooks, apiserver pkg/util/flowcontrol.
 */
export function defaultManagers(
  resources: Resources,
  resource: Resource,
  template: Template,
  { creator, time }: { readonly creator: string | undefined; readonly time: string },
): Managers {
  const { resource: name, definition, apiVersion } = resource
  const manager = creator ?? CREATORS[name] ?? APISERVER
  const filler = fillerOf(name, resources)
  const isFilled =
    filler !== undefined &&
    template[filler.part] !== undefined &&
    (filler.part === 'status' || template.aggregationRule !== undefined)
  if (!isFilled) return creatorsOf(resources, resource, template, { manager, time })
  const { [filler.part]: filled, ...made } = template
  const created = creatorsOf(resources, resource, made, { manager, time })
  const subresource = filler.part === 'status' ? 'status' : undefined
  const filter = fieldFilter(definition, subresource ?? '')
  const write = { manager: filler.manager, subresource, time, filter }
  const kind = trackedKind(resources, resource)
  if (filler.operation === 'Update') return trackUpdate(kind, write, made, template, created)
  const { name: objectName } = template.metadata
  const config = { apiVersion, kind: definition.kind, metadata: { name: objectName }, [filler.part]: filled }
  return trackApply(kind, write, made, config, created, true).managers
}
