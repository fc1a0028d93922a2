/**
 * `npx tsx bench/etcd/watch.bench.ts`: fan-out of one put to watchers of its prefix, and what watchers of
 * other prefixes cost; the real etcd beside it (all watchers on one stream; until the last of them has been
 * told).
 */
import type { EtcdStore } from '../../src/etcd/index.js'
import { prefixRangeEnd } from '../../src/etcd/index.js'
import { etcdInstalled, RealEtcd } from '../../test/etcd/real-etcd.js'
import { microseconds, microsecondsAwaited } from './timing.js'
import { filled, podKeys, VALUE } from './workload.js'

const KEYS = 100_000
const WATCHED = '/registry/pods/ns-07/'
const KEY = `${WATCHED}web-0000007`

function watched(
  watchers: number,
  prefixOf: (i: number) => string,
): { store: EtcdStore; told: () => number } {
  const store = filled(podKeys(KEYS))
  let told = 0
  const stream = store.watchStream(({ events }) => {
    told += events.length
  })
  for (let i = 0; i < watchers; i++)
    stream.create({ key: prefixOf(i), rangeEnd: prefixRangeEnd(prefixOf(i)), prevKv: true })
  return { store, told: () => told }
}

function putTime(store: EtcdStore, puts: number): number {
  return microseconds(puts, () => {
    for (let i = 0; i < puts; i++) store.put({ key: KEY, value: VALUE })
  })
}

async function realPutTime(watchers: number): Promise<number> {
  const etcd = await RealEtcd.start()
  const stream = etcd.stream('Watch', 'Watch')
  let told = 0
  let wake: () => void = () => undefined
  stream.on('data', (response: { created: boolean; events: unknown[] }) => {
    told += response.created ? 1 : response.events.length
    wake()
  })
  stream.on('error', () => undefined)
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      wake = () => {
        if (told >= count) resolve()
      }
      wake()
    })
  const key = Buffer.from(WATCHED)
  for (let i = 0; i < watchers; i++) {
    stream.write({ createRequest: { key, rangeEnd: Buffer.from(prefixRangeEnd(WATCHED)), prevKv: true } })
  }
  await until(watchers)
  const puts = Math.max(2, Math.min(100, Math.floor(20_000 / watchers)))
  const time = await microsecondsAwaited(puts, async () => {
    for (let i = 0; i < puts; i++) {
      const goal = told + watchers
      await etcd.call('KV', 'Put', { key: Buffer.from(KEY), value: Buffer.from(JSON.stringify(VALUE)) })
      await until(goal)
    }
  })
  stream.cancel()
  await etcd.stop()
  return time
}

const rows: Record<string, Record<string, number>> = {}
const alone = putTime(watched(0, () => '').store, 2000)
rows['no watcher'] = { 'us a put': Number(alone.toPrecision(3)) }
for (const watchers of [1, 100, 10_000]) {
  const { store } = watched(watchers, () => WATCHED)
  const time = putTime(store, Math.max(20, Math.floor(20_000 / watchers)))
  const real = etcdInstalled() ? await realPutTime(watchers) : undefined
  rows[`${watchers} watchers of the prefix`] = {
    'us a put': Number(time.toPrecision(3)),
    'events/s': Math.round((watchers / time) * 1e6),
    ...(real === undefined
      ? {}
      : { 'etcd us a put': Math.round(real), 'etcd events/s': Math.round((watchers / real) * 1e6) }),
  }
}
for (const watchers of [100, 10_000]) {
  const { store, told } = watched(watchers, (i) => `/registry/pods/other-${i}/`)
  rows[`${watchers} watchers of other prefixes`] = { 'us a put': Number(putTime(store, 2000).toPrecision(3)) }
  if (told() > 0) throw new Error('a watcher of another prefix was told')
}
console.log(`\nWatch fan-out, ${KEYS.toLocaleString('en')} keys`)
console.table(rows)
