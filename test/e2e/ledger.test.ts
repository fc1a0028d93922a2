import { expect, test } from 'vitest'
import known from './known-differences.json' with { type: 'json' }
import { needs } from './harness.js'
import type { Outcome } from './harness.js'
import { ledger } from './ledger/commands.js'
import { excluded } from './ledger/exclusions.js'
import type { Played } from './ledger/play.js'
import { isConfig, Stage } from './ledger/play.js'
import { compared } from './transcripts/normalise.js'
import { inParallel } from './transcripts/play.js'

const exits: Readonly<Record<string, string>> = known.ledger.exits
const texts: Readonly<Record<string, string>> = known.ledger.texts
const own: Readonly<Record<string, string>> = known.ledger.inProcess

const same = (one: Outcome, other: Outcome): boolean => JSON.stringify(compared(one)) === JSON.stringify(compared(other))

/** Refusals, whose texts are recorded: those of kubectl itself are real, those of the server come from a stand-in. */
const recordedRefusals = (played: readonly Played[]): readonly Played[] =>
  played.filter(({ entry: { command: { exit, stdout, stderr } } }) => (exit ?? 0) !== 0 && stdout !== undefined && (stderr ?? '') !== '')

function asRecorded({ entry: { command: { stdout = '', stderr = '', exit } } }: Played): Outcome {
  return { stdout, stderr, code: exit }
}

test('commands of the ledger end as recorded, and print what the kubectl of the cluster prints', { timeout: 300_000 }, async (context) => {
  needs(context, 'kubectl')
  await using stage = new Stage()
  const entries = ledger()
  const played: Played[] = []
  const here = entries.filter(({ command }) => excluded(command) === undefined)
  for (const entry of here.filter(isConfig)) played.push(await stage.play(entry))
  await inParallel(here.filter((entry) => !isConfig(entry)), async (entry) => void played.push(await stage.play(entry)))
  const ended = played.filter(({ entry, real }) => real.code === entry.command.exit)
  const equal = played.filter((one) => same(one.real, one.own))
  const refusals = recordedRefusals(played)
  const worded = refusals.filter((one) => same(one.real, asRecorded(one)))
  console.log(`${entries.length - played.length} of ${entries.length} commands need what is not here`)
  console.log(`${ended.length} of ${played.length} end as recorded; ${worded.length} of ${refusals.length} refusals have the recorded text`)
  console.log(`${equal.length} of them print the same in process`)
  for (const { entry: { id, command }, real } of played) {
    if (id in exits) expect.soft(real.code, `${id} ends as recorded now: take it from known-differences.json`).not.toBe(command.exit)
    else expect.soft({ id, ...real }).toMatchObject({ code: command.exit })
  }
  for (const one of refusals) {
    if (!(one.entry.id in texts) && !worded.includes(one)) expect.soft(compared(one.real), one.entry.id).toEqual(compared(asRecorded(one)))
  }
  for (const one of played) {
    if (one.entry.id in own || equal.includes(one)) continue
    expect.soft(compared(one.own), `in process: kubectl ${one.entry.id}`).toEqual(compared(one.real))
  }

})
