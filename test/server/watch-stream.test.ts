import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { ADMIN } from '../../src/cluster/access/identities.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type { HttpWatch } from '../../src/client/http.js'
import { HttpWatchStream } from '../../src/server/watch-stream.js'
import { OutsideCalls } from '../../src/server/webhooks/outside-calls.js'

const cluster = new SimCluster({ nodes: 0 })
const create = (at: number): void =>
  void cluster.create('configmaps', {
    metadata: { name: `m${at}`, namespace: 'default' },
    data: { a: 'x'.repeat(1_000) },
  })

function watch(query: string): HttpWatch {
  const path = '/api/v1/namespaces/default/configmaps'
  return cluster.http.handle({ method: 'GET', path, query: `watch=true&${query}`, user: ADMIN }) as HttpWatch
}

/** A client that reads what it has been sent only when it is told to. */
class SlowClient extends Writable {
  readonly read: string[] = []
  #go: (() => void) | undefined

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.read.push(chunk.toString())
    this.#go = done
  }

  go(): void {
    this.#go?.()
  }
}

const names = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => {
    if (line === '') return []
    const { object } = JSON.parse(line) as { object: { metadata: { name: string } } }
    return object.metadata.name.startsWith('m') ? [object.metadata.name] : []
  })

describe('a client that does not read', () => {
  test('is sent no more than it can take, and all in order once it reads', async () => {
    const client = new SlowClient({ highWaterMark: 1_000 })
    const options = {
      now: cluster.now(),
      calls: OutsideCalls.of(cluster),
      onError: (error: unknown) => {
        throw error
      },
      onEnd: () => undefined,
    }
    const stream = new HttpWatchStream(watch(''), client, options)
    for (let at = 0; at < 200; at++) create(at)
    await new Promise(setImmediate)
    expect(client.writableLength).toBeLessThan(20_000)
    for (let turns = 0; turns < 100; turns++) {
      client.go()
      await new Promise(setImmediate)
      expect(client.writableLength).toBeLessThan(20_000)
    }
    expect(names(client.read.join('').split('\n'))).toEqual(Array.from({ length: 200 }, (_, at) => `m${at}`))
    stream.end()
  })
})

test('events taken one by one are those taken at once', () => {
  const since = (): string => `resourceVersion=${cluster.list('configmaps').metadata.resourceVersion}`
  const start = since()
  const [single, whole] = [watch(start), watch(start)]
  const taken: string[] = []
  for (let at = 300; at < 2_500; at++) {
    create(at)
    // more than what is buffered is left for later
    if (at % 3 === 0) taken.push(...single.next(1))
  }
  for (let line = single.next(1); line.length > 0; line = single.next(1)) taken.push(...line)
  expect(taken).toEqual(whole.next())
  const [initial, list] = [watch(''), watch('')]
  const first: string[] = []
  for (let line = initial.next(1); line.length > 0; line = initial.next(1)) first.push(...line)
  expect(first).toEqual([...list.next(), ...list.next()])
})
