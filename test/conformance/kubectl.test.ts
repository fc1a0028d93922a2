import { expect, test } from 'vitest'
import type { SimCluster } from 'simcluster'
import type { Outcome } from '../e2e/harness.js'
import {
  base,
  completeBase,
  recordedCluster,
  removeDrainedPods,
  syncAutoscaler,
  users,
} from '../e2e/transcripts/base-state.js'
import { compared, readings, isPartOf } from '../e2e/transcripts/normalise.js'
import type { Transcript } from '../e2e/transcripts/transcripts.js'
import { files, sequences, transcripts } from '../e2e/transcripts/transcripts.js'
import known from './kubectl-differences.json' with { type: 'json' }

/** What differs, by id, with the reason. */
const differences: Readonly<Record<string, string>> = known

/** What the kubectl of the cluster says of a command that it does not have. */
const MISSING = /not part of (simcluster|this kubectl) yet/

/** Waits for ever; the recorder interrupted it. */
const ENDLESS: ReadonlySet<string> = new Set(['delete-14'])

/** As the recorder's: cluster c, user u, context x. */
const kubeconfigs: Readonly<Record<string, string>> = Object.fromEntries(
  users.map(({ name, token }) => [
    `${name}.kubeconfig`,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443' } }],
      users: [{ name: 'u', user: { token } }],
    }),
  ]),
)

/** How one command came out. */
interface Compared {
  readonly transcript: Transcript
  readonly ours: Outcome
  readonly theirs: Outcome
  readonly isEqual: boolean
}

function play(cluster: SimCluster, transcript: Transcript): Compared {
  const { id, user = 'admin', words, stdin } = transcript
  const { stdout, stderr, exitCode } = cluster.kubectl(words, {
    files: { ...files, ...kubeconfigs },
    env: { KUBECONFIG: `${user}.kubeconfig` },
    version: 'v1.35.2',
    ...(stdin === undefined ? {} : { stdin }),
  })
  const reading = readings[id]
  const ours = compared({ stdout, stderr, code: exitCode }, reading)
  const theirs = compared({ ...transcript, code: transcript.exit }, reading)
  return {
    transcript,
    ours,
    theirs,
    isEqual:
      JSON.stringify(ours) === JSON.stringify(theirs) || (reading === 'states' && isPartOf(ours, theirs)),
  }
}

/**
 * Every command; those that only read on the base state, then the sequences in the order of their recording.
 */
function playAll(cluster: SimCluster): readonly Compared[] {
  const [first, ...rest] = transcripts
  const played: Compared[] = [play(cluster, first as Transcript)]
  completeBase(cluster)
  const reading = rest.filter(({ seq }) => seq === undefined)
  const isLate = ({ id }: Transcript): boolean => id === 'describe-hpa-web'
  for (const one of reading.filter((other) => !isLate(other))) played.push(play(cluster, one))
  syncAutoscaler(cluster)
  for (const one of reading.filter(isLate)) played.push(play(cluster, one))
  for (const sequence of sequences) {
    if (sequence === 'delete') {
      cluster.kubectl('drain n1 --ignore-daemonsets --force --delete-emptydir-data --timeout=20s')
      cluster.kubectl('uncordon n1')
      removeDrainedPods(cluster)
    }
    for (const one of rest.filter(({ seq, id }) => seq === sequence && !ENDLESS.has(id))) {
      played.push(play(cluster, one))
      cluster.advance('1s')
    }
  }
  return played
}

test('the kubectl of the cluster prints what kubectl 1.35.2 printed for a real 1.34.9 server', () => {
  const cluster = recordedCluster()
  expect(base.items.length).toBeGreaterThan(0)
  const played = playAll(cluster)
  const missing = played.filter(({ ours }) => MISSING.test(ours.stderr))
  const equal = played.filter(({ isEqual }) => isEqual)
  console.log(`${equal.length} of ${played.length} commands equal, ${missing.length} not there yet`)
  for (const one of played) {
    const {
      transcript: { id, words },
      ours,
      theirs,
      isEqual,
    } = one
    if (differences[id] !== undefined)
      expect.soft(isEqual, `${id} is equal now: take it from kubectl-differences.json`).toBe(false)
    else if (!isEqual && !missing.includes(one))
      expect.soft(ours, `${id}: kubectl ${words.join(' ')}`).toEqual(theirs)
  }
})
