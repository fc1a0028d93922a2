import type { Deployment } from '../../api/apps/generated.js'
import type { Node, Pod, PodSpec } from '../../api/core/generated.js'
import type { Endpoint } from '../../api/discovery/generated.js'
import type { ObjectOf, ResourceName } from '../../client/resources.js'
import { compareQuantities, parseQuantity, type Quantity } from '../../api/quantity.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import { textOf } from './kept.js'
import type { Goal, JudgedDesk, Promised, Sentence } from './lesson.js'
import { MANIFESTS, PROBE } from './shared.js'
import { byText } from '../../lang/text/order.js'

/** A goal that a function judges. */
export const goal = (en: string, ko: string, judge: Goal['judge']): Goal => ({ text: { en, ko }, judge })

/** A goal that a command line of the control plane's shell ends with 0, and prints a text. */
export const runs = (en: string, ko: string, line: string, prints: RegExp = /^/): Goal =>
  goal(en, ko, async ({ master }) => {
    const { exitCode, stdout, stderr } = await master.sh(line)
    return exitCode === 0 && prints.test(stdout + stderr)
  })

/** The object of a name as it is stored, in one namespace: those of the name elsewhere are others. */
export const objectOf = <R extends ResourceName>(
  cluster: SimCluster,
  resource: R,
  name: string,
  namespace = 'default',
): ObjectOf<R> | undefined =>
  cluster.state.peek(resource, { namespace, fieldSelector: `metadata.name=${name}` })[0]

/** The endpoints of a Service of default. */
export const endpointsOf = (cluster: SimCluster, service: string): readonly Endpoint[] =>
  cluster.state
    .peek('endpointslices', { namespace: 'default', labelSelector: `kubernetes.io/service-name=${service}` })
    .flatMap(({ endpoints }) => endpoints ?? [])

/** Whether a quantity lies between two others, in whatever unit it is written. */
export const isAmount = (
  given: string | undefined,
  { from, to }: { readonly from: string; readonly to: string },
): boolean => {
  if (given === undefined) return false
  const [amount, least, most] = [given, from, to].map(parseQuantity) as [Quantity, Quantity, Quantity]
  return compareQuantities(amount, least) >= 0 && compareQuantities(amount, most) <= 0
}

const deploymentOf = (cluster: SimCluster, name: string): Deployment | undefined =>
  objectOf(cluster, 'deployments', name)

/** The pod template of a Deployment. */
export const templateOf = (cluster: SimCluster, name: string): PodSpec | undefined =>
  deploymentOf(cluster, name)?.spec.template.spec

/** The pods of a Deployment by their owners, not by their labels. */
export function podsOf(cluster: SimCluster, name: string): readonly Pod[] {
  const uid = deploymentOf(cluster, name)?.metadata.uid
  const sets = cluster.state
    .peek('replicasets')
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
    .map(({ metadata }) => metadata.uid)
  return cluster.state
    .peek('pods')
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => sets.includes(owner.uid)))
}

const isReady = ({ metadata, status }: Pick<Pod | Node, 'metadata' | 'status'>): boolean =>
  metadata.deletionTimestamp === undefined &&
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true

/** Returns how many pods of a Deployment are ready. A pod without a node is not, whatever its status says. */
export const readyPods = (cluster: SimCluster, name: string): number =>
  podsOf(cluster, name).filter((pod) => pod.spec.nodeName !== undefined && isReady(pod)).length

/**
 * Whether a Deployment gets all its replicas ready, in their newest form, within some time, and keeps them.
 */
export function comesUp({ cluster }: Pick<JudgedDesk, 'cluster'>, name: string, replicas: number): boolean {
  const isUp = (): boolean => {
    const found = deploymentOf(cluster, name)
    const { readyReplicas = 0, updatedReplicas = 0, replicas: all = 0 } = found?.status ?? {}
    const wanted = found?.spec.replicas ?? 1
    return (
      wanted >= replicas &&
      readyReplicas === wanted &&
      updatedReplicas === wanted &&
      all === wanted &&
      readyPods(cluster, name) === wanted
    )
  }
  if (!cluster.internals.until(isUp, '6m')) return false
  cluster.advance('1m')
  return isUp()
}

/** The goal that a Deployment is up, with at least so many replicas. */
export const isUp = (name: string, replicas = 2): Goal =>
  goal(
    `The Deployment ${name} has at least ${replicas} pods, and all are ready.`,
    `디플로이먼트 ${name}의 포드가 ${replicas}개 이상이고 모두 준비되어 있습니다.`,
    (desk) => comesUp(desk, name, replicas),
  )

/** How long a failing program may stay unnoticed. */
const NOTICED_WITHIN = '5m'

/**
 * The goal that a Deployment's probe notices a program that runs and serves nothing: whatever the probe does,
 * a copy of its pod that only sleeps is restarted (liveness), or is not ready (readiness).
 */
export const notices = (name: string, kind: 'liveness' | 'readiness'): Goal =>
  goal(
    kind === 'liveness'
      ? `A program of ${name} that hangs is restarted within five minutes.`
      : `A pod of ${name} that serves nothing is not ready.`,
    kind === 'liveness'
      ? `${name}의 프로그램이 멈추면 5분 안에 다시 시작됩니다.`
      : `${name}의 포드가 응답하지 않으면 준비된 것이 아닙니다.`,
    ({ cluster }) => {
      const template = deploymentOf(cluster, name)?.spec.template
      if (template === undefined) return false
      const containers = template.spec.containers.map((one) => ({
        ...one,
        command: ['sleep', 'infinity'],
        args: [],
      }))
      cluster.apply([
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: PROBE, namespace: 'default', labels: { app: PROBE } },
          spec: { ...template.spec, containers },
        },
      ])
      const status = (): Pod['status'] => cluster.get('pods', PROBE).status
      const isRunning = (): boolean => status().phase === 'Running'
      if (!cluster.internals.until(isRunning, '3m')) return false
      cluster.advance(NOTICED_WITHIN)
      return (status().containerStatuses ?? []).every(({ restartCount, ready }) =>
        kind === 'liveness' ? restartCount > 0 : !ready,
      )
    },
  )

/** The promise that at least so many pods of a Deployment are ready at all times. */
export const staysUp = (name: string, pods: number): Promised => ({
  text: {
    en: `At least ${pods} pods of ${name} were ready at all times.`,
    ko: `${name}의 포드가 언제나 ${pods}개 이상 준비되어 있었습니다.`,
  },
  holds: (cluster) => readyPods(cluster, name) >= pods,
})

/** The goal that all nodes of the beginning exist, are Ready, and have a kubelet that says who it is. */
export const nodesAreReady: Goal = goal(
  'All nodes are Ready, each by a kubelet with its own identity.',
  '모든 노드가 Ready이고, 각 kubelet이 자기 신원으로 보고합니다.',
  ({ cluster, begun }) => {
    const names = begun.cluster.state.peek('nodes').map(({ metadata }) => metadata.name)
    const areReady = (): boolean => {
      const ready = cluster.state.peek('nodes').filter(isReady)
      return names.every((name) => ready.some(({ metadata }) => metadata.name === name))
    }
    if (!cluster.internals.until(areReady, '5m')) return false
    const reported = new Set<string>()
    const end = cluster.on('request', ({ verb, resource, name, user, code }) => {
      if (verb === 'update' && resource === 'leases' && code < 300 && user.name === `system:node:${name}`)
        reported.add(name ?? '')
    })
    cluster.advance('1m')
    end()
    return areReady() && names.every((name = '') => reported.has(name))
  },
)

/** The goal that the apiserver responds. */
export const apiserverResponds: Goal = goal(
  'The apiserver responds.',
  'apiserver가 응답합니다.',
  ({ cluster }) =>
    cluster.internals.until(() => cluster.apiserver.running, '2m') &&
    cluster.kubectl('get nodes').exitCode === 0,
)

interface StaticPod {
  readonly spec?: { readonly containers?: readonly { readonly image?: string; readonly command?: unknown }[] }
}

/** Image and flags of a manifest, the flags in alphabetical order; undefined if it cannot be read. */
function flagsOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    const { image, command } = (parseYamlText(text) as StaticPod).spec?.containers?.[0] ?? {}
    return JSON.stringify([image, Array.isArray(command) ? command.map(String).toSorted(byText) : command])
  } catch {
    return undefined
  }
}

/** The goal that the static pod of a component has the image and the flags that it had before the fault. */
export const runsAsBefore = (component: string): Goal =>
  goal(
    `${MANIFESTS}/${component}.yaml has the flags that it had before the fault.`,
    `${MANIFESTS}/${component}.yaml의 옵션이 고장 나기 전과 같습니다.`,
    ({ master, healthy }) => {
      const path = `${MANIFESTS}/${component}.yaml`
      const wanted = flagsOf(healthy.master.read(path))
      return wanted !== undefined && flagsOf(master.read(path)) === wanted
    },
  )

interface Template {
  readonly spec?: {
    readonly containers?: readonly {
      readonly command?: readonly string[]
      readonly volumeMounts?: readonly unknown[]
    }[]
    readonly volumes?: readonly unknown[]
  }
}

/** The command of a static pod, its volumes and mounts as texts, and the rest of the manifest. */
function partsOf(text: string | undefined): readonly [string[], string[], string] {
  const pod = parseYamlText(text ?? '') as Template
  const [container] = pod.spec?.containers ?? []
  const volumes = [...(pod.spec?.volumes ?? []), ...(container?.volumeMounts ?? [])]
  const rest = {
    ...pod,
    spec: {
      ...pod.spec,
      volumes: [],
      containers: pod.spec?.containers?.map((each) => ({ ...each, command: [], volumeMounts: [] })),
    },
  }
  return [(container?.command ?? []).map(String), volumes.map(textOf), textOf(rest)]
}

/**
 * The goal that a component's manifest has what it had before the fault, and besides only volumes and flags
 * like `added`, `flags` among them.
 */
export const changesOnly = (
  component: string,
  added: RegExp,
  { text: sentence, flags }: { readonly text: Sentence; readonly flags: readonly string[] },
): Goal => ({
  text: sentence,
  judge: ({ master, healthy }) => {
    const path = `${MANIFESTS}/${component}.yaml`
    const text = master.read(path)
    if (text === undefined) return false
    const [command, volumes, rest] = partsOf(text)
    const [ownCommand, ownVolumes, ownRest] = partsOf(healthy.master.read(path))
    return [
      ...command.filter((word) => !ownCommand.includes(word) && !added.test(word)),
      ...ownCommand.filter((word) => !command.includes(word)).map((word) => `${word} is gone`),
      ...ownVolumes.filter((each) => !volumes.includes(each)).map((each) => `${each} is gone`),
      ...flags.filter((flag) => !command.includes(flag)),
      ...(rest === ownRest ? [] : [`${path} was changed`]),
    ]
  },
})
