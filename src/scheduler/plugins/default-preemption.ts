import { podCondition } from '../../api/core/conditions.js'
import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { DefaultPreemptionArgs } from '../configuration.js'
import type { Cycle } from '../framework/cycle.js'
import { type Diagnosis, fitErrorMessage, NodeRejections, nodesRefused } from '../framework/diagnosis.js'
import type {
  Nomination,
  Plugin,
  PluginFactory,
  PluginHandle,
  PostFilterRejection,
  PostFilterTools,
} from '../framework/plugin.js'
import { type PluginRejection, type Rejection, unresolvable, unschedulable } from '../framework/rejection.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import { type Candidate, pickCandidate, selectVictims } from '../preemption/candidates.js'
import { cachedTrial, TrialCache, currentVictims } from '../preemption/trial-cache.js'

const NAME = 'DefaultPreemption'
const NOT_HELPFUL: PluginRejection = {
  plugin: NAME,
  rejection: unresolvable('Preemption is not helpful for scheduling'),
}

/**
 * Finds a node on which preempting pods of lower priority makes room. Only nodes rejected as `Unschedulable`
 * are tried. Source: plugins/defaultpreemption, framework/preemption.
 */
export function defaultPreemption(args: DefaultPreemptionArgs = {}): PluginFactory {
  return (handle): Plugin => {
    const memory = new TrialCache()
    return {
      name: NAME,
      postFilter: (pod, cycle, diagnosis, tools) => {
        const objection = ineligibility(pod, cycle, diagnosis)
        if (objection) return { ...unschedulable(`preemption: ${objection}`), keepsNomination: true }
        const attempt = trialOf(cycle, handle.podDisruptionBudgets(), tools, memory)
        const { candidates, rejected } = tryNodes(cycle, diagnosis, handle, attempt, args)
        return candidates.length > 0
          ? nominationOf(pickCandidate(candidates), cycle)
          : notHelped(cycle, rejected)
      },
      eventsToRegister: {},
    }
  }
}

function nominationOf({ nodeName, victims }: Candidate, { snapshot }: Cycle): Nomination {
  return { nodeName, victims: currentVictims(victims, snapshot.get(nodeName) as NodeInfo) }
}

function notHelped({ snapshot }: Cycle, nodes: ReadonlyMap<string, PluginRejection>): PostFilterRejection {
  const diagnosis = { nodes, absent: NOT_HELPFUL, plugins: new Set<string>() }
  return unschedulable(`preemption: ${fitErrorMessage(snapshot.nodes.length, diagnosis)}`)
}

/** Returns why the pod may not preempt. Source: PodEligibleToPreemptOthers. */
function ineligibility(
  { pod, priority }: PodInfo,
  { snapshot }: Cycle,
  diagnosis: Diagnosis,
): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const { nominatedNodeName } = pod.status
  if (!nominatedNodeName) return undefined
  const status = diagnosis.nodes.get(nominatedNodeName) ?? diagnosis.absent
  if (status?.rejection.code === 'UnschedulableAndUnresolvable') return undefined
  const pods = [...(snapshot.get(nominatedNodeName)?.pods.values() ?? [])]
  const leaving = pods.some((other) => other.priority < priority && isLeavingForPreemption(other))
  return leaving ? 'not eligible due to a terminating pod on the nominated node.' : undefined
}

function isLeavingForPreemption({ pod }: PodInfo): boolean {
  const condition = podCondition(pod, 'DisruptionTarget')
  const isMarked = condition?.status === 'True' && condition.reason === 'PreemptionByScheduler'
  return isMarked && pod.metadata.deletionTimestamp !== undefined
}

interface Trials {
  readonly candidates: readonly Candidate[]
  readonly rejected: ReadonlyMap<string, PluginRejection>
}

type Trial = (node: NodeInfo) => Candidate | Rejection

function trialOf(
  cycle: Cycle,
  budgets: readonly PodDisruptionBudget[],
  tools: PostFilterTools,
  memory: TrialCache,
): Trial {
  const attempt = (node: NodeInfo): Candidate | Rejection => selectVictims(cycle, node, budgets, tools)
  if (budgets.length > 0) return attempt
  const known = memory.of(cycle.pod)
  return (node) => (tools.isDecidedBy(node, cycle) ? cachedTrial(known, node, attempt) : attempt(node))
}

/**
 * Tries nodes from a random one on, until there are enough candidates, including one that violates no budget.
 */
function tryNodes(
  cycle: Cycle,
  diagnosis: Diagnosis,
  handle: PluginHandle,
  attempt: Trial,
  args: DefaultPreemptionArgs,
): Trials {
  const nodes = nodesRefused(
    cycle.snapshot.nodes,
    diagnosis.nodes,
    diagnosis.absent,
    ({ rejection }) => rejection.code === 'Unschedulable',
  )
  const candidates: Candidate[] = []
  const rejected = new NodeRejections()
  if (nodes.length === 0) return { candidates, rejected }
  const wanted = candidatesWanted(nodes.length, args)
  let safe = 0
  for (
    let step = 0, at = handle.randomInt(nodes.length);
    step < nodes.length;
    step++, at = (at + 1) % nodes.length
  ) {
    const node = nodes[at] as NodeInfo
    const trial = attempt(node)
    if ('reasons' in trial) rejected.add(node, { plugin: NAME, rejection: trial })
    else {
      candidates.push(trial)
      if (trial.violations === 0) safe++
      if (candidates.length >= wanted && safe > 0) break
    }
  }
  return { candidates, rejected }
}

function candidatesWanted(nodes: number, args: DefaultPreemptionArgs): number {
  const { minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100 } = args
  const share = Math.trunc((nodes * minCandidateNodesPercentage) / 100)
  return Math.min(nodes, Math.max(share, minCandidateNodesAbsolute))
}
