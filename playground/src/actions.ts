import { type Action, type Deed, MOST_ACTIONS, MOST_BYTES, type Place } from '../../src/course/deed.js'

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

/** Nodes of a cluster without a chapter. */
export const MOST_NODES = 30

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
