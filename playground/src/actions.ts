import type { ExamName } from 'simcluster/lessons'
import type { CourseVersion } from '../../src/course/chapter.js'

/** Where a learner is: in a free cluster, in a chapter, at a lesson's desk, or at a task of an exam. */
export type Place =
  | { readonly kind: 'free'; readonly nodes: number; readonly seed: number }
  | { readonly kind: 'chapter'; readonly number: number; readonly version: CourseVersion }
  | { readonly kind: 'lesson'; readonly id: string; readonly seed?: number }
  | { readonly kind: 'exam'; readonly name: ExamName; readonly seed: number; readonly task: number }

/** What can happen to a machine. */
export type Accident = 'crash' | 'recover' | 'reboot' | 'partition' | 'repair'

/** Something that moves the cluster. The place and the actions decide the whole state. */
export type Action =
  /** `step`: the step of the chapter that the line does. */
  | { readonly do: 'type'; readonly line: string; readonly step?: StepAt }
  | { readonly do: 'play'; readonly section: number; readonly step: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'settle' }
  /** A file that was saved in the editor. */
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  /** A `kubectl edit`, with what was saved. */
  | { readonly do: 'edit'; readonly line: string; readonly text: string }
  | { readonly do: 'watch'; readonly line: string }
  | { readonly do: 'unwatch' }
  | { readonly do: 'machine'; readonly node: string; readonly accident: Accident }

/** Where a step of a chapter is: its section, and its place there. */
export type StepAt = readonly [section: number, step: number]

/** What a link or a file of progress holds of a session. */
export interface Deed {
  readonly place: Place
  readonly actions: readonly Action[]
  /** The trace hash that they lead to. */
  readonly traceHash?: string
}

/** Appends an action; time that passes twice is time that passes. */
export function withAction(actions: readonly Action[], action: Action): readonly Action[] {
  const last = actions.at(-1)
  if (action.do !== 'advance' || last?.do !== 'advance') return [...actions, action]
  return [...actions.slice(0, -1), { do: 'advance', ms: last.ms + action.ms }]
}

/** How often something was done, time that passed aside. */
export const countDone = (actions: readonly Action[]): number =>
  actions.filter((action) => action.do !== 'advance').length

/** Writes a deed as text for an address. */
export async function encodeDeed(deed: Deed): Promise<string> {
  const packed = new Blob([JSON.stringify(deed)]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Bytes of a session as JSON. A link of 0.4 MB can hold 300 MB. */
export const MOST_BYTES: number = 8 * 1024 * 1024
/** Nodes of a cluster without a chapter. */
export const MOST_NODES = 30
/** What moves the cluster of a session. */
const MOST_ACTIONS = 10_000

/** Reads a stream of bytes as text. @throws Error beyond the most bytes, before they are all there */
async function limitedText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const parts: BlobPart[] = []
  let size = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return new Blob(parts).text()
    size += value.length
    if (size > MOST_BYTES) {
      await reader.cancel()
      throw new Error(`the session has more than ${MOST_BYTES} bytes`)
    }
    parts.push(value as Uint8Array<ArrayBuffer>)
  }
}

/** Reads what {@link encodeDeed} has written. @throws Error if it is something else, or too large */
export async function decodeDeed(text: string): Promise<Deed> {
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
    char.charCodeAt(0),
  )
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return checkedDeed(JSON.parse(await limitedText(plain)))
}

/** Returns what came with a link or a file. @throws Error if it is no session, or too long */
export function checkedDeed(value: unknown): Deed {
  const { place, actions } = value as Deed
  const { kind, nodes } = place as Extract<Place, { kind: 'free' }>
  if (kind === 'free' && !(nodes >= 0 && nodes <= MOST_NODES))
    throw new Error(`a free cluster has at most ${MOST_NODES} nodes`)
  if (!Array.isArray(actions)) throw new Error('the session has no list of actions')
  if (actions.length > MOST_ACTIONS) throw new Error(`the session has more than ${MOST_ACTIONS} actions`)
  return value as Deed
}
