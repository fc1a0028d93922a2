import type { KubeObject } from '../../api/kind/definition.js'
import { forbidden, notFound } from '../errors.js'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.js'

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public'])

interface Phased extends KubeObject {
  readonly status?: { readonly phase?: string }
}

/**
 * Refuses objects in missing namespaces, new objects in terminating ones, and the deletion of the three
 * system namespaces. Source: apiserver pkg/admission/plugin/namespace/lifecycle/admission.go.
 */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  mutate: (attributes, context) => {
    if (attributes.operation === 'CREATE')
      admitCreate(attributes, context.get<Phased>('namespaces', '', attributes.namespace))
  },
  validate: ({ operation, definition, name }) => {
    if (operation === 'DELETE' && definition.kind === 'Namespace' && IMMORTAL.has(name)) {
      throw forbidden(definition, name, 'this namespace may not be deleted')
    }
  },
}

function admitCreate(
  { definition, namespace, name, subresource }: AdmissionAttributes,
  found: Phased | undefined,
): void {
  if (!definition.namespaced || namespace === '') return
  // access reviews work in missing namespaces, too
  if (definition.resource === 'localsubjectaccessreviews') return
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace)
  // evictions and bindings are allowed, so that a namespace can be emptied
  if (subresource !== '' || found.status?.phase !== 'Terminating') return
  throw forbidden(
    definition,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  )
}
