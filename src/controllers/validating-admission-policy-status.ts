import type { ValidatingAdmissionPolicy } from '../api/admissionregistration/generated.js'
import { typeWarnings } from '../api/admissionregistration/type-checking.js'
import type { Scheme } from '../api/scheme.js'
import { isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { reconcileQueue } from './shared/queue.js'

/** The controller's name. */
const POLICY_STATUS_CONTROLLER: string = controllerName('validatingadmissionpolicy-status-controller')

/** The manager of what it applies. */
const MANAGER = 'validatingadmissionpolicy-status'

/** What the controller knows of kinds: the types that policies are checked against. */
interface PolicyStatusOptions {
  readonly scheme: Scheme
}

/**
 * Checks the expressions of each new generation of a ValidatingAdmissionPolicy against the types that it is
 * for, and says in its status what is doubtful. Source:
 * pkg/controller/validatingadmissionpolicystatus/controller.go.
 */
export function createPolicyStatusController({ scheme }: PolicyStatusOptions): Component {
  return {
    name: POLICY_STATUS_CONTROLLER,
    identity: controllerIdentity('validatingadmissionpolicy-status-controller'),
    setup: (host) => setUp(host, scheme),
  }
}

function setUp(host: ComponentHost, scheme: Scheme): void {
  const policies = host.informer('validatingadmissionpolicies')
  const queue = reconcileQueue(host, [policies], (name) => {
    const policy = policies.get(name)
    const generation = policy?.metadata.generation ?? 0
    if (policy === undefined || generation <= (policy.status.observedGeneration ?? 0)) return
    apply(host, policy, scheme)
  })
  policies.onChange(({ type, object }) => {
    if (type !== 'DELETED') queue.add(object.metadata.name as string)
  })
}

function apply({ client }: ComponentHost, policy: ValidatingAdmissionPolicy, scheme: Scheme): void {
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
    // it has been deleted since
    if (!isApiError(error, 'NotFound')) throw error
  }
}
