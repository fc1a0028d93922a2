import type { ValidatingAdmissionPolicy } from '../api/admissionregistration/generated.js'
import { typeWarnings } from '../api/admissionregistration/type-checking.js'
import type { Scheme } from '../api/scheme.js'
import { isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { keyOf } from '../client/informers/object-index.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'

/** Field manager of the status that the controller applies. */
const MANAGER = 'validatingadmissionpolicy-status'

/** Options of {@link createPolicyStatusController}. */
interface PolicyStatusOptions {
  /** Types that expressions are checked against. */
  readonly scheme: Scheme
}

/**
 * Creates the controller that type-checks the expressions of each new generation of a
 * ValidatingAdmissionPolicy and reports warnings in its status. Source:
 * pkg/controller/validatingadmissionpolicystatus/controller.go.
 */
export function createPolicyStatusController({ scheme }: PolicyStatusOptions): Component {
  return builtInController({
    name: controllerName('validatingadmissionpolicy-status-controller'),
    identity: controllerIdentity('validatingadmissionpolicy-status-controller'),
    informers: { policies: { resource: 'validatingadmissionpolicies' } },
    setup: ({ host, informers: { policies } }) => ({
      on: { policies: ({ type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]) },
      reconcile(name) {
        const policy = policies.get(name)
        const generation = policy?.metadata.generation ?? 0
        if (policy === undefined || generation <= (policy.status.observedGeneration ?? 0)) return
        applyStatus(host, policy, scheme)
      },
    }),
  })
}

function applyStatus({ client }: ComponentHost, policy: ValidatingAdmissionPolicy, scheme: Scheme): void {
  const { name = '', generation } = policy.metadata
  const expressionWarnings = typeWarnings(policy, scheme)
  const body = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    status: {
      observedGeneration: generation,
      typeChecking: expressionWarnings.length === 0 ? {} : { expressionWarnings },
    },
  }
  try {
    client.patch(
      'validatingadmissionpolicies',
      { name },
      { type: 'apply', body },
      { fieldManager: MANAGER, force: true, subresource: 'status' },
    )
  } catch (error) {
    // the policy has been deleted meanwhile
    if (!isApiError(error, 'NotFound')) throw error
  }
}
