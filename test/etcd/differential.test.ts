import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { honestModel, Lockstep, type MakeModel } from './lockstep.js'
import { operation, type Operation } from './operations.js'
import { ETCD_BINARY, etcdInstalled, RealEtcd } from './real-etcd.js'
import { playWatches } from './watch-lockstep.js'

const SEED = 7
const installed = etcdInstalled()

test('the real etcd is there (in CI it must be; elsewhere these tests are skipped without it)', () => {
  if (!installed) console.warn(`${ETCD_BINARY} is missing: install etcd-server to run the differential tests`)
  expect(installed || process.env['CI'] === undefined).toBe(true)
})

interface Outcome {
  readonly operations: number
  /** The shrunk sequence that differs, if one does. */
  readonly counterexample: Operation[] | undefined
  readonly error: unknown
}

describe.skipIf(!installed)('against the real etcd (skipped only where its binary is missing)', () => {
  let etcd: RealEtcd
  beforeAll(async () => {
    etcd = await RealEtcd.start()
  })
  afterAll(() => etcd.stop())

  /** Runs random sequences, each from a common beginning, and shrinks the first that differs. */
  async function compare(makeModel: MakeModel, numRuns: number): Promise<Outcome> {
    const lockstep = new Lockstep(etcd, makeModel)
    const outcome = await fc.check(
      fc.asyncProperty(fc.array(operation, { maxLength: 20 }), async (operations) => {
        await lockstep.reset()
        await lockstep.play(operations)
      }),
      { numRuns, seed: SEED },
    )
    lockstep.close()
    return {
      operations: lockstep.operations,
      counterexample: outcome.counterexample?.[0],
      error: outcome.errorInstance,
    }
  }

  test('a store that never was compacted answers as a fresh server', async () => {
    const fresh = await RealEtcd.start()
    const lockstep = new Lockstep(fresh)
    const operations = fc
      .sample(operation, { numRuns: 600, seed: SEED })
      .filter((each) => each.do !== 'compact')
      // etcd's clock runs: on a busy machine a short lease ends before the last operation
      .filter((each) => each.do !== 'grant' || each.ttl < 0 || each.ttl > 3)
    await lockstep.play(operations)
    await lockstep.play([
      { do: 'compact', revision: { at: -1 } },
      { do: 'hashKV', revision: undefined },
      { do: 'compact', revision: { at: 0 } },
      { do: 'compact', revision: { at: 0 } },
      { do: 'compact', revision: { offset: 1 } },
      { do: 'hashKV', revision: undefined },
    ])
    lockstep.close()
    await fresh.stop()
  })

  test('1,000 random sequences of operations have the same answers', async () => {
    const { operations, error } = await compare(honestModel, 1_000)
    expect(error).toBeNull()
    expect(operations).toBeGreaterThan(4_000)
    console.info(`differential: ${operations} operations, no difference`)
  })

  test('a wrong rule in the model is found and shrunk', async () => {
    const countsAfterLimit: MakeModel = (json) => {
      const model = honestModel(json)
      const range = model.range.bind(model)
      model.range = (request) => {
        const response = range(request)
        return request.countOnly === true ? response : { ...response, count: response.kvs.length }
      }
      return model
    }
    const { counterexample, error } = await compare(countsAfterLimit, 500)
    expect(String(error)).toContain('"count"')
    expect(counterexample?.filter((each) => each.do === 'range')).toHaveLength(1)
    expect(counterexample!.length).toBeLessThanOrEqual(2)
  })

  test('a wrong rule for deletions is found too', async () => {
    const everyDeleteIsARevision: MakeModel = (json) => {
      const model = honestModel(json)
      const deleteRange = model.deleteRange.bind(model)
      model.deleteRange = (request) => {
        const received = deleteRange(request)
        return {
          ...received,
          header: {
            ...received.header,
            revision: received.header.revision + (received.deleted === 0 ? 1 : 0),
          },
        }
      }
      return model
    }
    const { counterexample } = await compare(everyDeleteIsARevision, 500)
    expect(counterexample).toMatchObject([{ do: 'delete' }])
  })

  test('watchers see the same, with history, filters, old values, ids, cancels and compactions', async () => {
    const events = await playWatches(etcd, { numRuns: 40, seed: SEED })
    expect(events).toBeGreaterThan(500)
    console.info(`differential: ${events} watch events, no difference`)
  })
})
