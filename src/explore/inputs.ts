import * as z from 'zod/mini'
import {
  anyFunction,
  anyObject,
  argumentsCheck,
  callable,
  duration,
  flag,
  shaped,
  type ShapeOf,
  strict,
  text,
  word,
} from '../api/checked-input.js'
import { InputError } from '../lang/input-error.js'
import { aCluster } from '../cluster/inputs/a-cluster.js'
import { fastCheck } from '../testing/inputs.js'
import type { ClientOptions } from './clients/options.js'
import type { Always, Eventually, ExploredAction, ExploreOptions, Faults, ReplayOptions } from './options.js'

const count = z.optional(z.int().check(z.gte(0)))
const atLeastOne = z.optional(z.int().check(z.gte(1)))
const names = z.array(text)

/** A list that may be left out. */
const many = <T>(member: z.ZodMiniType<T>): z.ZodMiniType<readonly T[] | undefined> =>
  shaped<readonly T[] | undefined>(z.optional(z.array(member)))

const faults = (): z.ZodMiniType<Faults> =>
  strict<Faults>({
    crash: count,
    lostResponse: count,
    timeout: count,
    conflict: count,
    error: count,
    nodeCrash: count,
    timeTravel: count,
    unobserved: count,
    of: z.optional(names),
  })

/** An invariant, or a function, which may even be async: that is told as a vacuous property. */
const always = (): z.ZodMiniType<Always> =>
  shaped<Always>(
    z.union([
      z.strictObject({ name: text, holds: anyFunction() }),
      z.strictObject({
        name: text,
        rule: text,
        check: z.optional(anyFunction()),
        onlyAtRest: flag,
        excusedBy: z.optional(names),
        observe: z.optional(anyFunction()),
      }),
    ]),
  )

const search = (): z.ZodMiniType<ExploreOptions['search']> =>
  shaped<ExploreOptions['search']>(
    z.optional(
      z.union([
        z.strictObject({ delays: z.int().check(z.gte(0)) }),
        z.strictObject({ pct: z.int().check(z.gte(1)), runs: z.int().check(z.gte(1)) }),
        z.strictObject({
          patterns: z.array(z.enum(['intermediate', 'stale', 'unobserved'])),
          runs: atLeastOne,
        }),
        z.literal('exhaustive'),
      ]),
    ),
  )

const clients = z
  .record(z.string(), anyFunction())
  .check(z.refine((value) => Object.keys(value).length > 0, 'must have a function for each client'))

/** What `explore()`, `replay()` and their like take. */
const shape = (): ShapeOf<ExploreOptions> => ({
  actions: many(
    strict<ExploredAction>({
      name: text,
      do: anyFunction(),
      at: z.optional(z.enum(['start', 'rest', 'any'])),
    }),
  ),
  search: search(),
  time: z.optional(duration),
  lag: z.optional(z.strictObject({ of: names, max: duration })),
  faults: z.optional(faults()),
  preempt: count,
  events: z.optional(z.enum(['batch', 'one'])),
  workers: atLeastOne,
  underTest: z.optional(names),
  always: many(always()),
  eventually: many(strict<Eventually>({ name: word, holds: anyFunction(), within: z.optional(duration) })),
  sameAs: z.optional(z.enum(['faultless'])),
  budget: z.optional(
    strict<NonNullable<ExploreOptions['budget']>>({ schedules: atLeastOne, time: z.optional(duration) }),
  ),
  seed: z.optional(z.number()),
  shard: z.optional(z.strictObject({ index: z.int().check(z.gte(0)), of: z.int().check(z.gte(1)) })),
})

/** What both take with clients. */
const clientShape = (): ShapeOf<ClientOptions> => ({
  clients: shaped<ClientOptions['clients']>(z.optional(clients)),
  quiet: shaped<ClientOptions['quiet']>(
    z.optional(z.strictObject({ turns: z.optional(z.int()), ms: z.optional(z.int()) })),
  ),
})

const checkExplored = argumentsCheck(
  'explore()',
  "explore(cluster, { search: { delays: 1 }, always: [{ name: 'few pods', holds: (c) => " +
    "c.list('pods').items.length <= 4 }] })",
  () => ({ cluster: aCluster, options: z.strictObject({ ...shape(), ...clientShape() }) }),
)

/**
 * Checks the arguments of `explore()`. @throws InputError that names what is unknown or wrong, and the
 * nearest key; or that there is nothing to check
 */
export function checkExplore(cluster: unknown, options: ExploreOptions): void {
  checkExplored([cluster, options])
  const { always: first = [], eventually = [], sameAs } = options
  if (first.length === 0 && eventually.length === 0 && sameAs === undefined)
    throw new InputError(
      'explore() has nothing to check: give it `always: [{ name, holds }]`, `eventually: [{ holds }]` or ' +
        "`sameAs: 'faultless'`",
    )
  checkShard(options)
  refuseTwice('always', first)
  refuseTwice('eventually', eventually)
}

function checkShard({ shard, search }: ExploreOptions): void {
  if (shard === undefined) return
  const { index, of } = shard
  if (index >= of)
    throw new InputError(
      `explore(): there is no shard ${index} of ${of}: the last one has the index ${of - 1}`,
    )
  if (typeof search === 'object' && !('delays' in search))
    throw new InputError(
      'explore(): shard divides searches with delays; give each thread a `seed` of its own instead',
    )
}

function refuseTwice(where: string, properties: readonly { readonly name?: string }[]): void {
  const seen = new Set<string>()
  for (const { name } of properties) {
    if (name === undefined) continue
    if (seen.has(name))
      throw new InputError(`explore(): ${where} has two properties "${name}": give each its own name`)
    seen.add(name)
  }
}

const checkReplayed = argumentsCheck(
  'replay()',
  'replay(counterExample, { components: [controller], actions, always })',
  () => {
    const more: Pick<ShapeOf<ReplayOptions>, 'components' | 'images' | 'upTo'> = {
      components: shaped<ReplayOptions['components']>(z.optional(z.array(anyObject()))),
      images: shaped<ReplayOptions['images']>(z.optional(z.unknown())),
      upTo: count,
    }
    return {
      found: z.looseObject({ version: z.literal(1), root: anyObject(), choices: z.array(anyObject()) }),
      options: z.strictObject({ ...shape(), ...clientShape(), ...more }),
    }
  },
)

/**
 * Checks the arguments of `replay()`, `narrate()` and `storySvg()`. @throws InputError like {@link
 * checkExplore}
 */
export function checkReplay(found: unknown, options: ReplayOptions): void {
  checkReplayed([found, options])
}

/** Checks the arguments of `exploration()`. */
export const checkSchedules: (args: readonly unknown[]) => void = argumentsCheck(
  'exploration()',
  "exploration(fc, cluster, { time: '5m' }), after import * as fc from 'fast-check'",
  () => {
    const { actions, time } = shape()
    return { fc: fastCheck, cluster: aCluster, options: z.strictObject({ actions, time }) }
  },
)

/** Checks the argument of `schedule.run()`. */
export const checkAct: (args: readonly unknown[]) => void = argumentsCheck(
  'run()',
  "schedule.run((cluster) => cluster.kubectl('scale deployment web --replicas=2'))",
  () => ({ act: callable() }),
)
