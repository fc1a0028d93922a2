const labels = { app: 'a' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'nginx' }] } }
const workload = { spec: { selector: { matchLabels: labels }, template } }
const autoscaler = {
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }, maxReplicas: 3 },
}
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/**
 * What objects of a kind have unless they have something else there, for kinds with rules between fields that
 * values made one by one do not meet. Metadata is always as here, since names follow from the spec.
 */
export const bases: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  DaemonSet: workload,
  Deployment: workload,
  ReplicaSet: workload,
  StatefulSet: workload,
  ReplicationController: { spec: { selector: labels, template } },
  PersistentVolumeClaim: {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  PersistentVolume: {
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/a' } },
  },
  Ingress: { spec: { defaultBackend: { service: { name: 'a', port: { number: 80 } } } } },
  HorizontalPodAutoscaler: autoscaler,
  VolumeAttachment: { spec: { source: { persistentVolumeName: 'a' } } },
  PriorityLevelConfiguration: { spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } },
  ResourceSlice: { spec: { allNodes: true } },
  IPAddress: { metadata: { name: '10.96.0.9' } },
  APIService: {
    metadata: { name: 'v1.a.example.com' },
    spec: { group: 'a.example.com', version: 'v1', service: { name: 'a', namespace: 'default' } },
  },
  CustomResourceDefinition: {
    metadata: { name: 'webs.a.example.com' },
    spec: {
      group: 'a.example.com',
      names: { plural: 'webs', singular: 'web', kind: 'Web', listKind: 'WebList' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open } }],
    },
  },
}
