import { placePod, record } from './binding-cycle.js'
import type { NodeInfo } from './cache/node-info.js'
import type { PodInfo } from './cache/pod-info.js'
import { type CycleInput, type CycleOutcome, schedulePod } from './cycle/schedule-pod.js'
import { passesFilters } from './cycle/filter-nodes.js'
import { handleFailure } from './failure.js'
import type { Cycle } from './framework/cycle.js'
import { type Diagnosis, fitErrorMessage, rejectionRuns } from './framework/diagnosis.js'
import type { Framework } from './framework/framework.js'
import { CycleError } from './framework/rejection.js'
import { preempt } from './preempt.js'
import type { QueuedPod } from './queue/queued-pod.js'
import type { SchedulerRuntime } from './runtime.js'

/**
 * Takes one pod from the queue and tries to schedule it. Source: pkg/scheduler/schedule_one.go ScheduleOne.
 */
export function scheduleOne(runtime: SchedulerRuntime): void {
  const queued = runtime.queue.pop()
  if (!queued) return
  const info = runtime.podInfo(queued.key)
  const framework = info && runtime.frameworkOf(info.pod)
  // the pod is gone or has got a node in the meantime; its event has been handled or is about to be
  if (!info || !framework || runtime.nodeOf(info.pod)) return
  if (info.pod.metadata.deletionTimestamp !== undefined) {
    record(runtime, info.pod, 'Warning', 'FailedScheduling', `skip schedule deleting pod: ${info.key}`)
    return
  }
  if (runtime.snapshot.nodes.length === 0) {
    const message = 'no nodes available to schedule pods'
    return handleFailure(runtime, queued, { reason: 'Unschedulable', message, rejectedBy: [] })
  }
  const outcome = attempt(runtime, framework, queued, info)
  if (!outcome) return
  runtime.cursor.value.start = outcome.nextStart
  if ('node' in outcome) placePod(runtime, framework, queued, outcome.cycle, outcome.node)
  else reportUnfit(runtime, framework, queued, outcome.cycle, outcome.diagnosis)
}

function attempt(
  runtime: SchedulerRuntime,
  framework: Framework,
  queued: QueuedPod,
  info: PodInfo,
): CycleOutcome | undefined {
  const { release, host, nominator, snapshot, cursor } = runtime
  const input: CycleInput = { framework, snapshot, start: cursor.value.start }
  const nominated = (name: string): readonly PodInfo[] => runtime.nominatedPods(name)
  const withNominated: CycleInput =
    nominator.size > 0 ? { ...input, nominated, nominatedNodes: nominator.nodes() } : input
  const ties = host.random('ties')
  const withLots =
    release.ties === 'random' ? { ...withNominated, draw: (n: number) => ties.int(0, n - 1) } : withNominated
  try {
    return schedulePod(info, withLots)
  } catch (error) {
    if (!(error instanceof CycleError)) throw error
    handleFailure(runtime, queued, {
      reason: 'SchedulerError',
      message: error.message,
      rejectedBy: [],
      clearsNomination: true,
    })
    return undefined
  }
}

function reportUnfit(
  runtime: SchedulerRuntime,
  framework: Framework,
  queued: QueuedPod,
  cycle: Cycle,
  diagnosis: Diagnosis,
): void {
  const nominated = (name: string): readonly PodInfo[] => runtime.nominatedPods(name)
  const isPromised = ({ name }: NodeInfo): boolean => runtime.nominator.hasNominatedPods(name)
  const post = framework.postFilter(
    cycle,
    diagnosis,
    (trial, node) => passesFilters(framework, trial, node, nominated),
    isPromised,
  )
  const total = runtime.snapshot.nodes.length
  const says = 'message' in post && runtime.release.postFilterMessages ? post.message : undefined
  const failure = {
    reason: 'Unschedulable' as const,
    message: fitErrorMessage(total, diagnosis, says),
    rejectedBy: [...diagnosis.plugins],
    pendingBy: pendingPlugins(diagnosis),
  }
  if ('message' in post)
    return handleFailure(runtime, queued, { ...failure, clearsNomination: !post.keepsNomination })
  preempt(runtime, cycle.pod, post)
  handleFailure(runtime, queued, { ...failure, nominates: post.nodeName })
}

function pendingPlugins({ nodes, absent }: Diagnosis): readonly string[] {
  const plugins = new Set<string>()
  for (const {
    rejection: { plugin, rejection },
  } of rejectionRuns(nodes))
    if (rejection.code === 'Pending') plugins.add(plugin)
  if (absent?.rejection.code === 'Pending') plugins.add(absent.plugin)
  return [...plugins]
}
