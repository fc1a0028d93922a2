import type { DaemonSet, Deployment, StatefulSet } from '../../api/apps/generated.js'
import type { KubeObject } from '../../api/definition.js'
import type { WatchEvent } from '../../client/client.js'
import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { groupResource, resourceNameOf } from '../kinds.js'
import type { Info } from '../resource-args.js'
import { Reflector } from '../rest/reflector.js'
import { RestClient } from '../rest/rest-client.js'
import { untilOver } from '../until.js'
import type { RolloutStatus } from './status-text.js'
import { daemonSetStatus, deploymentStatus, statefulSetStatus } from './status-text.js'
import { workloadsOf } from './workloads.js'

/**
 * A rollout that does not end is given up after so long in virtual time, as a watch of kubectl would go on
 * for ever.
 */
const LONGEST = 3_600_000

/**
 * `kubectl rollout status`: moves virtual time until the rollout is over. Source: kubectl
 * pkg/cmd/rollout/rollout_status.go.
 */
export function rolloutStatus(call: Call): void {
  const infos = workloadsOf(call)
  if (infos.length === 0) call.out.errorLine('No resources found')
  if (call.flags.int('revision') < 0)
    throw new KubectlError(`revision must be a positive integer: ${call.flags.int('revision')}`)
  for (const info of infos) follow(call, info)
}

function follow(call: Call, info: Info): void {
  const { flags, out } = call
  const revision = flags.int('revision')
  const say = (object: KubeObject): boolean => {
    const { text, done } = statusOf(info, object, revision)
    out.line(text)
    return done
  }
  const isThrough = call.client instanceof RestClient && flags.bool('watch')
  if ((!isThrough && say(info.object)) || !flags.bool('watch')) return
  const events = eventsOf(call, info)
  const timeout = flags.duration('timeout')
  try {
    const isOver = untilOver(
      call,
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

/** What happens to the workload. */
function eventsOf(
  call: Call,
  { name, namespace = '', definition, object }: Info,
): { next(): readonly WatchEvent<KubeObject>[]; stop(): void } {
  const { client } = call
  if (client instanceof RestClient) return new Reflector(call, client, definition, { name, namespace })
  return client.watch(resourceNameOf(definition), {
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
