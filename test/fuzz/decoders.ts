import { InputError } from '../../src/lang/input-error.js'
import { compile } from '../../src/api/cel/compile.js'
import { JsonSyntaxError, parseJson } from '../../src/lang/go/json.js'
import { JsonPathError } from '../../src/lang/jsonpath/nodes.js'
import { parseJsonPath } from '../../src/lang/jsonpath/parse.js'
import { compileSelectorText, SelectorSyntaxError } from '../../src/api/selectors/label-parser.js'
import { ProtobufError } from '../../src/lang/protobuf/protobuf-error.js'
import { decodeProtobuf } from '../../src/api/protobuf/protobuf.js'
import { canonicalQuantity, QuantityError } from '../../src/api/quantity.js'
import { compileGoRegExp, isFault } from '../../src/lang/go/regexp.js'
import { firstYamlDocument, YamlError } from '../../src/lang/yaml/read.js'
import { ClusterSnapshot } from '../../src/cluster/storage/snapshot.js'
import { EtcdStore } from '../../src/etcd/store.js'
import { SnapshotError } from '../../src/etcd/snapshot/snapshot-error.js'
import { decode, TooDeep } from '../../src/server/etcd/grpc/codec.js'
import { FrameReader } from '../../src/server/etcd/grpc/frames.js'
import { GrpcError } from '../../src/server/etcd/grpc/grpc-error.js'
import { SpdyConnection } from '../../src/server/spdy/connection.js'
import type { ByteChannel } from '../../src/server/streams/byte-channel.js'
import { sizeOf } from '../../src/server/streams/exec-channels.js'

/**
 * What reads bytes of clients, by name. Each takes any bytes; what it throws is a bug.
 */
export type Decoder = (bytes: Buffer) => void | Promise<void>

type Refusal = new (...parts: never[]) => Error

/** A decoder that may throw these errors, and none other. */
const refusing =
  (read: (bytes: Buffer) => unknown, ...refusals: readonly Refusal[]): Decoder =>
  (bytes) => {
    try {
      read(bytes)
    } catch (error) {
      if (!refusals.some((refusal) => error instanceof refusal)) throw error
    }
  }

const clock = { now: () => 0 }
const KIND = { apiVersion: 'v1', kind: 'Pod' }

/** A peer that sends bytes in two pieces over SPDY. Nothing that it sends may be thrown at the server. */
async function spdy(bytes: Buffer): Promise<void> {
  let receive: (data: Buffer) => void = () => undefined
  const channel: Pick<ByteChannel, 'listen' | 'write' | 'close'> = {
    listen: (onData) => void (receive = onData),
    write: () => undefined,
    close: () => undefined,
  }
  new SpdyConnection(channel as ByteChannel).start()
  const middle = bytes.length >> 1
  receive(bytes.subarray(0, middle))
  receive(bytes.subarray(middle))
  await new Promise((resolve) => setImmediate(resolve))
}

function quantity(bytes: Buffer): void {
  const once = canonicalQuantity(bytes.toString())
  if (canonicalQuantity(once) !== once) throw new Error(`${once} is not canonical`)
}

function pattern(bytes: Buffer): void {
  const compiled = compileGoRegExp(bytes.toString())
  if (!isFault(compiled)) compiled.test('aaaaaaaaaaaaaaaa')
}

/** A snapshot without its hash; the first byte chooses the form. */
function snapshot(bytes: Buffer): void {
  const form = (bytes[0] ?? 0) % 3
  const rest = bytes.subarray(1)
  if (form === 0) EtcdStore.fromSnapshot(rest, { clock, skipHashCheck: true })
  else if (form === 1) ClusterSnapshot.fromFile(rest)
  else ClusterSnapshot.fromLines(rest.toString().split('\n'))
}

/** The first byte chooses how the others are cut. */
function grpc(bytes: Buffer): void {
  const reader = new FrameReader()
  const step = 1 + (bytes[0] ?? 0)
  for (let at = 1; at < bytes.length; at += step)
    for (const message of reader.push(bytes.subarray(at, at + step))) decode('TxnRequest', message)
}

export const decoders: Readonly<Record<string, Decoder>> = {
  protobuf: refusing((bytes) => decodeProtobuf(bytes, KIND), ProtobufError),
  yaml: refusing((bytes) => firstYamlDocument(bytes.toString()), YamlError),
  json: refusing((bytes) => parseJson(bytes.toString()), JsonSyntaxError),
  spdy,
  websocket: refusing((bytes) => sizeOf(bytes)),
  snapshot: refusing(snapshot, SnapshotError, InputError),
  selector: refusing((bytes) => compileSelectorText(bytes.toString())({ a: 'b' }), SelectorSyntaxError),
  quantity: refusing(quantity, QuantityError),
  cel: refusing((bytes) => compile(bytes.toString(), new Map())),
  jsonpath: refusing((bytes) => parseJsonPath(bytes.toString()), JsonPathError),
  pattern: refusing(pattern),
  grpc: refusing(grpc, ProtobufError, TooDeep, GrpcError),
}
