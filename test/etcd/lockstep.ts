import { isDeepStrictEqual } from 'node:util'
import type { ClientDuplexStream } from '@grpc/grpc-js'
import { EtcdError, EtcdStore, type StoreJson, type TxnRequest } from '../../src/etcd/index.js'
import {
  chosen,
  deletesFromKey,
  fillRequest,
  rangeRequest,
  txnRequest,
  type Operation,
  type RangeChoice,
} from './operations.js'
import type { EtcdClient, Message } from './real-etcd.js'
import { canonical, deleteMessage, putMessage, rangeMessage, txnMessage } from './wire.js'

/** One call on both sides: what the model answers, and the real server's call. */
interface Step {
  readonly model: () => unknown
  readonly real: () => Promise<unknown>
}

/** What a run found. */
export interface Difference {
  readonly operation: unknown
  readonly model: unknown
  readonly etcd: unknown
}

/** Throws an error that shows the difference, if there is one. */
export function expectNone(difference: Difference | undefined): void {
  const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)
  if (difference !== undefined) throw new Error(JSON.stringify(difference, plain, 2))
}

const RESET_KEY = 'reset'

export type MakeModel = (json: StoreJson) => EtcdStore

export const honestModel: MakeModel = (json) =>
  EtcdStore.fromJSON(json, { clock: { now: () => 1_700_000_000_000 } })

/** The model and an etcd behind gRPC, given the same requests one after the other. */
export class Lockstep {
  readonly etcd: EtcdClient
  readonly #makeModel: MakeModel
  readonly #keepAlive: ClientDuplexStream<Message, Message>
  model: EtcdStore
  /** Revisions whose exact compaction loses data in the real server. */
  readonly #fragile = new Set<number>()
  #base = 1
  operations = 0

  constructor(etcd: EtcdClient, makeModel: MakeModel = honestModel) {
    this.etcd = etcd
    this.#makeModel = makeModel
    this.#keepAlive = etcd.stream('Lease', 'LeaseKeepAlive')
    this.#keepAlive.on('error', () => undefined)
    this.model = new EtcdStore({ clock: { now: () => 1_700_000_000_000 } })
  }

  close(): void {
    this.#keepAlive.cancel()
  }

  /** Brings both sides to one key with one version, no leases, and everything before compacted. */
  async reset(): Promise<void> {
    const { leases } = (await this.etcd.call('Lease', 'LeaseLeases', {})) as { leases: { ID: string }[] }
    for (const { ID } of leases) await this.etcd.call('Lease', 'LeaseRevoke', { ID })
    await this.etcd.call('KV', 'DeleteRange', deleteMessage({ key: '\0', rangeEnd: '\0' }))
    const { header } = (await this.etcd.call('KV', 'Put', putMessage({ key: RESET_KEY }))) as {
      header: { revision: string }
    }
    const revision = Number(header.revision)
    await this.etcd.call('KV', 'Compact', { revision })
    this.#base = revision
    this.#fragile.clear()
    this.model = this.#makeModel({
      revision,
      compacted: revision,
      writes: [{ key: RESET_KEY, revision, created: revision, version: 1 }],
      leases: [],
      alarms: [],
      size: 0,
      compactionHashes: [],
      raftIndex: 0,
      leaseSequence: 0,
    })
  }

  /** Runs an operation on both sides; answers how they differ, if they do. */
  async run(operation: Operation): Promise<Difference | undefined> {
    const step = this.#step(operation)
    if (step === undefined) return undefined
    this.operations++
    const before = this.model.revision
    const model = modelAnswer(step.model)
    const etcd = await realAnswer(step.real)
    if (operation.do === 'txn' && deletesFromKey(operation.request) && this.model.revision > before) {
      this.#fragile.add(this.model.revision)
    }
    return isDeepStrictEqual(model, etcd) ? undefined : { operation, model, etcd }
  }

  /** Runs operations on both sides. Throws an error that shows the first difference. */
  async play(operations: readonly Operation[]): Promise<void> {
    for (const each of operations) expectNone(await this.run(each))
  }

  #step(operation: Operation): Step | undefined {
    const { model, etcd } = this
    const now = model.revision
    switch (operation.do) {
      case 'put': {
        const { request } = operation
        return { model: () => model.put(request), real: () => etcd.call('KV', 'Put', putMessage(request)) }
      }
      case 'range': {
        const request = rangeRequest(operation.request as RangeChoice, now)
        return {
          model: () => model.range(request),
          real: () => etcd.call('KV', 'Range', rangeMessage(request)),
        }
      }
      case 'delete': {
        const { request } = operation
        return {
          model: () => model.deleteRange(request),
          real: () => etcd.call('KV', 'DeleteRange', deleteMessage(request)),
        }
      }
      case 'txn':
        return this.#txn(txnRequest(operation.request, now))
      case 'fill':
        return this.#txn(fillRequest(operation))
      case 'compact':
        return this.#compact(chosen(operation.revision, now) ?? now)
      case 'hashKV':
        return this.#hashKV(chosen(operation.revision, now) ?? 0)
      default:
        return this.#lease(operation)
    }
  }

  #txn(request: TxnRequest): Step {
    return {
      model: () => this.model.txn(request),
      real: () => this.etcd.call('KV', 'Txn', txnMessage(request)),
    }
  }

  #compact(revision: number): Step | undefined {
    if (this.#fragile.has(revision)) return undefined
    return {
      model: () => this.model.compact({ revision }),
      real: () => this.etcd.call('KV', 'Compact', { revision, physical: true }),
    }
  }

  #hashKV(revision: number): Step | undefined {
    // The real server remembers hashes of compactions from before the reset.
    if (revision > 0 && revision <= this.#base) return undefined
    return {
      model: () => this.model.hashKV(revision),
      real: () => this.etcd.call('Maintenance', 'HashKV', { revision }),
    }
  }

  #lease(
    operation: Exclude<Operation, { do: 'put' | 'range' | 'delete' | 'txn' | 'fill' | 'compact' | 'hashKV' }>,
  ): Step {
    const { model, etcd } = this
    switch (operation.do) {
      case 'grant': {
        const { id, ttl } = operation
        return {
          model: () => model.leaseGrant({ id, ttl }),
          real: () => etcd.call('Lease', 'LeaseGrant', { ID: id.toString(), TTL: ttl }),
        }
      }
      case 'revoke':
        return {
          model: () => model.leaseRevoke(operation.id),
          real: () => etcd.call('Lease', 'LeaseRevoke', { ID: operation.id.toString() }),
        }
      case 'ttl':
        return {
          model: () => timeless(model.leaseTimeToLive(operation)),
          real: async () =>
            timeless(
              await etcd.call('Lease', 'LeaseTimeToLive', {
                ID: operation.id.toString(),
                keys: operation.keys,
              }),
            ),
        }
      case 'keepAlive':
        return { model: () => model.leaseKeepAlive(operation.id), real: () => this.#renew(operation.id) }
      case 'leases':
        return {
          model: () => model.leases().leases.map(String).sort(),
          real: async () =>
            ((await etcd.call('Lease', 'LeaseLeases', {})).leases as { ID: string }[])
              .map(({ ID }) => ID)
              .sort(),
        }
    }
  }

  #renew(id: bigint): Promise<unknown> {
    return new Promise((resolve) => {
      this.#keepAlive.once('data', resolve)
      this.#keepAlive.write({ ID: id.toString() })
    })
  }
}

/** Remaining time depends on the wall clock, and the order of keys on Go's maps. */
function timeless(response: object): unknown {
  const { ttl, TTL, keys, ...rest } = response as { ttl?: number; TTL?: string; keys: (string | Buffer)[] }
  const names = keys.map((key) => (typeof key === 'string' ? key : key.toString('latin1'))).sort()
  return { ...rest, gone: Number(ttl ?? TTL) === -1, keys: names }
}

function modelAnswer(call: () => unknown): unknown {
  try {
    return canonical(call())
  } catch (error) {
    if (error instanceof EtcdError) return { code: error.code, message: error.message }
    throw error
  }
}

async function realAnswer(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return canonical(await call())
  } catch (error) {
    const { code, details } = error as { code: number; details: string }
    return { code, message: details }
  }
}
