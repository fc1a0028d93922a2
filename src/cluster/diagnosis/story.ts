import type { KubeObject } from '../../api/kind/definition.js'
import type { Timeline } from '../../view/timeline.js'
import type { LogLine } from './journal.js'
import type { ProgressCondition } from './shortfall.js'

/** What a story is made of. */
export interface StoryContext {
  /** The virtual ms from which it is told. */
  readonly since: number
  readonly now: number
  readonly events: Timeline
  readonly logs: readonly LogLine[]
  readonly resources: readonly string[]
  readonly stored: (resource: string) => readonly KubeObject[]
  /** What the containers have written, each line with its time in RFC 3339 before it. */
  readonly containers: () => readonly { readonly name: string; readonly text: string }[]
}

interface Told {
  readonly time: number
  readonly text: string
}

/**
 * Tells what has happened in one time line: events, changes of conditions, logs of components and of
 * containers. What happens at one instant has that order.
 */
export function storyOf(context: StoryContext): string {
  const told = [
    ...context.events.moments.map(({ time, type, object, reason, message, count }) => {
      const times = count > 1 ? ` (${count} times)` : ''
      return { time, text: `${type === 'Warning' ? '! ' : ''}${object} ${reason}${times}: ${message.trim()}` }
    }),
    ...conditions(context),
    ...context.logs.map(({ time, component, level, message }) => ({
      time,
      text: `${level === 'info' ? '' : '! '}${component}: ${message}`,
    })),
    ...context.containers().flatMap(({ name, text }) => linesOf(name, text)),
  ].filter(({ time }) => time >= context.since && time <= context.now)
  const lines = told.toSorted((a, b) => a.time - b.time).map(({ time, text }) => `${clockOf(time)} ${text}`)
  return lines.length === 0 ? 'nothing has happened' : lines.join('\n')
}

const clockOf = (time: number): string => new Date(time).toISOString().slice(11, 23)

function conditions({ resources, stored }: StoryContext): readonly Told[] {
  return resources.flatMap((resource) =>
    resource === 'events' ? [] : stored(resource).flatMap((object) => conditionsOf(resource, object)),
  )
}

interface Conditioned extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly (ProgressCondition & { readonly lastTransitionTime?: string })[]
  }
}

function conditionsOf(resource: string, object: KubeObject): readonly Told[] {
  const { namespace, name = '' } = object.metadata
  const all = (object as Conditioned).status?.conditions
  if (!Array.isArray(all)) return []
  return (all as NonNullable<NonNullable<Conditioned['status']>['conditions']>).flatMap(
    ({ type, status, reason = '', message = '', lastTransitionTime = '' }) => {
      const time = Date.parse(lastTransitionTime)
      if (Number.isNaN(time)) return []
      const why = [reason, message].filter((text) => text !== '').join(': ')
      const key = `${resource} ${namespace === undefined ? '' : `${namespace}/`}${name}`
      return [{ time, text: `${key} is ${type}=${status}${why === '' ? '' : ` (${why})`}` }]
    },
  )
}

function linesOf(name: string, text: string): readonly Told[] {
  return text.split('\n').flatMap((line) => {
    const [stamp = '', ...words] = line.split(' ')
    const time = Date.parse(stamp)
    return Number.isNaN(time) ? [] : [{ time, text: `${name}: ${words.join(' ')}` }]
  })
}
