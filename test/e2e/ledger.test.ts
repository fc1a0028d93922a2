import { expect, test } from 'vitest'
import known from './known-differences.json' with { type: 'json' }
import { needs } from './harness.js'
import type { Outcome } from './harness.js'
import { ledger } from './ledger/commands.js'
import { excluded } from './ledger/exclusions.js'
import type { Played } from './ledger/play.js'
import { Stage } from './ledger/play.js'
import { read } from './ledger/readings.js'
import { compared } from './transcripts/normalise.js'

const exits: Readonly<Record<string, string>> = known.ledger.exits
const texts: Readonly<Record<string, string>> = known.ledger.texts
const own: Readonly<Record<string, string>> = known.ledger.inProcess

const isEqual = ({ entry: { id }, real, own: ours }: Played): boolean =>
  ours !== undefined && JSON.stringify(read(id, real)) === JSON.stringify(read(id, ours))
const isWorded = (one: Played): boolean =>
  JSON.stringify(compared(one.real)) === JSON.stringify(compared(asRecorded(one)))

/** Those of all commands that must be equal, where the server does not misbehave. */
const WANTED = 0.95

/**
 * Refusals, whose texts are recorded: those of kubectl itself are real, those of the server come from a
 * stand-in.
 */
const recordedRefusals = (played: readonly Played[]): readonly Played[] =>
  played.filter(
    ({
      entry: {
        command: { exit, stdout, stderr },
      },
    }) => (exit ?? 0) !== 0 && stdout !== undefined && (stderr ?? '') !== '',
  )

/** A command that went on until it was killed has no exit code in the ledger. */
const INTERRUPTED = 130

function asRecorded({
  entry: {
    command: { stdout = '', stderr = '', exit },
  },
}: Played): Outcome {
  return { stdout, stderr, code: exit ?? INTERRUPTED }
}

test(
  'commands of the ledger end as recorded, and print what the kubectl of the cluster prints',
  { timeout: 300_000 },
  async (context) => {
    needs(context, 'kubectl')
    await using stage = new Stage()
    const entries = ledger()
    const here = entries.filter(({ command }) => excluded(command) === undefined)
    const played = await stage.playAll(here)
    const ended = played.filter(({ entry, real }) => real.code === (entry.command.exit ?? INTERRUPTED))
    const equal = played.filter(isEqual)
    const servedOnly = played.filter(({ own: ours }) => ours === undefined)
    const inProcess = entries.length - servedOnly.length
    const refusals = recordedRefusals(played)
    const worded = refusals.filter(isWorded)
    console.log(`${entries.length - played.length} of ${entries.length} commands need what is not here`)
    console.log(
      `${ended.length} of ${played.length} end as recorded; ${worded.length} of ${refusals.length} ` +
        'refusals have the recorded text',
    )
    console.log(
      `${equal.length} of the ${inProcess} that can run in process print the same there: ` +
        `${((100 * equal.length) / inProcess).toFixed(1)} %`,
    )
    for (const one of played) {
      const {
        entry: { id, command },
        real,
      } = one
      if (id in exits)
        expect
          .soft(real.code, `${id} ends as recorded now: take it from known-differences.json`)
          .not.toBe(command.exit)
      else expect.soft({ id, ...real }).toMatchObject({ code: command.exit ?? INTERRUPTED })
      if (!(id in own) && one.own !== undefined && !equal.includes(one))
        expect.soft(read(id, one.own), `in process: kubectl ${id}`).toEqual(read(id, real))
    }
    for (const one of refusals) {
      if (!(one.entry.id in texts) && !worded.includes(one))
        expect.soft(compared(one.real), one.entry.id).toEqual(compared(asRecorded(one)))
    }
    expect(equal.length / inProcess).toBeGreaterThanOrEqual(WANTED)
  },
)
