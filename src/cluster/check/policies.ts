import type { ConfigMap, Service } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { labelMapMatches } from '../../api/selectors/labels.js'
import { evaluateModel, readWorld, worldOf } from '../../netpol/index.js'
import type { Model, NetworkPolicyModel, PodModel, World, WorldPod } from '../../netpol/index.js'
import type { SimCluster } from '../sim-cluster.js'
import type { VersionFinding } from './finding.js'
import { type Loaded, ofKind } from './load.js'
import type { Makers } from './makers.js'
import { findingAt, nameOf } from './read-manifests.js'
import { allContainers, isSelected, runningContainers, type LoadedTemplate } from './templates.js'

/** What policies are judged by. */
export interface PolicyContext {
  readonly cluster: SimCluster
  readonly loaded: readonly Loaded[]
  readonly templates: readonly LoadedTemplate[]
  readonly makers: Makers
}

/** The pods of cluster DNS, as kubeadm installs them. */
const DNS_POD: WorldPod = {
  metadata: { name: 'kube-dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  spec: { containers: [{ ports: [{ containerPort: 53, name: 'dns', protocol: 'UDP' }] }] },
}

const pathOfObject = ({ metadata: { namespace = '', name = '' } }: KubeObject): string =>
  `${namespace}/${name}`

/** A template with a pod that stands for all of it. */
interface Sample {
  readonly template: LoadedTemplate
  /** `namespace/name` in the world. */
  readonly key: string
}

interface Sampled extends PolicyContext {
  readonly model: Model
  readonly samples: readonly Sample[]
}

/** The cluster with one pod for each template, besides those that are there. */
function sampled(context: PolicyContext): Sampled {
  const { cluster, templates } = context
  const stored = worldOf(cluster)
  const samples = templates.map((template, at) => ({ template, key: `${template.namespace}/check-${at}` }))
  const pods = samples.map(({ template: { namespace, labels, spec } }, at): WorldPod => ({
    metadata: { name: `check-${at}`, namespace, labels },
    spec: { containers: spec.containers, hostNetwork: spec.hostNetwork === true },
  }))
  const world: World = { ...stored, pods: [DNS_POD, ...pods] }
  return { ...context, model: readWorld(world), samples }
}

const policyOf = (loaded: readonly Loaded[], { namespace, name }: NetworkPolicyModel): Loaded | undefined =>
  loaded.find(
    ({ object }) =>
      object.kind === 'NetworkPolicy' &&
      object.metadata.namespace === namespace &&
      object.metadata.name === name,
  )

/** Returns the connections that network policies cut and that manifests need. */
export function findCuts(given: PolicyContext): readonly VersionFinding[] {
  if (!given.loaded.some(({ object }) => object.kind?.endsWith('NetworkPolicy') === true)) return []
  const context = sampled(given)
  const services = ofKind(context.loaded, 'Service')
  const closed = services.map((service) => ({ service, found: closedService(service, context) }))
  // a Service that nothing reaches is reported itself, and not once more for each pod that needs it
  const open = closed.filter(({ found }) => found.length === 0).map(({ service }) => service)
  return [
    ...closed.flatMap(({ found }) => found),
    ...withoutDns(context),
    ...context.samples.flatMap((sample) => cutNeeds(sample, open, context)),
  ]
}

/** The policies that decide who may connect to a pod. */
const ingressPolicies = ({ model }: Sampled, pod: PodModel): readonly NetworkPolicyModel[] =>
  (model.networkPolicies.get(pod.namespace) ?? []).filter(
    ({ ingress, pods }) => ingress !== undefined && pods.matches(pod.labels),
  )

/** Whether a rule may let anybody in, also somebody who is not among the manifests. */
function letsSomebodyIn(
  rule: NonNullable<NetworkPolicyModel['ingress']>[number],
  policy: NetworkPolicyModel,
  { model, makers }: Sampled,
): boolean {
  return (rule.peers ?? [undefined]).some((peer) => {
    if (peer?.kind !== 'pods' || peer.namespaces !== undefined || makers.hasCustomObjects) return true
    return [...model.pods.values()].some(
      (pod) => pod.namespace === policy.namespace && (peer.pods?.matches(pod.labels) ?? true),
    )
  })
}

type PolicyPort = NonNullable<NonNullable<NetworkPolicyModel['ingress']>[number]['ports']>[number]

function coversPort(
  ports: readonly PolicyPort[] | undefined,
  port: number,
  protocol: string,
  pod: PodModel,
): boolean {
  return (ports ?? [undefined]).some((each) => {
    if (each === undefined) return true
    if (each.kind === 'unknown') return false
    if (each.protocol !== undefined && each.protocol !== protocol) return false
    if (each.kind === 'all') return true
    if (each.kind === 'range') return each.first <= port && port <= each.last
    return pod.ports.some((named) => named.name === each.name && named.port === port)
  })
}

/** The port of a pod behind a port of a Service; undefined if it has none of that name. */
function targetOf(template: LoadedTemplate, targetPort: number | string): number | undefined {
  if (typeof targetPort === 'number' || /^\d+$/.test(targetPort)) return Number(targetPort)
  return runningContainers(template)
    .flatMap(({ ports }) => ports ?? [])
    .find(({ name }) => name === targetPort)?.containerPort
}

/** A Service whose port no policy lets anybody use. */
function closedService(service: Loaded, context: Sampled): readonly VersionFinding[] {
  const { spec, metadata } = service.object as Service
  const behind = context.samples.filter(
    ({ template }) =>
      template.namespace === metadata.namespace &&
      Object.keys(spec?.selector ?? {}).length > 0 &&
      isSelected(spec.selector, template.labels) &&
      template.spec.hostNetwork !== true,
  )
  return (spec?.ports ?? []).flatMap(({ port, targetPort = port, protocol = 'TCP' }) => {
    const closed = behind.map(({ template, key }) => {
      const pod = context.model.pods.get(key)
      const target = targetOf(template, targetPort)
      if (pod === undefined || target === undefined) return undefined
      const policies = ingressPolicies(context, pod)
      const rules = policies.flatMap((policy) => (policy.ingress ?? []).map((rule) => ({ policy, rule })))
      const covering = rules.filter(({ rule }) => coversPort(rule.ports, target, protocol, pod))
      if (covering.some(({ rule, policy }) => letsSomebodyIn(rule, policy, context))) return undefined
      return policies.length === 0
        ? undefined
        : { policies, target, isPort: covering.length === 0 && rules.length > 0 }
    })
    const [first] = closed
    if (first === undefined || closed.includes(undefined)) return []
    const names = first.policies.map(({ name }) => name).join(', ')
    const source = policyOf(context.loaded, first.policies[0] as NetworkPolicyModel)?.source ?? service.source
    const to = first.target === port ? '' : ` (${first.target} of its pods)`
    const why = first.isPort
      ? `no rule has port ${first.target}`
      : 'no rule lets in a pod, namespace or address that there is'
    return [
      findingAt(source, {
        rule: 'policy-cut',
        message:
          `nobody may connect to port ${port}${to} of Service ${pathOfObject(service.object)}: ` +
          `NetworkPolicy ${names} selects its pods, and ${why}`,
        line: source.lines.ofPath(['spec', 'ingress']),
      }),
    ]
  })
}

/** Pods that policies keep from DNS, though they may open other connections or need a Service. */
function withoutDns(context: Sampled): readonly VersionFinding[] {
  const told = new Set<string>()
  return context.samples.flatMap((sample) => {
    const pod = context.model.pods.get(sample.key)
    if (pod === undefined || sample.template.spec.hostNetwork === true) return []
    const policies = (context.model.networkPolicies.get(pod.namespace) ?? []).filter(
      ({ egress, pods }) => egress !== undefined && pods.matches(pod.labels),
    )
    const isMeant =
      policies.some(({ egress }) => (egress ?? []).length > 0) ||
      mentions(sample.template, context).length > 0
    const [policy] = policies
    if (policy === undefined || !isMeant || !needsDns(policies)) return []
    const query = { from: sample.key, to: 'kube-system/kube-dns', port: 53, protocol: 'UDP' } as const
    if (evaluateModel(context.model, query).allowed) return []
    const source = policyOf(context.loaded, policy)?.source
    const key = `${policy.namespace}/${policy.name}`
    if (source === undefined || told.has(key)) return []
    told.add(key)
    return [
      findingAt(source, {
        rule: 'policy-cut',
        message:
          `${nameOf(sample.template.owner.object)} cannot resolve names: allow egress to port 53 of UDP ` +
          'and TCP in kube-system, k8s-app=kube-dns',
        line: source.lines.ofPath(['spec', 'egress']),
      }),
    ]
  })
}

/** Whether policies let out anybody to somewhere that has a name: peers of addresses alone need none. */
const needsDns = (policies: readonly NetworkPolicyModel[]): boolean => {
  const rules = policies.flatMap(({ egress }) => egress ?? [])
  return (
    rules.length === 0 || rules.some(({ peers }) => peers?.every(({ kind }) => kind === 'blocks') !== true)
  )
}

/** A Service that the settings of a pod name. */
interface Mention {
  readonly service: Loaded
  /** The port that is named with it; undefined for all of them. */
  readonly port: number | undefined
  /** `env DB_HOST` */
  readonly where: string
}

function mentions(template: LoadedTemplate, { loaded, cluster }: PolicyContext): readonly Mention[] {
  const services = loaded.filter(({ object, served }) => object.kind === 'Service' && !served.isCustom)
  const texts = settingsOf(template, cluster)
  return services.flatMap((service) => {
    const { name = '', namespace = '' } = service.object.metadata
    for (const { where, text } of texts) {
      const found = mentionIn(text, name, namespace, template.namespace)
      if (found !== undefined) return [{ service, where, port: found.port }]
    }
    return []
  })
}

/** Finds `db`, `db:5432`, `http://db/`, `user@db:5432` and `db.shop.svc` in a setting. */
function mentionIn(
  text: string,
  name: string,
  namespace: string,
  home: string,
): { readonly port: number | undefined } | undefined {
  if (!text.includes(name)) return undefined
  const full = `${name}\\.${namespace}(?:\\.svc(?:\\.[a-z0-9.-]+)?)?`
  const host = home === namespace ? `(?:${full}|${name})` : full
  // bounded: the name of a Service has at most 63 letters, which mean themselves
  const match = new RegExp(`(?:^|//|@|[\\s,="'])${host}(?::(\\d+))?(?=$|[/\\s,;"'?])`).exec(text)
  if (match === null) return undefined
  // a bare word is a host only where it is all there is, or has a port or a scheme
  const isBare = match[0].trim() === name && text.trim() !== name
  if (isBare) return undefined
  return { port: match[1] === undefined ? undefined : Number(match[1]) }
}

/** The texts by which a pod is told what to connect to: variables and arguments. */
function settingsOf(
  template: LoadedTemplate,
  cluster: SimCluster,
): readonly { readonly where: string; readonly text: string }[] {
  const maps = new Map(
    (cluster.state.peek('configmaps', { namespace: template.namespace }) as readonly ConfigMap[]).map(
      (map) => [map.metadata.name ?? '', map.data ?? {}],
    ),
  )
  return allContainers(template).flatMap(({ env, envFrom, args, command }) => [
    ...(env ?? []).map(({ name, value = '', valueFrom }) => {
      const { name: map = '', key = '' } = valueFrom?.configMapKeyRef ?? {}
      return { where: `env ${name}`, text: value || (maps.get(map)?.[key] ?? '') }
    }),
    ...(envFrom ?? []).flatMap(({ configMapRef }) =>
      Object.entries(maps.get(configMapRef?.name ?? '') ?? {}).map(([key, text]) => ({
        where: `env ${key}`,
        text,
      })),
    ),
    ...[...(command ?? []), ...(args ?? [])].map((text) => ({ where: 'an argument', text })),
  ])
}

/** Services that a pod's settings name, and that policies keep it from. */
function cutNeeds(sample: Sample, services: readonly Loaded[], context: Sampled): readonly VersionFinding[] {
  const { template, key } = sample
  return mentions(template, context).flatMap(({ service, port: wanted, where }) => {
    if (!services.includes(service)) return []
    const { spec, metadata } = service.object as Service
    const behind = context.samples.filter(
      (each) =>
        each.key !== key &&
        each.template.namespace === metadata.namespace &&
        Object.keys(spec?.selector ?? {}).length > 0 &&
        labelMapMatches(spec.selector, each.template.labels),
    )
    const ports = (spec?.ports ?? []).filter(({ port }) => wanted === undefined || port === wanted)
    const tried = ports.flatMap(({ port, targetPort = port, protocol = 'TCP' }) =>
      behind.flatMap((each) => {
        const target = targetOf(each.template, targetPort)
        if (target === undefined) return []
        const query = { from: key, to: each.key, port: target, protocol: protocol as 'TCP' }
        return [{ port, target, allowed: evaluateModel(context.model, query).allowed, to: each }]
      }),
    )
    const [first] = tried
    if (first === undefined || tried.some(({ allowed }) => allowed)) return []
    const source = deciding(context, sample, first.to, first.target)?.source ?? template.owner.source
    return [
      findingAt(source, {
        rule: 'policy-cut',
        message:
          `${nameOf(template.owner.object)} may not connect to port ${first.port} of Service ` +
          `${pathOfObject(service.object)}, which it needs (${where})`,
      }),
    ]
  })
}

/** The policy that denies a connection: one that selects the source, if it denies, else the destination. */
function deciding(context: Sampled, from: Sample, to: Sample, port: number): Loaded | undefined {
  const all = context.model.networkPolicies
  const [source, destination] = [context.model.pods.get(from.key), context.model.pods.get(to.key)]
  const ingress = destination && ingressPolicies(context, destination)[0]
  const free = ingress === undefined || evaluatesWithout(context, to, port)
  const egress =
    source &&
    (all.get(source.namespace) ?? []).find(
      ({ egress: rules, pods }) => rules !== undefined && pods.matches(source.labels),
    )
  const policy = (free ? egress : ingress) ?? egress ?? ingress
  return policy && policyOf(context.loaded, policy)
}

/** Whether somebody outside may connect: then it is not the destination that denies. */
const evaluatesWithout = ({ model }: Sampled, to: Sample, port: number): boolean =>
  evaluateModel(model, { from: 'external', to: to.key, port, protocol: 'TCP' }).allowed
