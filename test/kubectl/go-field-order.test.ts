import { describe, expect, it } from 'vitest'
import { createScheme } from '../../src/api/scheme.js'
import { objectInGoOrder } from '../../src/kubectl/print/go-field-order.js'

const scheme = createScheme('v1.35')

/** Returns the keys of a member in the order in which kubectl prints them. */
function keysOf(apiVersion: string, kind: string, path: string, member: object): readonly string[] {
  const object = { apiVersion, kind, metadata: { name: 'x' }, [path]: member }
  const shown = objectInGoOrder(scheme, object) as Readonly<Record<string, object>>
  return Object.keys(shown[path] ?? {})
}

describe('objects of kinds that kubectl knows', () => {
  // fields whose place in the Go struct is not that of their protobuf number; Source: k8s.io/api types.go
  it.each([
    ['apps/v1', 'Deployment', 'status', 'unavailableReplicas terminatingReplicas conditions collisionCount'],
    [
      'apps/v1',
      'ReplicaSet',
      'status',
      'availableReplicas terminatingReplicas observedGeneration conditions',
    ],
    ['apps/v1', 'ReplicaSet', 'spec', 'replicas minReadySeconds selector template'],
    ['authorization.k8s.io/v1', 'SubjectAccessReview', 'status', 'allowed denied reason evaluationError'],
    ['authentication.k8s.io/v1', 'TokenReview', 'status', 'authenticated user audiences error'],
    ['v1', 'Pod', 'spec', 'volumes initContainers containers ephemeralContainers restartPolicy'],
    ['v1', 'Pod', 'status', 'observedGeneration phase conditions reason nominatedNodeName hostIP hostIPs'],
    ['v1', 'Service', 'spec', 'ports clusterIP clusterIPs type'],
    ['batch/v1', 'CronJob', 'spec', 'schedule timeZone startingDeadlineSeconds'],
    ['networking.k8s.io/v1', 'Ingress', 'spec', 'ingressClassName defaultBackend tls rules'],
  ])('%s %s print the fields of their %s in the order of Go', (apiVersion, kind, path, order) => {
    const names = order.split(' ')
    const member = Object.fromEntries(names.toSorted().map((name) => [name, {}]))
    expect(keysOf(apiVersion, kind, path, member)).toEqual(names)
  })
})
