import { InputError } from '../../lang/input-error.js'
import { anyObject } from '../../api/checked-input.js'
import * as z from 'zod/mini'
import type { StoreJson } from '../../etcd/store-json.js'
import type { SimulationState } from '../../sim/state.js'
import { optionSchema } from '../compose/option-schema.js'

/** The parts of a snapshot after its references have been followed. */
export interface SnapshotParts {
  readonly simulation: SimulationState
  readonly etcd: StoreJson
}

let schemas: ReturnType<typeof makeSchemas> | undefined

/**
 * Checks the shape of a snapshot's parts; the state that components keep for themselves, in slices and
 * payloads, is not looked into. The schema is built on first use.
 * @throws InputError with the path of the first fault: `simulation.timers[3].due: expected number`
 */
export function checkParts(parts: {
  readonly simulation: unknown
  readonly etcd: unknown
}): asserts parts is SnapshotParts {
  check((schemas ??= makeSchemas()).parts, parts)
}

/**
 * Checks what a snapshot has beside its parts: its options, and that nothing else is there.
 * @throws InputError with the path of the first fault
 */
export function checkDocument(json: unknown): void {
  check((schemas ??= makeSchemas()).document, json)
}

function check(schema: z.ZodMiniType, value: unknown): void {
  const { error } = schema.safeParse(value)
  const issue = error?.issues[0]
  if (issue === undefined) return
  const path = issue.path.reduce<string>(
    (before, part) => before + (typeof part === 'number' ? `[${part}]` : `${before && '.'}${String(part)}`),
    '',
  )
  const what = issue.code === 'unrecognized_keys' ? `unknown: ${issue.keys.join(', ')}` : issue.message
  throw new InputError(`${path === '' ? 'document' : path}: ${what}`)
}

function makeSchemas() {
  const count = z.number().check(z.refine((value) => Number.isSafeInteger(value), 'must be a whole number'))
  const id = z.string().check(z.regex(/^-?\d{1,20}$/, 'must be a number in decimal digits'))
  const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64'))
  const call = { owner: z.string(), topic: z.string(), key: z.string(), payload: z.optional(z.unknown()) }
  const timer = z.strictObject({ ...call, due: z.number(), seq: count, class: z.enum(['work', 'watchdog']) })
  const simulation = z.strictObject({
    now: z.number(),
    timers: z.array(timer),
    nextTimerSeq: count,
    ready: z.array(z.strictObject({ ...call, timed: z.optional(z.literal(true)) })),
    random: z.strictObject({ seed: z.number(), streams: z.record(z.string(), z.array(z.number())) }),
    trace: z.strictObject({ a: z.number(), b: z.number(), records: count }),
    slices: z.map(z.string(), z.map(z.string(), z.unknown())),
    stopped: z.array(z.string()),
  })
  const write = z.strictObject({
    key: z.string(),
    revision: count,
    sub: z.optional(count),
    created: z.optional(count),
    version: z.optional(count),
    lease: z.optional(id),
    value: z.optional(anyObject()),
    bytes: z.optional(base64),
  })
  const auth = z.strictObject({
    enabled: z.boolean(),
    revision: count,
    users: z.array(z.looseObject({ name: z.string() })),
    roles: z.array(z.looseObject({ name: z.string() })),
  })
  const etcd = z.strictObject({
    revision: count,
    compacted: count,
    writes: z.array(write).check(z.refine(inOrder, 'must be in the order of their revisions')),
    leases: z.array(z.strictObject({ id, ttl: z.number(), expiry: z.number() })),
    alarms: z.array(z.strictObject({ memberId: id, alarm: z.enum(['NONE', 'NOSPACE', 'CORRUPT']) })),
    size: count,
    compactionHashes: z.array(z.strictObject({ revision: count, compactRevision: count, hash: count })),
    raftIndex: count,
    leaseSequence: count,
    auth: z.optional(auth),
  })
  const document = z.strictObject({
    simcluster: count,
    options: optionSchema(),
    shared: z.array(z.unknown()),
    simulation: z.unknown(),
    etcd: z.unknown(),
  })
  return { parts: z.strictObject({ simulation, etcd }), document }
}

const inOrder = (
  writes: readonly { readonly revision: number; readonly sub?: number | undefined }[],
): boolean =>
  writes.every(({ revision, sub = 0 }, at) => {
    const before = writes[at - 1]
    return (
      before === undefined ||
      before.revision < revision ||
      (before.revision === revision && (before.sub ?? 0) < sub)
    )
  })
