import { InputError } from '../../lang/input-error.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { hintOf, nearest } from '../../lang/text/nearest.js'
import { type Duration, toMillis } from '../../sim/duration.js'

/** What went wrong with an action: a drain that a budget blocks, a kubectl command that fails. */
export interface FailedAction {
  readonly action: string
  readonly message: string
}

/** An action that has been read: it can be played on any copy of the cluster. */
export interface WhatIfAction {
  readonly text: string
  /** Nodes that lose their power or network, or get it back; undefined if none does. */
  readonly reach?: { readonly nodes: readonly string[]; readonly isUp: boolean }
  /** Whether it says itself how much time passes. */
  readonly isTime: boolean
  /** Returns what failed. */
  play(cluster: SimCluster): string | undefined
}

type OnNode = (cluster: SimCluster, node: string) => string | undefined

const DRAIN = { ignoreDaemonSets: true, deleteEmptyDirData: true, force: true, timeout: '5m' } as const

/** What is done to each node that an action names. */
const ON_NODES: Readonly<Record<string, OnNode>> = {
  crash: (cluster, node) => void cluster.node(node).crash(),
  recover: (cluster, node) => void cluster.node(node).recover(),
  reboot: (cluster, node) => void cluster.node(node).reboot(),
  partition: (cluster, node) => void cluster.node(node).partition(),
  repair: (cluster, node) => void cluster.node(node).repair(),
  cordon: (cluster, node) => void cluster.node(node).cordon(),
  uncordon: (cluster, node) => void cluster.node(node).uncordon(),
  drain: (cluster, node) => {
    const { exitCode, stderr } = cluster.node(node).drain(DRAIN)
    return exitCode === 0 ? undefined : whyNotDrained(stderr)
  },
}

const REACH: Readonly<Record<string, boolean>> = {
  crash: false,
  partition: false,
  recover: true,
  repair: true,
}

const VERBS = [...Object.keys(ON_NODES), 'advance', 'settle', 'kubectl']
const EXAMPLES = "'crash node-1', 'drain node-2', 'advance 10m', 'kubectl scale deployment web --replicas=1'"

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** The first refusal of an eviction, which the last line does not repeat. */
const whyNotDrained = (stderr: string): string =>
  stderr.split('\n').find((line) => line.includes('Cannot evict pod')) ?? lastLine(stderr)

/**
 * Reads an action such as `crash node-1 node-2`, `advance 10m`, `kubectl delete pod web`. Instead of names, a
 * label with its value stands for the nodes that have it: `drain topology.kubernetes.io/zone=b`.
 * @throws InputError for an unknown verb, node, label or duration
 */
export function readAction(cluster: SimCluster, text: string): WhatIfAction {
  const [verb = '', ...words] = text.trim().split(/\s+/)
  const onNode = Object.hasOwn(ON_NODES, verb) ? ON_NODES[verb] : undefined
  if (onNode !== undefined) return nodeAction(cluster, { text, verb, words, onNode })
  if (verb === 'advance') {
    const [duration, ...more] = words
    if (duration === undefined || more.length > 0) throw wrong(text, "write how long: 'advance 10m'")
    const ms = millis(text, duration)
    return { text, isTime: true, play: (copy) => void copy.advance(ms) }
  }
  if (verb === 'settle') {
    if (words.length > 0) throw wrong(text, "write 'settle' alone")
    return { text, isTime: true, play: (copy) => void copy.settle() }
  }
  if (verb === 'kubectl') {
    if (words.length === 0) throw wrong(text, "write a command: 'kubectl delete deployment web'")
    const command = text.trim().slice(verb.length).trim()
    return {
      text,
      isTime: false,
      play: (copy) => {
        const { exitCode, stderr } = copy.kubectl(command)
        copy.settle()
        return exitCode === 0 ? undefined : lastLine(stderr)
      },
    }
  }
  const near = nearest(verb, VERBS)
  throw wrong(
    text,
    near === undefined
      ? `there is no action ${JSON.stringify(verb)}; there are ${VERBS.join(', ')}: ${EXAMPLES}`
      : `there is no action ${JSON.stringify(verb)}; did you mean ${near}?`,
  )
}

const wrong = (text: string, why: string): InputError => new InputError(`action '${text}': ${why}`)

function millis(text: string, duration: string): Duration {
  try {
    return toMillis(duration)
  } catch (error) {
    throw wrong(text, error instanceof Error ? error.message : String(error))
  }
}

interface Given {
  readonly text: string
  readonly verb: string
  readonly words: readonly string[]
  readonly onNode: OnNode
}

function nodeAction(cluster: SimCluster, { text, verb, words, onNode }: Given): WhatIfAction {
  if (words.length === 0) throw wrong(text, `name a node: '${verb} ${cluster.nodes()[0]?.name ?? 'node-1'}'`)
  const nodes = [...new Set(words.flatMap((word) => nodesOf(cluster, text, word)))]
  const isUp = REACH[verb]
  return {
    text,
    isTime: false,
    ...(isUp === undefined ? {} : { reach: { nodes, isUp } }),
    play: (copy) => {
      const failed = nodes.flatMap((node) => onNode(copy, node) ?? [])
      return failed.length === 0 ? undefined : failed.join('; ')
    },
  }
}

function nodesOf(cluster: SimCluster, text: string, word: string): readonly string[] {
  const names = cluster.nodes().map(({ name }) => name)
  const [label, value] = word.split('=')
  if (value !== undefined) {
    const found = cluster.state
      .peek('nodes')
      .filter(({ metadata }) => metadata.labels?.[label ?? ''] === value)
      .map(({ metadata }) => metadata.name ?? '')
    if (found.length === 0) throw wrong(text, `no node has the label ${word}`)
    return found
  }
  if (names.includes(word)) return [word]
  const known = names.length > MOST ? `${names.slice(0, MOST).join(', ')}, ...` : names.join(', ')
  throw wrong(text, `there is no node ${word}; ${hintOf(word, names, `there are ${known}`)}`)
}

/** Most names that an error shows. */
const MOST = 5
