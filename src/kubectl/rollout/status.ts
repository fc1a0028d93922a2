import type { DaemonSet, Deployment, StatefulSet } from '../../api/apps/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { WatchEvent } from '../../client/client.js'
import type { CommandLine } from '../call/call.js'
import { KubectlError } from '../call/errors.js'
import { groupResource, resourceNameOf } from '../args/kinds.js'
import type { Info } from '../args/resource-args.js'
import { workloadsOf } from './workloads.js'

/** Virtual ms after which a rollout that does not end is given up; kubectl would watch forever. */
const LONGEST = 3_600_000

/**
 * `kubectl rollout status`: moves virtual time until the rollout has ended. Source: kubectl
 * pkg/cmd/rollout/rollout_status.go.
 */
export function rolloutStatus(call: CommandLine): void {
  const infos = workloadsOf(call)
  if (infos.length === 0) call.out.errorLine('No resources found')
  if (call.flags.int('revision') < 0)
    throw new KubectlError(`revision must be a positive integer: ${call.flags.int('revision')}`)
  for (const info of infos) follow(call, info)
}

function follow(call: CommandLine, info: Info): void {
  const { flags, out } = call
  const revision = flags.int('revision')
  const say = (object: KubeObject): boolean => {
    const { text, done } = statusOf(info, object, revision)
    out.line(text)
    return done
  }
  if (say(info.object) || !flags.bool('watch')) return
  const events = eventsOf(call, info)
  const timeout = flags.duration('timeout')
  try {
    const isOver = call.env.until(
      () =>
        events.next().some(({ type, object }) => {
          if (type === 'DELETED') throw new KubectlError('object has been deleted')
          return type !== 'BOOKMARK' && say(object)
        }),
      timeout <= 0 ? LONGEST : timeout,
    )
    if (!isOver) throw new KubectlError('timed out waiting for the condition')
  } finally {
    events.stop()
  }
}

/** Events of the workload. */
function eventsOf(
  call: CommandLine,
  { name, namespace = '', definition, object }: Info,
): { next(): readonly WatchEvent<KubeObject>[]; stop(): void } {
  return call.client.watch(resourceNameOf(definition), {
    namespace,
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: object.metadata.resourceVersion ?? '0',
  })
}

function statusOf({ definition }: Info, object: KubeObject, revision: number): RolloutStatus {
  switch (groupResource(definition)) {
    case 'deployments.apps':
      return deploymentStatus(object as Deployment, revision)
    case 'daemonsets.apps':
      return daemonSetStatus(object as DaemonSet)
    case 'statefulsets.apps':
      return statefulSetStatus(object as StatefulSet)
    default:
      throw new KubectlError(
        'no status viewer has been implemented for ' +
          `${definition.kind}${definition.group === '' ? '' : `.${definition.group}`}`,
      )
  }
}

/** Progress of a rollout. */
export interface RolloutStatus {
  /** Without a line end. */
  readonly text: string
  readonly done: boolean
}

const REVISION = 'deployment.kubernetes.io/revision'
const going = (text: string): RolloutStatus => ({ text, done: false })
const done = (text: string): RolloutStatus => ({ text, done: true })

/**
 * Progress of a Deployment. Source: kubectl pkg/polymorphichelpers/rollout_status.go. @throws KubectlError if
 * it has failed, or if another revision runs.
 */
function deploymentStatus({ metadata, spec, status }: Deployment, revision: number): RolloutStatus {
  const name = JSON.stringify(metadata.name)
  const running = Number(metadata.annotations?.[REVISION] ?? 0)
  if (revision > 0 && revision !== running) {
    throw new KubectlError(
      `desired revision (${revision}) is different from the running revision (${running})`,
    )
  }
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return going('Waiting for deployment spec update to be observed...')
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    throw new KubectlError(`deployment ${name} exceeded its progress deadline`)
  const { replicas = 0, updatedReplicas: updated = 0, availableReplicas: available = 0 } = status
  const wanted = spec.replicas ?? 1
  const finish = `Waiting for deployment ${name} rollout to finish:`
  if (updated < wanted)
    return going(`${finish} ${updated} out of ${wanted} new replicas have been updated...`)
  if (replicas > updated)
    return going(`${finish} ${replicas - updated} old replicas are pending termination...`)
  if (available < updated)
    return going(`${finish} ${available} of ${updated} updated replicas are available...`)
  return done(`deployment ${name} successfully rolled out`)
}

/** Progress of a DaemonSet. */
function daemonSetStatus({ metadata, spec, status }: DaemonSet): RolloutStatus {
  const name = JSON.stringify(metadata.name)
  if (spec.updateStrategy.type !== 'RollingUpdate')
    throw new KubectlError('rollout status is only available for RollingUpdate strategy type')
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return going('Waiting for daemon set spec update to be observed...')
  const {
    desiredNumberScheduled: wanted,
    updatedNumberScheduled: updated = 0,
    numberAvailable: available = 0,
  } = status
  if (updated < wanted)
    return going(
      `Waiting for daemon set ${name} rollout to finish: ${updated} out of ${wanted} new pods have ` +
        'been updated...',
    )
  if (available < wanted)
    return going(
      `Waiting for daemon set ${name} rollout to finish: ${available} of ${wanted} updated pods are ` +
        'available...',
    )
  return done(`daemon set ${name} successfully rolled out`)
}

/** Progress of a StatefulSet. */
function statefulSetStatus({ metadata, spec, status }: StatefulSet): RolloutStatus {
  if (spec.updateStrategy.type !== 'RollingUpdate')
    throw new KubectlError('rollout status is only available for RollingUpdate strategy type')
  const observed = status.observedGeneration ?? 0
  if (observed === 0 || (metadata.generation ?? 0) > observed)
    return going('Waiting for statefulset spec update to be observed...')
  const {
    readyReplicas: ready = 0,
    updatedReplicas: updated = 0,
    currentReplicas = 0,
    updateRevision = '',
    currentRevision = '',
  } = status
  const wanted = spec.replicas ?? 1
  if (ready < wanted) return going(`Waiting for ${wanted - ready} pods to be ready...`)
  const partition = spec.updateStrategy.rollingUpdate?.partition
  if (partition !== undefined) {
    const target = wanted - partition
    return updated < target
      ? going(
          `Waiting for partitioned roll out to finish: ${updated} out of ${target} new pods have been ` +
            'updated...',
        )
      : done(`partitioned roll out complete: ${updated} new pods have been updated...`)
  }
  if (updateRevision !== currentRevision)
    return going(
      `waiting for statefulset rolling update to complete ${updated} pods at revision ${updateRevision}...`,
    )
  return done(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`)
}
