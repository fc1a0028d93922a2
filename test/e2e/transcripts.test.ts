import type { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import known from './known-differences.json' with { type: 'json' }
import type { Outcome } from './harness.js'
import { needs, serveCluster } from './harness.js'
import type { ServedCluster } from './harness.js'
import { completeBase, recordedCluster, removeDrainedPods, syncAutoscaler } from './transcripts/base-state.js'
import { compared, isPartOf, readings } from './transcripts/normalise.js'
import { inParallel, layOut, replay } from './transcripts/play.js'
import type { Transcript } from './transcripts/transcripts.js'
import { sequences, transcripts } from './transcripts/transcripts.js'

/** What differs, by id, with the reason; and what depends on how fast kubectl runs. */
const differences: Readonly<Record<string, string>> = known.transcripts
const timing: Readonly<Record<string, string>> = known.timing
const [first, ...rest] = transcripts

/** Waits for ever; the recorder interrupted it. */
const ENDLESS: ReadonlySet<string> = new Set(['delete-14'])

/** How one command came out. */
interface Compared {
  readonly transcript: Transcript
  readonly ours: Outcome
  readonly theirs: Outcome
  readonly isEqual: boolean
}

function compare(transcript: Transcript, outcome: Outcome): Compared {
  const reading = readings[transcript.id]
  const ours = compared(outcome, reading)
  const theirs = compared({ ...transcript, code: transcript.exit }, reading)
  const isEqual =
    JSON.stringify(ours) === JSON.stringify(theirs) || (reading === 'states' && isPartOf(ours, theirs))
  return { transcript, ours, theirs, isEqual }
}

async function play(served: ServedCluster, transcript: Transcript): Promise<Compared> {
  return compare(transcript, await replay(served, transcript, ENDLESS.has(transcript.id) ? 3_000 : undefined))
}

/** What happened between the recorded sequences: node n1 was drained, as the states after it show. */
async function drain(served: ServedCluster): Promise<void> {
  await served.kubectl('drain n1 --ignore-daemonsets --force --delete-emptydir-data --timeout=20s')
  await served.kubectl('uncordon n1')
  removeDrainedPods(served.cluster)
}

/**
 * Plays the first command, which creates the base. Time stands still meanwhile: how long kubectl takes must
 * not decide where the scheduler places a pod.
 */
async function createBase(cluster: SimCluster): Promise<Compared> {
  await using served = await serveCluster(cluster, { time: 'virtual' })
  layOut(served)
  const created = await play(served, first as Transcript)
  completeBase(cluster)
  return created
}

async function playRest(served: ServedCluster): Promise<readonly Compared[]> {
  const played: Compared[] = []
  await inParallel(
    rest.filter(({ seq, id }) => seq === undefined && id !== 'describe-hpa-web'),
    async (one) => void played.push(await play(served, one)),
  )
  syncAutoscaler(served.cluster)
  for (const one of rest.filter(({ id }) => id === 'describe-hpa-web')) played.push(await play(served, one))
  for (const sequence of sequences) {
    if (sequence === 'delete') await drain(served)
    for (const one of rest.filter(({ seq }) => seq === sequence)) played.push(await play(served, one))
  }
  return played
}

test(
  'kubectl 1.35.2 prints what it printed for a real 1.34.9 server',
  { timeout: 240_000 },
  async (context) => {
    needs(context, 'kubectl')
    const cluster = recordedCluster()
    const created = await createBase(cluster)
    await using served = await serveCluster(cluster, { time: { speed: 5 } })
    layOut(served)
    const played = [created, ...(await playRest(served))]
    const equal = played.filter(({ isEqual }) => isEqual)
    console.log(`${equal.length} of ${played.length} commands equal`)
    for (const {
      transcript: { id, words },
      ours,
      theirs,
      isEqual,
    } of played) {
      if (timing[id] !== undefined) continue
      if (differences[id] !== undefined)
        expect.soft(isEqual, `${id} is equal now: take it from known-differences.json`).toBe(false)
      else if (!isEqual) expect.soft(ours, `${id}: kubectl ${words.join(' ')}`).toEqual(theirs)
    }
  },
)
