import { InputError } from '../lang/input-error.js'
import { nearest } from '../lang/text/nearest.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import { type ClientOptions, isOfClients, type WithoutClients } from './clients/options.js'
import { programsOf } from './clients/programs-of.js'
import { checkReplay } from './inputs.js'
import type { ExploreOptions, ReplayOptions } from './options.js'
import type { RunRecord } from './execution/records.js'
import { drawn } from './story/picture.js'
import type { CounterExample } from './result.js'
import { checkRepeated, NotRepeated, played } from './search/repeat.js'
import { finished, finishedWith, type Played } from './search/run.js'
import { type ExploreScope, scopeOf } from './scope.js'
import { COMES_TO_REST } from './execution/no-rest.js'
import { NO_IDLE_WRITE, NOTHING_FAILS } from './execution/generic-invariants.js'
import { Narration } from './story/narration.js'

/** Options of `replay()` and the others with clients. */
export type ReplayClientsOptions = ReplayOptions & ClientOptions

/** Properties that are no options. */
const GENERIC = ['no component throws', COMES_TO_REST, NOTHING_FAILS, NO_IDLE_WRITE]

type Options = ReplayOptions | ReplayClientsOptions

/**
 * Plays a counter-example again, in this or another process, and returns the cluster in the state of the
 * violation, or earlier; with `clients`, a promise of it. @throws InputError if the options lack a component,
 * an action or a property of the counter-example
 * @example replay(found).kubectl('get pods')
 */
export function replay(found: CounterExample, options: ReplayClientsOptions): Promise<SimCluster>
export function replay(found: CounterExample, options?: ReplayOptions & WithoutClients): SimCluster
export function replay(found: CounterExample, options: Options = {}): SimCluster | Promise<SimCluster> {
  return playedThen(found, options, undefined, ({ execution }) => execution.cluster)
}

/**
 * Returns the lines of a counter-example as `kubectl` and component logs would show it, what caches did not
 * show, how requests ended, and the state that violates the property; with `clients`, a promise of them.
 * @throws InputError like {@link replay}
 * @example console.log(narrate(found))
 */
export function narrate(found: CounterExample, options: ReplayClientsOptions): Promise<string>
export function narrate(found: CounterExample, options?: ReplayOptions & WithoutClients): string
export function narrate(found: CounterExample, options: Options = {}): string | Promise<string> {
  const narration = new Narration(rootOf(found, options))
  return playedThen(
    found,
    options,
    (record) => narration.add(record),
    ({ execution }) => narration.end(found, execution.cluster),
  )
}

/**
 * Draws a counter-example: a lane for each process, time downwards, a box for each step, an arrow to the
 * apiserver for each write, the choices, and what they broke. Returns SVG, with the narration as the text
 * of the same facts; with `clients`, a promise of it. It depends only on the counter-example.
 * @throws InputError like {@link replay}
 * @example writeFileSync('story.svg', storySvg(found))
 */
export function storySvg(found: CounterExample, options: ReplayClientsOptions): Promise<string>
export function storySvg(found: CounterExample, options?: ReplayOptions & WithoutClients): string
export function storySvg(found: CounterExample, options: Options = {}): string | Promise<string> {
  const narration = new Narration(rootOf(found, options))
  const records: RunRecord[] = []
  return playedThen(
    found,
    options,
    (record) => {
      records.push(record)
      narration.add(record)
    },
    ({ execution }) => drawn(found, records, narration.end(found, execution.cluster)),
  )
}

/**
 * Plays a counter-example. What tells its story needs a run that violates; one of clients must do the same
 * steps. @throws NotRepeated
 */
function playedThen<T>(
  found: CounterExample,
  options: Options,
  observe: ((record: RunRecord) => void) | undefined,
  end: (run: Played) => T,
): T | Promise<T> {
  const scope = scopeFor(found, options)
  const records: RunRecord[] = []
  const { programs } = scope
  const isHeard = programs !== undefined || observe !== undefined
  const playing = played(scope, found, options.upTo, isHeard ? heard : undefined)
  function heard(record: RunRecord): void {
    if (programs !== undefined) records.push(record)
    observe?.(record)
  }
  const ended = (run: Played): T => {
    if (options.upTo === undefined) {
      if (programs !== undefined) checkRepeated(found, run, records)
      else if (observe !== undefined && run.failure?.property !== found.property)
        throw NotRepeated.of(found, run, [])
    }
    return end(run)
  }
  if (programs === undefined) return ended(finished(playing))
  return finishedWith(playing, () => programs.quiet())
    .then(ended)
    .finally(() => programs.dispose())
}

/** Returns the scope of a counter-example. @throws InputError if the options do not fit it */
export function scopeFor(found: CounterExample, options: Options): ExploreScope {
  const {
    components: _components,
    images: _images,
    upTo: _upTo,
    clients,
    quiet,
    ...rest
  } = { clients: undefined, quiet: undefined, ...options }
  const root = rootOf(found, options)
  const actions = neededActions(found, options)
  const programs = clients === undefined ? undefined : programsOf({ clients, quiet })
  const scope = scopeOf(root, { ...rest, actions }, programs)
  return { ...scope, anew: found.anew ?? [], waits: found.waits ?? false }
}

/**
 * Returns the cluster before the first action. @throws InputError if the options do not fit the
 * counter-example
 */
function rootOf(found: CounterExample, options: Options): SimCluster {
  checkReplay(found, options)
  const { components, images } = options
  refuseMissing('property', [found.property], propertiesOf(options))
  const clients = isOfClients(options) ? Object.keys(options.clients) : []
  refuseMissing('component', found.components, [...(components ?? []).map(({ name }) => name), ...clients])
  return SimCluster.fromJSON(found.root, {
    ...(components === undefined ? {} : { components }),
    ...(images === undefined ? {} : { images }),
  })
}

/** Names of the properties that options have, and of those that hold for every controller. */
const propertiesOf = ({ always = [], eventually = [], sameAs }: Options): readonly string[] => [
  ...[...always, ...eventually].map(({ name = 'eventually' }) => name),
  ...(sameAs === undefined ? [] : ['same as faultless']),
  ...GENERIC,
]

/** The actions that a counter-example needs. @throws InputError if the options lack one */
function neededActions(
  found: CounterExample,
  { actions = [] }: Options,
): NonNullable<ExploreOptions['actions']> {
  refuseMissing(
    'action',
    found.actions,
    actions.map(({ name }) => name),
  )
  return actions.filter(({ name }) => found.actions.includes(name))
}

const PLURALS = { action: 'actions', component: 'components', property: 'property' } as const

function refuseMissing(
  what: keyof typeof PLURALS,
  needed: readonly string[],
  given: readonly string[],
): void {
  const missing = needed.filter((name) => !given.includes(name))
  if (missing.length === 0) return
  const meant = nearest(missing[0] as string, given)
  throw new InputError(
    `the counter-example needs the ${PLURALS[what]} that it was found with (${missing.join(', ')}): pass ` +
      `the options of explore()${what === 'component' ? ', and the components of its cluster' : ''}` +
      (meant === undefined ? '' : `; you gave ${meant}`),
  )
}
