import { defineKind, proxyOf, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Pod } from './generated.js'
import { podColumns } from './pods/pod-columns.js'
import { setPodDefaults } from './pods/pod-defaults.js'
import { podStrategy, podStrategyIn } from './pods/pod-strategy.js'
import { validatePod } from './validation/pod-spec.js'
import { validatePodUpdate } from './validation/pod-update.js'

/** v1 Pod. */
export const podDefinition: KindDefinition<Pod> = defineKind<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  storagePrefix: '/registry/pods',
  subresources: [
    { name: 'attach', kind: 'PodAttachOptions', group: '', version: 'v1', verbs: ['create', 'get'] },
    { name: 'binding', kind: 'Binding', group: '', version: 'v1', verbs: ['create'] },
    { name: 'ephemeralcontainers', kind: 'Pod', group: '', version: 'v1', verbs: ['get', 'patch', 'update'] },
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', group: '', version: 'v1', verbs: ['create', 'get'] },
    { name: 'log', kind: 'Pod', group: '', version: 'v1', verbs: ['get'] },
    {
      name: 'portforward',
      kind: 'PodPortForwardOptions',
      group: '',
      version: 'v1',
      verbs: ['create', 'get'],
    },
    proxyOf('PodProxyOptions'),
    { name: 'resize', kind: 'Pod', group: '', version: 'v1', verbs: ['get', 'patch', 'update'] },
    statusOf('', 'v1', 'Pod'),
  ],
  setDefaults: setPodDefaults,
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  strategy: podStrategy,
  inRelease: (definition, release) => ({ ...definition, strategy: podStrategyIn(release) }),
  columns: podColumns,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIPs?.[0]?.ip ?? status.podIP ?? '',
    'status.podIPs': ({ status }) => status.podIPs?.map(({ ip }) => ip).join(',') ?? '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
    'spec.host': ({ spec }) => spec.nodeName ?? '',
  },
})
