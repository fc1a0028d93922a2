import type { SchedulingExplanation } from '../../../src/scheduler/explain.js'
import { explainScheduling } from '../../../src/scheduler/explain.js'
import type { Row, Table } from '../table.js'

/** What a plugin that was skipped scores is the same as 0. */
function scoresOf(scores: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(scores)
      .filter(([, score]) => score !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function expectedNodes(nodes: Row): unknown {
  return Object.fromEntries(
    Object.entries(nodes).map(([name, { plugin, code, reasons, scores, total }]) => [
      name,
      scores === undefined ? { plugin, code, reasons } : { scores: scoresOf(scores), total },
    ]),
  )
}

/** Our nodes in the form of the table; a node that PreFilter left out has no plugin there. */
function actualNodes({ nodes }: SchedulingExplanation, expected: Row): unknown {
  const ours = nodes.map(({ node, rejected, scores = [], total }) => {
    if (rejected === undefined) {
      const weighted = Object.fromEntries(scores.map((score) => [score.plugin, score.weighted]))
      return [node, { scores: scoresOf(weighted), total }]
    }
    const plugin = expected[node]?.plugin === undefined ? undefined : rejected.plugin
    return [node, { plugin, code: rejected.code, reasons: [...rejected.reasons].sort() }]
  })
  return Object.fromEntries(Object.keys(expected).map((name) => [name, Object.fromEntries(ours)[name]]))
}

const scheduler: Table = ({ world, out }) => {
  const { pod, nodes, pods = [], ...others } = world
  const ours = explainScheduling(pod, nodes, pods, { ...others, version: 'v1.34' })
  const nominated = ours.preemption?.node
  return {
    expected: {
      nodes: expectedNodes(out.nodes ?? {}),
      message: out.message,
      nominated: out.nominated !== undefined,
      victims: nominated === undefined ? undefined : out.candidates?.[nominated]?.victims,
    },
    actual: {
      nodes: actualNodes(ours, out.nodes ?? {}),
      message: ours.message,
      nominated: out.nominated === undefined ? nominated !== undefined : out.nominated.includes(nominated),
      victims: ours.preemption?.victims,
    },
  }
}

export const schedulerTables: Readonly<Record<string, Table>> = { scheduler }
