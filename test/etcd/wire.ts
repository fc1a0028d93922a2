import type {
  Compare,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  ResponseHeader,
  TxnRequest,
} from '../../src/etcd/index.js'
import { keyOf, valueBytes, type StoredValue } from '../../src/etcd/index.js'
import type { Message } from './real-etcd.js'

/** The store's requests as gRPC messages, and both sides' answers in one form that can be compared. */

type Plain = Record<string, unknown>

function bytes(key: string): Buffer {
  return Buffer.from(key, 'latin1')
}

function optional(name: string, value: unknown): Plain {
  return value === undefined ? {} : { [name]: value }
}

function rangeEnd(end: string | undefined): Plain {
  return optional('rangeEnd', end === undefined ? undefined : bytes(end))
}

function id(lease: bigint | undefined): Plain {
  return optional('lease', lease?.toString())
}

function octets(value: StoredValue | undefined): Plain {
  return optional('value', value === undefined ? undefined : Buffer.from(valueBytes(value)))
}

export function rangeMessage(request: RangeRequest): Message {
  return { ...request, key: bytes(request.key), ...rangeEnd(request.rangeEnd) }
}

export function putMessage(request: PutRequest): Message {
  return { ...request, key: bytes(request.key), ...octets(request.value), ...id(request.lease) }
}

export function deleteMessage(request: DeleteRangeRequest): Message {
  return { ...request, key: bytes(request.key), ...rangeEnd(request.rangeEnd) }
}

function compareMessage(compare: Compare): Message {
  return {
    ...compare,
    key: bytes(compare.key),
    ...rangeEnd(compare.rangeEnd),
    ...octets(compare.value),
    ...id(compare.lease),
  }
}

function opMessage(op: RequestOp): Message {
  if (op.requestRange !== undefined) return { requestRange: rangeMessage(op.requestRange) }
  if (op.requestPut !== undefined) return { requestPut: putMessage(op.requestPut) }
  if (op.requestDeleteRange !== undefined) return { requestDeleteRange: deleteMessage(op.requestDeleteRange) }
  return op.requestTxn === undefined ? {} : { requestTxn: txnMessage(op.requestTxn) }
}

export function txnMessage({ compare = [], success = [], failure = [] }: TxnRequest): Message {
  return {
    compare: compare.map(compareMessage),
    success: success.map(opMessage),
    failure: failure.map(opMessage),
  }
}

/** gRPC's field names for those that the store calls otherwise. */
const RENAMED: Readonly<Record<string, string>> = { TTL: 'ttl', ID: 'id', grantedTTL: 'grantedTTL' }
/** Protobuf's oneof discriminators, which `oneofs: true` adds. */
const DISCRIMINATORS = new Set(['response', 'request', 'requestUnion', 'error'])

/**
 * An answer of either side: numbers and ids as strings, bytes as binary strings, headers as revision and "is
 * set".
 */
export function canonical(response: unknown): unknown {
  if (response instanceof Uint8Array) return keyOf(response)
  if (typeof response === 'bigint' || typeof response === 'number') return response.toString()
  if (Array.isArray(response)) return response.map(canonical)
  if (typeof response !== 'object' || response === null) return response
  const fields: Plain = {}
  for (const [name, value] of Object.entries(response)) {
    if (value === undefined || value === null || DISCRIMINATORS.has(name)) continue
    fields[RENAMED[name] ?? name] =
      name === 'header' ? canonicalHeader(value as ResponseHeader) : canonical(value)
  }
  return fields
}

function canonicalHeader(header: ResponseHeader): string {
  return `${header.revision}${String(header.clusterId) === '0' ? ' inner' : ''}`
}
