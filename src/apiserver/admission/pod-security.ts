import type { Namespace, Pod, PodTemplateSpec } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { CheckViolation, PodLike } from '../../api/pod-security/check.js'
import { evaluatePodSecurity, findingsText } from '../../api/pod-security/evaluate.js'
import {
  levelText,
  podSecurityLabelFaults,
  podSecurityPolicy,
  sameLevel,
  strictness,
  type PodSecurityPolicyLabels,
  type LevelVersion,
} from '../../api/pod-security/policy.js'
import type { Minor } from '../../api/releases.js'
import { forbidden, invalid } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'

/** Kinds with pod templates, for which the plugin only warns. */
const WORKLOADS = [
  'replicationcontrollers',
  'podtemplates',
  'replicasets',
  'deployments',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
]

/**
 * Pod Security Admission: enforces the level of the namespace's labels on pods, and warns of pods, of
 * templates, and of existing pods when the labels change. Source: k8s.io/pod-security-admission
 * admission/admission.go.
 */
export const podSecurity = (server: Minor): AdmissionPlugin => ({
  name: 'PodSecurity',
  resources: ['namespaces', 'pods', 'pods/ephemeralcontainers', ...WORKLOADS],
  validate: (attributes, context) => {
    if (attributes.operation !== 'CREATE' && attributes.operation !== 'UPDATE') return
    const { resource } = attributes.definition
    // a server knows no rules that are newer than itself
    const evaluate: Evaluate = (pod, { level, minor }) =>
      evaluatePodSecurity(pod, { level, minor: Math.min(minor, server) })
    if (resource === 'namespaces') return admitNamespace(attributes, context, evaluate)
    const namespace = context.get<Namespace>('namespaces', '', attributes.namespace)
    const { labels } = namespace?.metadata ?? {}
    const policy = labels === undefined ? undefined : podSecurityPolicy(labels)
    if (policy === undefined || isPrivileged(policy)) {
      if (resource === 'pods') attributes.annotate(ENFORCED, 'privileged:latest')
    } else if (resource === 'pods') admitPod(attributes, policy, evaluate)
    else examineTemplate(attributes, policy, evaluate)
  },
})

type Evaluate = (pod: PodLike, level: LevelVersion) => readonly CheckViolation[]

const ENFORCED = 'pod-security.kubernetes.io/enforce-policy'
const VIOLATIONS = 'pod-security.kubernetes.io/audit-violations'

const isPrivileged = ({ enforce, audit, warn: warned }: PodSecurityPolicyLabels): boolean =>
  [enforce, audit, warned].every(({ level }) => level === 'privileged')

function admitPod(
  attributes: AdmissionAttributes,
  policy: PodSecurityPolicyLabels,
  evaluate: Evaluate,
): void {
  const [pod, old] = [attributes.object as Pod, attributes.old as Pod | undefined]
  if (old !== undefined && !isSignificant(pod, old)) return
  attributes.annotate(ENFORCED, levelText(policy.enforce))
  const findings = evaluate(pod, policy.enforce)
  audit(attributes, pod, policy, evaluate)
  if (findings.length > 0) {
    throw forbidden(
      attributes.definition,
      attributes.name,
      `violates PodSecurity "${levelText(policy.enforce)}": ${findingsText(findings)}`,
    )
  }
  warn(attributes, pod, policy, evaluate)
}

/**
 * Whether an update changes what the checks look at: containers (images, ephemeral ones) or AppArmor
 * annotations. Source: isSignificantPodUpdate.
 */
function isSignificant({ metadata, spec }: Pod, { metadata: before, spec: was }: Pod): boolean {
  return (
    (['containers', 'initContainers', 'ephemeralContainers'] as const).some(
      (list) => spec[list] !== was[list] && !semanticEqual(spec[list], was[list]),
    ) ||
    (metadata.annotations !== before.annotations && !semanticEqual(metadata.annotations, before.annotations))
  )
}

interface Templated extends KubeObject {
  readonly template?: PodTemplateSpec
  readonly spec?: {
    readonly template?: PodTemplateSpec
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } }
  }
}

function examineTemplate(
  attributes: AdmissionAttributes,
  policy: PodSecurityPolicyLabels,
  evaluate: Evaluate,
): void {
  const { template, spec } = attributes.object as Templated
  const found = template ?? spec?.template ?? spec?.jobTemplate?.spec?.template
  if (found?.spec === undefined) return
  audit(attributes, found as PodLike, policy, evaluate)
  warn(attributes, found as PodLike, policy, evaluate)
}

function audit(
  { annotate }: AdmissionAttributes,
  pod: PodLike,
  { audit: level }: PodSecurityPolicyLabels,
  evaluate: Evaluate,
): void {
  const findings = evaluate(pod, level)
  if (findings.length > 0)
    annotate(VIOLATIONS, `would violate PodSecurity "${levelText(level)}": ${findingsText(findings)}`)
}

function warn(
  { warn: tell }: AdmissionAttributes,
  pod: PodLike,
  { warn: level }: PodSecurityPolicyLabels,
  evaluate: Evaluate,
): void {
  const findings = evaluate(pod, level)
  if (findings.length > 0) tell(`would violate PodSecurity "${levelText(level)}": ${findingsText(findings)}`)
}

function admitNamespace(
  attributes: AdmissionAttributes,
  context: AdmissionContext,
  evaluate: Evaluate,
): void {
  if (attributes.subresource !== '') return
  const { labels } = (attributes.object as Namespace).metadata
  const before = attributes.old?.metadata.labels
  const faults = podSecurityLabelFaults(labels)
  // labels that were invalid before may stay
  if (faults.length > 0 && !semanticEqual(faults, podSecurityLabelFaults(before))) {
    throw invalid({ group: '', kind: 'Namespace' }, attributes.name, faults)
  }
  if (attributes.old === undefined || labels === before) return
  const [next, was] = [podSecurityPolicy(labels).enforce, podSecurityPolicy(before).enforce]
  const isEased = next.minor === was.minor && strictness(next) <= strictness(was)
  if (next.level !== 'privileged' && !sameLevel(next, was) && !isEased)
    warnOfExistingPods(attributes, context, next, evaluate)
}

/** Most existing pods that are checked. */
const MOST_PODS = 3_000

/**
 * Warns of existing pods that a namespace's new level would refuse. Source: admission.go
 * EvaluatePodsInNamespace.
 */
function warnOfExistingPods(
  { name, warn }: AdmissionAttributes,
  context: AdmissionContext,
  level: LevelVersion,
  evaluate: Evaluate,
): void {
  const pods = context.list<Pod>('pods', name)
  const looked = pods.slice(0, MOST_PODS)
  const groups = new Map<string, string[]>()
  for (const pod of looked) {
    const reasons = evaluate(pod, level)
      .map(({ reason }) => reason)
      .join(', ')
    if (reasons === '') continue
    const group = groups.get(reasons)
    if (group === undefined) groups.set(reasons, [pod.metadata.name as string])
    else group.push(pod.metadata.name as string)
  }
  if (looked.length < pods.length) {
    warn(
      `new PodSecurity enforce level only checked against the first ${looked.length} of ` +
        `${pods.length} existing pods`,
    )
  }
  if (groups.size === 0) return
  warn(`existing pods in namespace "${name}" violate the new PodSecurity enforce level "${levelText(level)}"`)
  for (const text of [...groups].map(([reasons, names]) => `${namesText(names)}: ${reasons}`).sort())
    warn(text)
}

/** `web-1 (and 2 other pods)` */
function namesText([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first
  return `${first} (and ${others.length} other pod${others.length === 1 ? '' : 's'})`
}
