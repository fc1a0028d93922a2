/**
 * The few fields of objects that the oracle reads, written down apart from the types of the code under test.
 */
export interface LabelSelector {
  readonly matchLabels?: Record<string, string>
  readonly matchExpressions?: readonly {
    key: string
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
    values?: readonly string[]
  }[]
}

export interface PodAffinityTerm {
  readonly labelSelector?: LabelSelector
  readonly namespaceSelector?: LabelSelector
  readonly namespaces?: readonly string[]
  readonly topologyKey: string
}

export interface TopologySpreadConstraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
  readonly labelSelector?: LabelSelector
  readonly minDomains?: number
  readonly nodeAffinityPolicy?: 'Honor' | 'Ignore'
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore'
}

interface Terms {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[]
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    weight: number
    podAffinityTerm: PodAffinityTerm
  }[]
}

export interface Pod {
  readonly metadata: {
    name: string
    namespace: string
    labels?: Record<string, string>
    deletionTimestamp?: string
  }
  readonly spec: {
    nodeName?: string
    nodeSelector?: Record<string, string>
    tolerations?: readonly { key: string; operator: 'Exists'; effect?: string }[]
    affinity?: { podAffinity?: Terms; podAntiAffinity?: Terms }
    topologySpreadConstraints?: readonly TopologySpreadConstraint[]
    containers: readonly { name: string; image?: string }[]
  }
}

export interface Node {
  readonly metadata: { name: string; labels?: Record<string, string> }
  readonly spec: { taints?: readonly { key: string; effect: string }[] }
  readonly status: { images?: readonly { names?: readonly string[]; sizeBytes?: number }[] }
}

export interface Namespace {
  readonly metadata: { name: string; labels?: Record<string, string> }
}

export interface Service {
  readonly metadata: { name: string; namespace: string }
  readonly spec: { selector: Record<string, string> }
}
